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

STATEMENT_TABLE(delivery_report_statements, &find);

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
	*ret_report = report;
	return ERROR_NONE;
}
