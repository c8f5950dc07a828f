/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Slots of the queue. Local times become moments by the database, which knows the time zones. */
#include "storage/queue_slot.h"

#include "storage/statement.h"
#include "base/mutant.h"

#define DAY_US (INT64_C(24) * 3600 * 1000 * 1000)

static const struct statement list = STATEMENT("queue_slot_list", 2,
	"select s.weekday, (extract(epoch from s.local_time) / 60)::integer"
	" from queue_slots as s"
	" where s.actor_id = $1"
	" order by s.weekday, s.local_time"
	" limit $2"); // queue_slots_pkey

static const struct statement find_version = STATEMENT("queue_slot_find_version", 1,
	"select p.version"
	" from slot_plans as p"
	" where p.actor_id = $1"); // slot_plans_pkey

static const struct statement raise_version = STATEMENT("queue_slot_raise_version", 2,
	"insert into slot_plans as p (actor_id, version)"
	" select $1, 1"
	" where $2::bigint = 0 or exists (select from slot_plans as o where o.actor_id = $1 and o.version = $2)"
	" on conflict (actor_id) do update"
	" set version = p.version + 1"
	" where p.version = $2"); // slot_plans_pkey

static const struct statement clear = STATEMENT("queue_slot_clear", 1,
	"delete from queue_slots"
	" where actor_id = $1"); // queue_slots_pkey

static const struct statement insert = STATEMENT("queue_slot_insert", 2,
	"insert into queue_slots (actor_id, weekday, local_time)"
	" select $1, s.minute / 1440 + 1, make_time((s.minute % 1440 / 60)::integer, (s.minute % 60)::integer, 0)"
	" from unnest($2::bigint[]) as s (minute)"
	" on conflict do nothing");

/* A moment that the spring leaves out is reckoned by the time before it, one that comes twice by the time after it. */
static const struct statement list_times = STATEMENT("queue_slot_list_times", 5,
	"select t.actor_id, t.at,"
	"       not exists ("
	"         select from drafts as d"
	"         where d.actor_id = t.actor_id"
	"           and d.scheduled_at = t.at"
	"           and d.state not in ('published', 'withdrawn'))"
	"       and not exists ("
	"         select from scheduled_posts as p"
	"         where p.actor_id = t.actor_id"
	"           and p.scheduled_at = t.at) as is_free"
	" from ("
	"   select distinct s.actor_id, (day.local + s.local_time) at time zone o.time_zone as at"
	"   from unnest($1::bigint[]) as wanted (actor_id)"
	"   join brand_accounts as b on b.actor_id = wanted.actor_id"
	"   join organisations as o on o.id = b.organisation_id"
	"   cross join lateral ("
	"     select ($2::timestamptz at time zone o.time_zone)::date + n.days as local"
	"     from generate_series(0, least(101, extract(day from $3::timestamptz - $2::timestamptz)::integer + 2)) as n (days)"
	"   ) as day"
	"   join queue_slots as s on s.actor_id = b.actor_id"
	"     and s.weekday = extract(isodow from day.local)"
	" ) as t"
	" where t.at > $2"
	"   and t.at <= $3"
	"   and (not $5::boolean"
	"     or not exists ("
	"         select from drafts as d"
	"         where d.actor_id = t.actor_id"
	"           and d.scheduled_at = t.at"
	"           and d.state not in ('published', 'withdrawn'))"
	"       and not exists ("
	"         select from scheduled_posts as p"
	"         where p.actor_id = t.actor_id"
	"           and p.scheduled_at = t.at))"
	" order by t.at, t.actor_id"
	" limit $4"); // brand_accounts_pkey, organisations_pkey, queue_slots_pkey, drafts_scheduled_at, scheduled_posts_actor_id

static const struct statement lock = STATEMENT("queue_slot_lock", 1,
	"select b.actor_id"
	" from brand_accounts as b"
	" where b.actor_id = $1"
	" for update"); // brand_accounts_pkey

STATEMENT_TABLE(queue_slot_statements, &list, &find_version, &raise_version, &clear, &insert, &list_times, &lock);

