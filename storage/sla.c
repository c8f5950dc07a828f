/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Policies and clocks. */
#include "storage/sla.h"

#include "storage/organisation.h"
#include "storage/statement.h"

#define POLICY_SELECT "p.id, p.organisation_id, p.name, p.position, p.actor_id, p.channel, p.language, p.minimum_priority, p.team_id," \
	" p.tag, p.first_reply_s, p.next_reply_s, p.resolution_s, p.in_hours, p.version"
/* An end that is infinitely far is told as one of the year 9999. */
#define CLOCK_SELECT "c.metric, c.target_s, floor(c.used_s)::bigint, c.started_at, c.running_since," \
	" least(c.due_at, timestamptz '9999-12-31 00:00:00+00'), c.ended_at, c.breached_at, p.name"
#define FAR_US INT64_C(253402214400000000)

static const struct statement list = STATEMENT("sla_policy_list", 2,
	"select " POLICY_SELECT
	" from sla_policies as p"
	" where p.organisation_id = $1"
	" order by p.position, p.id"
	" limit $2"); // sla_policies_organisation_id_name_key

static const struct statement find = STATEMENT("sla_policy_find", 2,
	"select " POLICY_SELECT
	" from sla_policies as p"
	" where p.id = $2"
	"   and p.organisation_id = $1"); // sla_policies_pkey

static const struct statement insert = STATEMENT("sla_policy_insert", 15,
	"insert into sla_policies (id, organisation_id, name, position, actor_id, channel, language, minimum_priority, team_id, tag,"
	"  first_reply_s, next_reply_s, resolution_s, in_hours)"
	" select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::bigint, $12::bigint, $13::bigint, $14"
	" where (select count(*) from sla_policies as p where p.organisation_id = $2) < $15"); // sla_policies_organisation_id_name_key

static const struct statement change = STATEMENT("sla_policy_change", 15,
	"update sla_policies"
	" set name = $3, position = $4, actor_id = $5, channel = $6, language = $7, minimum_priority = $8, team_id = $9, tag = $10,"
	"     first_reply_s = $11::bigint, next_reply_s = $12::bigint, resolution_s = $13::bigint, in_hours = $14, version = version + 1"
	" where id = $1"
	"   and organisation_id = $2"
	"   and version = $15"); // sla_policies_pkey

static const struct statement remove_one = STATEMENT("sla_policy_remove", 2,
	"delete from sla_policies"
	" where id = $2"
	"   and organisation_id = $1"); // sla_policies_pkey

static const struct statement list_clocks = STATEMENT("sla_clock_list", 1,
	"select w.id, " CLOCK_SELECT
	" from unnest($1::bigint[]) with ordinality as w (id, place)"
	" join lateral ("
	"   select distinct on (k.metric) k.*"
	"   from ticket_clocks as k"
	"   where k.ticket_id = sla_root(w.id)"
	"   order by k.metric, k.number desc"
	" ) as c on true"
	" left join sla_policies as p on p.id = c.policy_id"
	" order by w.place, c.metric"); // ticket_clocks_pkey, sla_policies_pkey

static const struct statement list_due = STATEMENT("sla_clock_list_due", 3,
	"select c.ticket_id, " CLOCK_SELECT
	" from ticket_clocks as c"
	" join tickets as t on t.id = c.ticket_id"
	" left join sla_policies as p on p.id = c.policy_id"
	" where c.organisation_id = $1"
	"   and c.due_at is not null"
	"   and t.actor_id = any ($2)"
	" order by c.due_at"
	" limit $3"); // ticket_clocks_running, tickets_pkey, sla_policies_pkey

static const struct statement list_over = STATEMENT("sla_list_over", 2,
	"select c.ticket_id"
	" from ticket_clocks as c"
	" where c.due_at <= $1"
	"   and c.breached_at is null"
	" order by c.due_at"
	" limit $2"); // ticket_clocks_due_at

static const struct statement mark_over = STATEMENT("sla_mark_over", 2,
	"with held as materialized ("
	"  select c.ticket_id, c.metric, c.number"
	"  from ticket_clocks as c"
	"  where c.ticket_id = $1"
	"  order by c.metric, c.number" /* as sla_follow takes them */
	"  for update"
	")"
	" update ticket_clocks as k"
	" set breached_at = k.due_at"
	" from held as h"
	" where (k.ticket_id, k.metric, k.number) = (h.ticket_id, h.metric, h.number)"
	"   and k.due_at <= $2"
	"   and k.breached_at is null"
	" returning k.metric"); // ticket_clocks_pkey

