/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Numbers about the instance. */
#include "storage/instance.h"

#include "storage/statement.h"

static const struct statement count = STATEMENT("instance_count", 0,
	"select"
	" (select sum(value)::bigint from instance_counters where name = 'users'),"
	" (select count(*) from users where last_active_on > current_date - 30),"
	" (select count(*) from users where last_active_on > current_date - 180),"
	" (select sum(value)::bigint from instance_counters where name = 'local_posts'),"
	" (select sum(value)::bigint from instance_counters where name = 'local_comments'),"
	" (select count(*) from peers)"); // instance_counters_pkey, users_last_active_on; peers is read whole

static const struct statement list_peers = STATEMENT("instance_list_peers", 1,
	"select p.name"
	" from peers as p"
	" where not exists (select from domain_blocks as b where b.domain = p.name and b.severity = 'suspend')"
	" order by p.name"
	" limit $1"); // peers_pkey, domain_blocks_pkey

static const struct statement search_peers = STATEMENT("instance_search_peers", 2,
	"select p.name"
	" from peers as p"
	" where p.name >= $1"
	"   and starts_with(p.name, $1)"
	"   and not exists (select from domain_blocks as b where b.domain = p.name and b.severity = 'suspend')"
	" order by p.name"
	" limit $2"); // peers_pkey, domain_blocks_pkey

#define LAST_WEEK "11"
_Static_assert(INSTANCE_WEEKS == 12, "a statement says it too");

static const struct statement list_weeks = STATEMENT("instance_list_weeks", 0,
	"select w.begin at time zone 'UTC', greatest(coalesce(i.posts_after - i.posts_before, 0), 0), coalesce(i.active_users, 0),"
	"       coalesce(i.new_users, 0)"
	" from (select date_trunc('week', now() at time zone 'UTC') - n.weeks * interval '7 days' as begin"
	"       from generate_series(0, " LAST_WEEK ") as n (weeks)) as w"
	" left join instance_weeks as i on i.week = w.begin::date"
	" order by w.begin desc"); // instance_weeks_pkey

/* Ids begin with the time. */
static const struct statement note_week = STATEMENT("instance_note_week", 0,
	"with this as ("
	"  select date_trunc('week', now() at time zone 'UTC') as begin,"
	"         (select coalesce(sum(value), 0)::bigint from instance_counters where name in ('local_posts', 'local_comments')) as posts"
	"), forgotten as ("
	"  delete from instance_weeks where week < current_date - 400"
	")"
	" insert into instance_weeks as w (week, posts_before, posts_after, active_users, new_users)"
	" select t.begin::date, coalesce((select l.posts_after from instance_weeks as l where l.week < t.begin::date"
	"                                 order by l.week desc limit 1), t.posts), t.posts,"
	"        (select count(*) from users as u where u.last_active_on >= t.begin::date),"
	"        (select count(*) from users as u where u.id >= (extract(epoch from t.begin)::bigint * 1000) << 16)"
	" from this as t"
	" on conflict (week) do update"
	" set posts_after = excluded.posts_after,"
	"     active_users = greatest(w.active_users, excluded.active_users),"
	"     new_users = excluded.new_users"); // instance_counters_pkey, instance_weeks_pkey, users_last_active_on, users_pkey

STATEMENT_TABLE(instance_statements, &count, &list_peers, &search_peers, &list_weeks, &note_week);

enum error instance_count(struct db *db, struct arena *arena, struct instance_counts *ret_counts)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &count, NULL, &rows);
	if (error)
		return error;
	ret_counts->users = db_int64(&rows, 0, 0);
	ret_counts->active_month = db_int64(&rows, 0, 1);
	ret_counts->active_half_year = db_int64(&rows, 0, 2);
	ret_counts->local_posts = db_int64(&rows, 0, 3);
	ret_counts->local_comments = db_int64(&rows, 0, 4);
	ret_counts->known_peers = db_int64(&rows, 0, 5);
	return ERROR_NONE;
}

static enum error read_names(struct db *db, struct arena *arena, const struct statement *statement, const struct db_values *values,
	struct str **ret_names, size_t *ret_count)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, statement, values, &rows);
	if (error)
		return error;
	struct str *names = arena_alloc_array(arena, (size_t)rows.count, sizeof(*names));
	for (int row = 0; row < rows.count; row++)
		names[row] = db_text(&rows, row, 0);
	*ret_names = names;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error instance_list_peers(struct db *db, struct arena *arena, struct str **ret_names, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, INSTANCE_MAX_PEERS);
	return read_names(db, arena, &list_peers, &values, ret_names, ret_count);
}

enum error instance_search_peers(struct db *db, struct arena *arena, struct str beginning, int64_t limit, struct str **ret_names,
	size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_text(&values, beginning);
	db_value_int64(&values, limit);
	return read_names(db, arena, &search_peers, &values, ret_names, ret_count);
}

enum error instance_list_weeks(struct db *db, struct arena *arena, struct instance_week ret_weeks[INSTANCE_WEEKS])
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list_weeks, NULL, &rows);
	for (int row = 0; row < rows.count && row < INSTANCE_WEEKS && !error; row++)
		ret_weeks[row] = (struct instance_week){ db_time(&rows, row, 0), db_int64(&rows, row, 1), db_int64(&rows, row, 2),
			db_int64(&rows, row, 3) };
	return error;
}

enum error instance_note_week(struct db *db, struct arena *arena)
{
	return db_change(db, arena, &note_week, NULL, NULL);
}
