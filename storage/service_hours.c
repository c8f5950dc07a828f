/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Hours and holidays. They are replaced as a whole. */
#include "storage/service_hours.h"

#include "storage/statement.h"

static const struct statement list_spans = STATEMENT("service_hours_list_spans", 1,
	"select h.weekday, h.opens, h.closes"
	" from service_hours as h"
	" where h.organisation_id = $1"
	" order by h.weekday, h.opens"); // service_hours_pkey

static const struct statement list_holidays = STATEMENT("service_hours_list_holidays", 1,
	"select h.day::text, h.closed_from, h.closed_until, h.name"
	" from service_holidays as h"
	" where h.organisation_id = $1"
	" order by h.day"); // service_holidays_pkey

static const struct statement find_version = STATEMENT("service_hours_find_version", 1,
	"select p.version"
	" from service_plans as p"
	" where p.organisation_id = $1"); // service_plans_pkey

static const struct statement raise_version = STATEMENT("service_hours_raise_version", 2,
	"insert into service_plans as p (organisation_id, version)"
	" select $1, 1"
	" where $2::bigint = 0 or exists (select from service_plans as o where o.organisation_id = $1 and o.version = $2)"
	" on conflict (organisation_id) do update"
	" set version = p.version + 1"
	" where p.version = $2"); // service_plans_pkey

static const struct statement clear_spans = STATEMENT("service_hours_clear_spans", 1,
	"delete from service_hours"
	" where organisation_id = $1"); // service_hours_pkey

static const struct statement clear_holidays = STATEMENT("service_hours_clear_holidays", 1,
	"delete from service_holidays"
	" where organisation_id = $1"); // service_holidays_pkey

static const struct statement insert_spans = STATEMENT("service_hours_insert_spans", 4,
	"insert into service_hours (organisation_id, weekday, opens, closes)"
	" select $1, s.weekday, s.opens, s.closes"
	" from unnest($2::bigint[], $3::bigint[], $4::bigint[]) as s (weekday, opens, closes)");

static const struct statement insert_holidays = STATEMENT("service_hours_insert_holidays", 5,
	"insert into service_holidays (organisation_id, day, closed_from, closed_until, name)"
	" select $1, make_date((h.day / 10000)::integer, (h.day / 100 % 100)::integer, (h.day % 100)::integer), h.closed_from,"
	"        h.closed_until, h.name"
	" from unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::text[]) as h (day, closed_from, closed_until, name)"
	" where h.day % 100 <= extract(day from make_date((h.day / 10000)::integer, (h.day / 100 % 100)::integer, 1)"
	"                      + interval '1 month' - interval '1 day')");

static const struct statement is_open = STATEMENT("service_hours_is_open", 2,
	"select not exists (select from service_hours as h where h.organisation_id = $1)"
	"       or exists (select from service_spans($1, $2, $2::timestamptz + interval '1 millisecond'))"); // service_hours_pkey

STATEMENT_TABLE(service_hours_statements, &list_spans, &list_holidays, &find_version, &raise_version, &clear_spans, &clear_holidays,
	&insert_spans, &insert_holidays, &is_open);

static enum error read_spans(struct db *db, struct arena *arena, const struct db_values *values, struct service_hours *hours)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list_spans, values, &rows);
	if (error)
		return error;
	hours->spans = arena_alloc_array(arena, (size_t)rows.count, sizeof(*hours->spans));
	hours->span_count = (size_t)rows.count;
	for (int i = 0; i < rows.count; i++)
		hours->spans[i] = (struct service_span){ (int)db_int64(&rows, i, 0), (int)db_int64(&rows, i, 1),
			(int)db_int64(&rows, i, 2) };
	return ERROR_NONE;
}

static enum error read_holidays(struct db *db, struct arena *arena, const struct db_values *values, struct service_hours *hours)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list_holidays, values, &rows);
	if (error)
		return error;
	hours->holidays = arena_alloc_array(arena, (size_t)rows.count, sizeof(*hours->holidays));
	hours->holiday_count = (size_t)rows.count;
	for (int i = 0; i < rows.count; i++)
		hours->holidays[i] = (struct service_holiday){ .day = db_text(&rows, i, 0), .closed_from = (int)db_int64(&rows, i, 1),
			.closed_until = (int)db_int64(&rows, i, 2), .name = db_text(&rows, i, 3) };
	return ERROR_NONE;
}

