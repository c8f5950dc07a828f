/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Reports. Only posts of the reported actor stay in one. */
#include "storage/report.h"

#include "storage/job.h"
#include "storage/statement.h"

#define REPORT_COLUMNS                                   \
	"r.id"                                           \
	", r.reporter_id"                                \
	", r.target_id"                                  \
	", array_to_string(r.post_ids, ' ') as post_ids" \
	", r.comment"                                    \
	", r.uri"                                        \
	", r.category"                                   \
	", array_to_string(r.rule_ids, ' ') as rule_ids" \
	", r.is_forwarded"                               \
	", r.state"                                      \
	", r.created_at"                                 \
	", r.resolved_at"

enum {
	REPORT_ID,
	REPORT_REPORTER_ID,
	REPORT_TARGET_ID,
	REPORT_POST_IDS,
	REPORT_COMMENT,
	REPORT_URI,
	REPORT_CATEGORY,
	REPORT_RULE_IDS,
	REPORT_IS_FORWARDED,
	REPORT_STATE,
	REPORT_CREATED_AT,
	REPORT_RESOLVED_AT,
};

static const struct statement create = STATEMENT("report_create", 9,
	"with new_report as ("
	"  insert into reports (id, reporter_id, target_id, post_ids, comment, uri, category, rule_ids, is_forwarded)"
	"  select $1, reporter.id, target.id,"
	"         array(select p.id from posts as p where p.id = any ($4::bigint[]) and p.actor_id = target.id order by p.id),"
	"         coalesce($5, ''), $6, $7, $8::bigint[], $9"
	"  from actors as reporter, actors as target"
	"  where reporter.id = $2"
	"    and target.id = $3"
	"  on conflict (uri) do nothing"
	"  returning uri"
	")"
	" select (select count(*) from actors where id = $2) + (select count(*) from actors where id = $3),"
	"        (select count(*) from new_report)"); // actors_pkey, posts_pkey, reports_uri_key

static const struct statement find = STATEMENT("report_find", 1,
	"select " REPORT_COLUMNS
	" from reports as r"
	" where r.id = $1"); // reports_pkey

static const struct statement list_page = STATEMENT("report_list", 3,
	"select " REPORT_COLUMNS
	" from reports as r"
	" where r.state = $1"
	"   and r.id < $2"
	" order by r.id desc"
	" limit $3"); // reports_state

static const struct statement set_resolved = STATEMENT("report_set_resolved", 2,
	"update reports"
	" set state = case when $2 then 'resolved' else 'open' end,"
	"     resolved_at = case when $2 then coalesce(resolved_at, now()) end"
	" where id = $1"); // reports_pkey

STATEMENT_TABLE(report_statements, &create, &find, &list_page, &set_resolved);

static const char *const category_names[] = {
	[REPORT_OTHER] = "other",
	[REPORT_SPAM] = "spam",
	[REPORT_LEGAL] = "legal",
	[REPORT_VIOLATION] = "violation",
};

const char *report_category_name(enum report_category category)
{
	return category_names[category];
}

bool report_category_from_name(struct str name, enum report_category *ret_category)
{
	for (size_t i = 0; i < sizeof(category_names) / sizeof(category_names[0]); i++) {
		if (str_eq(name, str_from(category_names[i]))) {
			*ret_category = (enum report_category)i;
			return true;
		}
	}
	return false;
}

static size_t at_most(size_t count, size_t maximum)
{
	return count < maximum ? count : maximum;
}

enum error report_create(struct db *db, struct arena *arena, const struct report *report)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, report->id);
	db_value_int64(&values, report->reporter_id);
	db_value_int64(&values, report->target_id);
	db_value_int64_array(&values, arena, report->post_ids, at_most(report->post_count, REPORT_MAX_POSTS));
	db_value_text(&values, report->comment);
	db_value_text(&values, report->uri);
	db_value_text(&values, str_from(report_category_name(report->category)));
	db_value_int64_array(&values, arena, report->rule_ids, at_most(report->rule_count, REPORT_MAX_RULES));
	db_value_bool(&values, report->is_forwarded);
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

/* "1 2 3" */
static const int64_t *read_ids(struct arena *arena, struct str text, size_t maximum, size_t *ret_count)
{
	int64_t *ids = arena_alloc_array(arena, maximum, sizeof(*ids));
	size_t count = 0;
	struct str one;
	while (count < maximum && str_split_next(&text, ' ', &one))
		if (str_to_int64(one, &ids[count]))
			count++;
	*ret_count = count;
	return ids;
}

static void read_report(const struct db_rows *rows, int row, struct report *ret_report)
{
	struct report report = {
		.id = db_int64(rows, row, REPORT_ID),
		.reporter_id = db_int64(rows, row, REPORT_REPORTER_ID),
		.target_id = db_int64(rows, row, REPORT_TARGET_ID),
		.comment = db_text(rows, row, REPORT_COMMENT),
		.uri = db_text(rows, row, REPORT_URI),
		.is_forwarded = db_bool(rows, row, REPORT_IS_FORWARDED),
		.is_resolved = str_eq(db_text(rows, row, REPORT_STATE), STR_LITERAL("resolved")),
		.created_us = db_time(rows, row, REPORT_CREATED_AT),
		.resolved_us = db_time(rows, row, REPORT_RESOLVED_AT),
	};
	if (!report_category_from_name(db_text(rows, row, REPORT_CATEGORY), &report.category))
		report.category = REPORT_OTHER;
	report.post_ids = read_ids(rows->arena, db_text(rows, row, REPORT_POST_IDS), REPORT_MAX_POSTS, &report.post_count);
	report.rule_ids = read_ids(rows->arena, db_text(rows, row, REPORT_RULE_IDS), REPORT_MAX_RULES, &report.rule_count);
	*ret_report = report;
}

enum error report_find(struct db *db, struct arena *arena, int64_t id, struct report *ret_report)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &find, &values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	read_report(&rows, 0, ret_report);
	return ERROR_NONE;
}

enum error report_list(struct db *db, struct arena *arena, const struct report_page *page, struct report **ret_reports,
	size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_text(&values, page->is_resolved ? STR_LITERAL("resolved") : STR_LITERAL("open"));
	db_value_int64(&values, page->before_id ? page->before_id : INT64_MAX);
	db_value_int64(&values, page->limit);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list_page, &values, &rows);
	if (error)
		return error;
	struct report *reports = arena_alloc_array(arena, (size_t)rows.count, sizeof(*reports));
	for (int i = 0; i < rows.count; i++)
		read_report(&rows, i, &reports[i]);
	*ret_reports = reports;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error report_set_resolved(struct db *db, struct arena *arena, int64_t id, bool is_resolved)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	db_value_bool(&values, is_resolved);
	int64_t affected = 0;
	enum error error = db_change(db, arena, &set_resolved, &values, &affected);
	if (error)
		return error;
	return affected ? ERROR_NONE : ERROR_NOT_FOUND;
}