static const struct statement report = STATEMENT("sla_report", 4,
	"select c.metric, count(*), count(c.ended_at), count(*) filter (where c.ended_at is not null and c.breached_at is null),"
	"       count(c.breached_at),"
	"       (percentile_cont(0.5) within group (order by c.used_s) filter (where c.ended_at is not null) * 1000)::bigint,"
	"       (percentile_cont(0.9) within group (order by c.used_s) filter (where c.ended_at is not null) * 1000)::bigint"
	" from ticket_clocks as c"
	" join tickets as t on t.id = c.ticket_id"
	" where c.organisation_id = $1"
	"   and c.started_at >= $3"
	"   and c.started_at < $4"
	"   and t.actor_id = any ($2)"
	" group by c.metric"
	" order by c.metric"); // ticket_clocks_started, tickets_pkey

STATEMENT_TABLE(sla_statements, &list, &find, &insert, &change, &remove_one, &list_clocks, &list_due, &list_over, &mark_over, &report);

static struct sla_policy read_policy(const struct db_rows *rows, int row)
{
	return (struct sla_policy){
		.id = db_int64(rows, row, 0),
		.organisation_id = db_int64(rows, row, 1),
		.name = db_text(rows, row, 2),
		.position = (int)db_int64(rows, row, 3),
		.actor_id = db_int64(rows, row, 4),
		.channel = db_text(rows, row, 5),
		.language = db_text(rows, row, 6),
		.minimum_priority = db_is_null(rows, row, 7) ? TICKET_PRIORITY_MIN : (int)db_int64(rows, row, 7),
		.team_id = db_int64(rows, row, 8),
		.tag = db_text(rows, row, 9),
		.first_reply_s = db_int64(rows, row, 10),
		.next_reply_s = db_int64(rows, row, 11),
		.resolution_s = db_int64(rows, row, 12),
		.in_hours = db_bool(rows, row, 13),
		.version = db_int64(rows, row, 14),
	};
}

enum error sla_policy_list(struct db *db, struct arena *arena, int64_t organisation_id, struct sla_policy **ret_policies, size_t *ret_count)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_int64(&values, organisation_id);
	db_value_int64(&values, SLA_POLICIES_MAX);
	enum error error = db_run(db, arena, &list, &values, &rows);
	if (error)
		return error;
	struct sla_policy *policies = arena_alloc_array(arena, (size_t)rows.count, sizeof(*policies));
	for (int i = 0; i < rows.count; i++)
		policies[i] = read_policy(&rows, i);
	*ret_policies = policies;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error sla_policy_find(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id, struct sla_policy *ret_policy)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_int64(&values, organisation_id);
	db_value_int64(&values, id);
	enum error error = db_run(db, arena, &find, &values, &rows);
	if (!error && !rows.count)
		error = ERROR_NOT_FOUND;
	if (!error)
		*ret_policy = read_policy(&rows, 0);
	return error;
}

enum error sla_policy_store(struct db *db, struct arena *arena, const struct sla_policy *policy)
{
	int64_t written = 0;
	struct db_values values = { .count = 0 };
	db_value_int64(&values, policy->id);
	db_value_int64(&values, policy->organisation_id);
	db_value_text(&values, policy->name);
	db_value_int32(&values, policy->position);
	db_value_id(&values, policy->actor_id);
	db_value_text(&values, policy->channel);
	db_value_text(&values, policy->language);
	db_value_int16(&values, (int16_t)policy->minimum_priority);
	db_value_id(&values, policy->team_id);
	db_value_text(&values, policy->tag);
	db_value_id(&values, policy->first_reply_s);
	db_value_id(&values, policy->next_reply_s);
	db_value_id(&values, policy->resolution_s);
	db_value_bool(&values, policy->in_hours);
	db_value_int64(&values, policy->version ? policy->version : SLA_POLICIES_MAX);
	enum error error = policy->version ? ERROR_NONE : organisation_lock(db, arena, policy->organisation_id);
	if (!error)
		error = db_change(db, arena, policy->version ? &change : &insert, &values, &written);
	if (!error && !written)
		error = policy->version ? ERROR_GONE : ERROR_CONTENT_TOO_LARGE;
	return error;
}

