/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Reports. Only posts of the reported actor stay in one. */
#include "storage/report.h"

#include "storage/job.h"
#include "storage/statement.h"

static const struct statement create = STATEMENT("report_create", 6,
	"with new_report as ("
	"  insert into reports (id, reporter_id, target_id, post_ids, comment, uri)"
	"  select $1, reporter.id, target.id,"
	"         array(select p.id from posts as p where p.id = any ($4::bigint[]) and p.actor_id = target.id order by p.id),"
	"         coalesce($5, ''), $6"
	"  from actors as reporter, actors as target"
	"  where reporter.id = $2"
	"    and target.id = $3"
	"  on conflict (uri) do nothing"
	"  returning uri"
	")"
	" select (select count(*) from actors where id = $2) + (select count(*) from actors where id = $3),"
	"        (select count(*) from new_report)"); // actors_pkey, posts_pkey, reports_uri_key

STATEMENT_TABLE(report_statements, &create);

enum error report_create(struct db *db, struct arena *arena, const struct report *report)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, report->id);
	db_value_int64(&values, report->reporter_id);
	db_value_int64(&values, report->target_id);
	db_value_int64_array(&values, arena, report->post_ids,
		report->post_count < REPORT_MAX_POSTS ? report->post_count : REPORT_MAX_POSTS);
	db_value_text(&values, report->comment);
	db_value_text(&values, report->uri);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &create, &values, &rows);
	if (error)
		return error;
	if (db_int64(&rows, 0, 0) != 2)
		return ERROR_NOT_FOUND;
	if (!db_int64(&rows, 0, 1))
		return ERROR_CONFLICT;
	/* Moderators are told by a job: who they are is none of the federation role's business. */
	struct str key = arena_printf(arena, "%lld", (long long)report->id);
	return job_add(db, arena, STR_LITERAL("tell_report"), key, (struct str){ 0 }, 0);
}