static enum error read_version(struct db *db, struct arena *arena, int64_t actor_id, int64_t *ret_version)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	enum error error = db_run(db, arena, &find_version, &values, &rows);
	if (!error)
		*ret_version = rows.count ? db_int64(&rows, 0, 0) : 0;
	return error;
}

enum error queue_slot_list(struct db *db, struct arena *arena, int64_t actor_id, struct queue_slot **ret_slots, size_t *ret_count,
	int64_t *ret_version)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_int64(&values, QUEUE_SLOTS_MAX);
	int64_t version = 0;
	enum error error = read_version(db, arena, actor_id, &version);
	if (!error)
		error = db_run(db, arena, &list, &values, &rows);
	if (error)
		return error;
	struct queue_slot *slots = arena_alloc_array(arena, (size_t)rows.count, sizeof(*slots));
	for (int i = 0; i < rows.count; i++)
		slots[i] = (struct queue_slot){ (int)db_int64(&rows, i, 0), (int)db_int64(&rows, i, 1) };
	*ret_slots = slots;
	*ret_count = (size_t)rows.count;
	*ret_version = version;
	return ERROR_NONE;
}

enum error queue_slot_replace(struct db *db, struct arena *arena, int64_t actor_id, int64_t version, const struct queue_slot *slots,
	size_t count)
{
	struct db_values values = { .count = 0 };
	int64_t changed = 0;
	db_value_int64(&values, actor_id);
	db_value_int64(&values, version);
	enum error error = db_change(db, arena, &raise_version, &values, &changed);
	if (!error && !changed && !MUTANT("queue_slot_version"))
		error = ERROR_CONFLICT;
	if (error)
		return error;
	values = (struct db_values){ .count = 0 };
	db_value_int64(&values, actor_id);
	error = db_change(db, arena, &clear, &values, NULL);
	if (error)
		return error;
	int64_t *minutes = arena_alloc_array(arena, count, sizeof(*minutes));
	for (size_t i = 0; i < count; i++)
		minutes[i] = (slots[i].weekday - 1) * 1440 + slots[i].minute_of_the_day;
	db_value_int64_array(&values, arena, minutes, count);
	return db_change(db, arena, &insert, &values, NULL);
}

static enum error list_moments(struct db *db, struct arena *arena, const int64_t *actor_ids, size_t actor_count, int64_t from_us,
	int64_t until_us, int limit, bool free_only, struct slot_time **ret_times, size_t *ret_count)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_int64_array(&values, arena, actor_ids, actor_count);
	db_value_time(&values, from_us);
	db_value_time(&values, until_us);
	db_value_int64(&values, limit);
	db_value_bool(&values, free_only);
	enum error error = db_run(db, arena, &list_times, &values, &rows);
	if (error)
		return error;
	struct slot_time *times = arena_alloc_array(arena, (size_t)rows.count, sizeof(*times));
	for (int i = 0; i < rows.count; i++)
		times[i] = (struct slot_time){ db_int64(&rows, i, 0), db_time(&rows, i, 1), db_bool(&rows, i, 2) };
	*ret_times = times;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error slot_time_list(struct db *db, struct arena *arena, const int64_t *actor_ids, size_t actor_count, int64_t from_us,
	int64_t until_us, struct slot_time **ret_times, size_t *ret_count)
{
	return list_moments(db, arena, actor_ids, actor_count, from_us, until_us, SLOT_TIMES_MAX, false, ret_times, ret_count);
}

enum error slot_next_free(struct db *db, struct arena *arena, int64_t actor_id, int64_t after_us, int64_t *ret_us)
{
	struct slot_time *times;
	size_t count;
	enum error error = list_moments(db, arena, &actor_id, 1, after_us, after_us + 90 * DAY_US, 1, true, &times, &count);
	if (!error && !count)
		error = ERROR_NOT_FOUND;
	if (!error)
		*ret_us = times[0].at_us;
	return error;
}

enum error slot_lock(struct db *db, struct arena *arena, int64_t actor_id)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	enum error error = db_run(db, arena, &lock, &values, &rows);
	return error ? error : rows.count ? ERROR_NONE : ERROR_NOT_FOUND;
}