enum error sla_policy_remove(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id)
{
	int64_t removed = 0;
	struct db_values values = { .count = 0 };
	db_value_int64(&values, organisation_id);
	db_value_int64(&values, id);
	enum error error = db_change(db, arena, &remove_one, &values, &removed);
	return !error && !removed ? ERROR_NOT_FOUND : error;
}

/* ---- clocks ---- */

static enum error read_clocks(struct db *db, struct arena *arena, const struct statement *statement, const struct db_values *values,
	struct sla_clock **ret_clocks, size_t *ret_count)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, statement, values, &rows);
	if (error)
		return error;
	struct sla_clock *clocks = arena_alloc_array(arena, (size_t)rows.count, sizeof(*clocks));
	for (int i = 0; i < rows.count; i++) {
		int64_t due_us = db_time(&rows, i, 6);
		clocks[i] = (struct sla_clock){
			.ticket_id = db_int64(&rows, i, 0),
			.metric = db_text(&rows, i, 1),
			.target_s = db_int64(&rows, i, 2),
			.used_s = db_int64(&rows, i, 3),
			.started_us = db_time(&rows, i, 4),
			.running_us = db_time(&rows, i, 5),
			.due_us = due_us >= FAR_US ? INT64_MAX : due_us,
			.ended_us = db_time(&rows, i, 7),
			.breached_us = db_time(&rows, i, 8),
			.policy = db_text(&rows, i, 9),
		};
	}
	*ret_clocks = clocks;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error sla_clock_list(struct db *db, struct arena *arena, const int64_t *ticket_ids, size_t ticket_count,
	struct sla_clock **ret_clocks, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64_array(&values, arena, ticket_ids, ticket_count);
	return read_clocks(db, arena, &list_clocks, &values, ret_clocks, ret_count);
}

enum error sla_clock_list_due(struct db *db, struct arena *arena, int64_t organisation_id, const int64_t *actor_ids,
	size_t actor_count, int limit, struct sla_clock **ret_clocks, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, organisation_id);
	db_value_int64_array(&values, arena, actor_ids, actor_count);
	db_value_int64(&values, limit);
	return read_clocks(db, arena, &list_due, &values, ret_clocks, ret_count);
}

enum error sla_list_over(struct db *db, struct arena *arena, int64_t now_us, int limit, int64_t **ret_ticket_ids, size_t *ret_count)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_time(&values, now_us);
	db_value_int64(&values, limit);
	enum error error = db_run(db, arena, &list_over, &values, &rows);
	if (error)
		return error;
	int64_t *ids = arena_alloc_array(arena, (size_t)rows.count, sizeof(*ids));
	for (int i = 0; i < rows.count; i++)
		ids[i] = db_int64(&rows, i, 0);
	*ret_ticket_ids = ids;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error sla_mark_over(struct db *db, struct arena *arena, int64_t ticket_id, int64_t now_us, struct str **ret_metrics, size_t *ret_count)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_int64(&values, ticket_id);
	db_value_time(&values, now_us);
	enum error error = db_run(db, arena, &mark_over, &values, &rows);
	if (error)
		return error;
	struct str *metrics = arena_alloc_array(arena, (size_t)rows.count, sizeof(*metrics));
	for (int i = 0; i < rows.count; i++)
		metrics[i] = db_text(&rows, i, 0);
	*ret_metrics = metrics;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error sla_report(struct db *db, struct arena *arena, int64_t organisation_id, const int64_t *actor_ids, size_t actor_count,
	int64_t from_us, int64_t until_us, struct sla_figures **ret_figures, size_t *ret_count)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_int64(&values, organisation_id);
	db_value_int64_array(&values, arena, actor_ids, actor_count);
	db_value_time(&values, from_us);
	db_value_time(&values, until_us);
	enum error error = db_run(db, arena, &report, &values, &rows);
	if (error)
		return error;
	struct sla_figures *figures = arena_alloc_array(arena, (size_t)rows.count, sizeof(*figures));
	for (int i = 0; i < rows.count; i++)
		figures[i] = (struct sla_figures){
			.metric = db_text(&rows, i, 0),
			.started = db_int64(&rows, i, 1),
			.ended = db_int64(&rows, i, 2),
			.in_time = db_int64(&rows, i, 3),
			.breached = db_int64(&rows, i, 4),
			.has_times = !db_is_null(&rows, i, 5),
			.median_s = (double)db_int64(&rows, i, 5) / 1000,
			.p90_s = (double)db_int64(&rows, i, 6) / 1000,
		};
	*ret_figures = figures;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}
