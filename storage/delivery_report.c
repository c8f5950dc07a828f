/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Receipts of one post. */
#include "storage/delivery_report.h"

#include "storage/statement.h"

#define COUNTS_OF(state)                                             \
	", count(*) filter (where d.state = '" state "')"            \
	", coalesce(sum(d.recipients) filter (where d.state = '" state "'), 0)::bigint"
#define MILLISECONDS(share)                                                                                      \
	", coalesce(percentile_disc(" share ") within group (order by greatest(0,"                               \
	"    extract(epoch from d.ended_at - w.created_at) * 1000)::bigint) filter (where d.state = 'accepted'), -1)"

enum {
	REPORT_IS_EXPANDING,
	REPORT_PEER,
	REPORT_COUNTS,
	REPORT_FIRST_ATTEMPT_AT = REPORT_COUNTS + 2 * DELIVERY_STATE_COUNT,
	REPORT_LAST_ENDED_AT,
	REPORT_P50,
	REPORT_P95,
};

/* The states in the order of the enum. */
static const struct statement find = STATEMENT("delivery_report_find", 2,
	"with wanted as materialized ("
	"  select id, created_at from activities_out where post_id = $1 and type = 'Create'"
	")"
	" select exists (select 1 from wanted as u join fanouts as f on f.activity_id = u.id)"
	", d.peer"
	COUNTS_OF("pending")
	COUNTS_OF("accepted")
	COUNTS_OF("refused")
	COUNTS_OF("given_up")
	COUNTS_OF("withheld")
	", min(d.first_attempt_at)"
	", max(d.ended_at)"
	MILLISECONDS("0.5")
	MILLISECONDS("0.95")
	" from wanted as w"
	" join deliveries as d on d.activity_id = w.id"
	" group by grouping sets ((d.peer), ())"
	" order by grouping(d.peer) desc, d.peer"
	" limit $2"); // activities_out_post_id, deliveries_pkey, fanouts_pkey

/* What retention has removed of it, by state. */
static const struct statement find_sums = STATEMENT("delivery_report_find_sums", 1,
	"select s.state, s.deliveries, s.recipients, s.first_attempt_at, s.last_ended_at"
	" from post_receipts as s"
	" where s.post_id = $1"); // post_receipts_pkey

/* Of those that are there and those that are not. */
static const struct statement find_times = STATEMENT("delivery_report_find_times", 1,
	"select coalesce(percentile_disc(0.5) within group (order by t.ms), -1),"
	"       coalesce(percentile_disc(0.95) within group (order by t.ms), -1)"
	" from ("
	"   select greatest(0, extract(epoch from d.ended_at - a.created_at) * 1000)::bigint as ms"
	"   from activities_out as a"
	"   join deliveries as d on d.activity_id = a.id"
	"   where a.post_id = $1"
	"     and a.type = 'Create'"
	"     and d.state = 'accepted'"
	"   union all"
	"   select unnest(s.took_ms)::bigint"
	"   from post_receipts as s"
	"   where s.post_id = $1"
	" ) as t"); // activities_out_post_id, deliveries_pkey, post_receipts_pkey

static const struct statement find_progress = STATEMENT("delivery_report_find_progress", 1,
	"select a.actor_id, a.created_at,"
	"       exists (select from fanouts as f where f.activity_id = a.id)"
	"       or exists (select from deliveries as d where d.activity_id = a.id and d.state = 'pending'),"
	"       exists (select from deliveries as d where d.activity_id = a.id)"
	" from activities_out as a"
	" where a.post_id = $1"
	"   and a.type = 'Create'"
	" order by a.id"
	" limit 1"); // activities_out_post_id, fanouts_pkey, deliveries_pkey

STATEMENT_TABLE(delivery_report_statements, &find, &find_sums, &find_times, &find_progress);

static void read_line(const struct db_rows *rows, int row, struct delivery_report_line *line)
{
	*line = (struct delivery_report_line){ .peer = db_text(rows, row, REPORT_PEER) };
	for (int state = 0; state < DELIVERY_STATE_COUNT; state++) {
		line->deliveries[state] = db_int64(rows, row, REPORT_COUNTS + 2 * state);
		line->recipients[state] = db_int64(rows, row, REPORT_COUNTS + 2 * state + 1);
	}
	line->first_attempt_us = db_time(rows, row, REPORT_FIRST_ATTEMPT_AT);
	line->last_ended_us = db_time(rows, row, REPORT_LAST_ENDED_AT);
	line->p50_ms = db_int64(rows, row, REPORT_P50);
	line->p95_ms = db_int64(rows, row, REPORT_P95);
}

static int64_t earlier(int64_t one_us, int64_t other_us)
{
	return !one_us || (other_us && other_us < one_us) ? other_us : one_us;
}

static enum delivery_state state_from(struct str name)
{
	for (int state = 0; state < DELIVERY_STATE_COUNT; state++)
		if (str_eq(name, str_from(delivery_state_name((enum delivery_state)state))))
			return (enum delivery_state)state;
	return DELIVERY_GIVEN_UP;
}

static enum error add_sums(struct db *db, struct arena *arena, const struct db_values *values, struct delivery_report *report)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	AUTO(db_rows) struct db_rows times = { 0 };
	struct delivery_report_line *total = &report->total;
	enum error error = db_run(db, arena, &find_sums, values, &rows);
	if (error || !rows.count)
		return error;
	for (int i = 0; i < rows.count; i++) {
		enum delivery_state state = state_from(db_text(&rows, i, 0));
		int64_t last_us = db_time(&rows, i, 4);
		total->deliveries[state] += db_int64(&rows, i, 1);
		total->recipients[state] += db_int64(&rows, i, 2);
		total->first_attempt_us = earlier(total->first_attempt_us, db_time(&rows, i, 3));
		total->last_ended_us = last_us > total->last_ended_us ? last_us : total->last_ended_us;
		report->summed += db_int64(&rows, i, 1);
	}
	error = db_run(db, arena, &find_times, values, &times);
	if (error)
		return error;
	total->p50_ms = db_int64(&times, 0, 0);
	total->p95_ms = db_int64(&times, 0, 1);
	return ERROR_NONE;
}

enum error delivery_progress_find(struct db *db, struct arena *arena, int64_t post_id, struct delivery_progress *ret_progress)
{
	struct db_values values = { .count = 0 };
	AUTO(db_rows) struct db_rows rows = { 0 };
	db_value_int64(&values, post_id);
	enum error error = db_run(db, arena, &find_progress, &values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	*ret_progress = (struct delivery_progress){ db_int64(&rows, 0, 0), db_time(&rows, 0, 1), db_bool(&rows, 0, 2),
		db_bool(&rows, 0, 3) };
	return ERROR_NONE;
}

enum error delivery_report_find(struct db *db, struct arena *arena, int64_t post_id, struct delivery_report *ret_report)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, post_id);
	db_value_int64(&values, DELIVERY_REPORT_SERVERS_MAX + 1);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &find, &values, &rows);
	if (error)
		return error;
	struct delivery_report report = { .is_expanding = db_bool(&rows, 0, REPORT_IS_EXPANDING) };
	read_line(&rows, 0, &report.total);
	report.line_count = (size_t)rows.count - 1;
	report.lines = arena_alloc_array(arena, report.line_count, sizeof(*report.lines));
	for (size_t i = 0; i < report.line_count; i++)
		read_line(&rows, (int)i + 1, &report.lines[i]);
	values = (struct db_values){ .count = 0 };
	db_value_int64(&values, post_id);
	error = add_sums(db, arena, &values, &report);
	if (!error)
		*ret_report = report;
	return error;
}