enum error service_hours_find(struct db *db, struct arena *arena, int64_t organisation_id, struct service_hours *ret_hours)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct service_hours hours = { 0 };
	struct db_values values = { .count = 0 };
	db_value_int64(&values, organisation_id);
	enum error error = db_run(db, arena, &find_version, &values, &rows);
	if (!error)
		error = read_spans(db, arena, &values, &hours);
	if (!error)
		error = read_holidays(db, arena, &values, &hours);
	if (error)
		return error;
	hours.version = rows.count ? db_int64(&rows, 0, 0) : 0;
	*ret_hours = hours;
	return ERROR_NONE;
}

static enum error replace_spans(struct db *db, struct arena *arena, int64_t organisation_id, const struct service_hours *hours)
{
	int64_t *numbers = arena_alloc_array(arena, hours->span_count * 3, sizeof(*numbers));
	struct db_values values = { .count = 0 };
	db_value_int64(&values, organisation_id);
	enum error error = db_change(db, arena, &clear_spans, &values, NULL);
	for (size_t i = 0; i < hours->span_count; i++) {
		numbers[i] = hours->spans[i].weekday;
		numbers[hours->span_count + i] = hours->spans[i].opens;
		numbers[2 * hours->span_count + i] = hours->spans[i].closes;
	}
	for (size_t k = 0; k < 3; k++)
		db_value_int64_array(&values, arena, numbers + k * hours->span_count, hours->span_count);
	return error ? error : db_change(db, arena, &insert_spans, &values, NULL);
}

/* "2026-12-25" as 20261225; false when no such day could be. */
static bool read_day(struct str text, int64_t *ret_day)
{
	int64_t year, month, day;
	if (text.len != 10 || text.data[4] != '-' || text.data[7] != '-' || !str_to_int64(str_slice(text, 0, 4), &year) ||
	    !str_to_int64(str_slice(text, 5, 7), &month) || !str_to_int64(str_slice(text, 8, 10), &day) || year < 1970 ||
	    month < 1 || month > 12 || day < 1 || day > 31)
		return false;
	*ret_day = year * 10000 + month * 100 + day;
	return true;
}

static enum error replace_holidays(struct db *db, struct arena *arena, int64_t organisation_id, const struct service_hours *hours)
{
	size_t count = hours->holiday_count;
	int64_t *numbers = arena_alloc_array(arena, count * 3, sizeof(*numbers)), inserted = 0;
	struct str *names = arena_alloc_array(arena, count, sizeof(*names));
	struct db_values values = { .count = 0 };
	db_value_int64(&values, organisation_id);
	for (size_t i = 0; i < count; i++) {
		const struct service_holiday *holiday = &hours->holidays[i];
		if (!read_day(holiday->day, &numbers[i]))
			return ERROR_UNPROCESSABLE;
		numbers[count + i] = holiday->closed_from;
		numbers[2 * count + i] = holiday->closed_until;
		names[i] = holiday->name;
	}
	enum error error = db_change(db, arena, &clear_holidays, &values, NULL);
	for (size_t k = 0; k < 3; k++)
		db_value_int64_array(&values, arena, numbers + k * count, count);
	db_value_text_array(&values, arena, names, count);
	if (!error)
		error = db_change(db, arena, &insert_holidays, &values, &inserted);
	return !error && inserted != (int64_t)count ? ERROR_UNPROCESSABLE : error;
}

enum error service_hours_store(struct db *db, struct arena *arena, int64_t organisation_id, const struct service_hours *hours)
{
	struct db_values values = { .count = 0 };
	int64_t changed = 0;
	db_value_int64(&values, organisation_id);
	db_value_int64(&values, hours->version);
	enum error error = db_change(db, arena, &raise_version, &values, &changed);
	if (!error && !changed)
		error = ERROR_GONE;
	if (!error)
		error = replace_spans(db, arena, organisation_id, hours);
	return error ? error : replace_holidays(db, arena, organisation_id, hours);
}

enum error service_is_open(struct db *db, struct arena *arena, int64_t organisation_id, int64_t at_us, bool *ret_is_open)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_int64(&values, organisation_id);
	db_value_time(&values, at_us);
	enum error error = db_run(db, arena, &is_open, &values, &rows);
	if (!error)
		*ret_is_open = db_bool(&rows, 0, 0);
	return error;
}
