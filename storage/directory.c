/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The directory. Who was active lately is written down by a job: an index on the counters themselves would cost every post. */
#include "storage/directory.h"

#include "storage/post_visibility.h"
#include "storage/statement.h"

#include "base/mutant.h"

#define MAX_ENTRIES 20000

/* As the indexes actors_listed say it, and of no silenced server. */
#define IS_LISTED                                                                                       \
	"a.is_discoverable and a.suspended_at is null and a.silenced_at is null and a.moved_to_id is null" \
	" and a.kind <> 'Application' and not a.is_pending and not " SERVER_IS_SILENCED("a")

static const struct statement count_entries = STATEMENT("directory_count_entries", 1,
	"insert into directory_entries as old (actor_id, is_local, followers, active_at, counted_at)"
	" select a.id, a.domain_id is not null, coalesce(c.followers, 0), coalesce(c.last_post_at, a.created_at), now()"
	" from actors as a"
	" left join actor_counts as c on c.actor_id = a.id"
	" where " IS_LISTED
	" order by coalesce(c.last_post_at, a.created_at) desc"
	" limit $1"
	" on conflict (actor_id) do update"
	" set followers = excluded.followers,"
	"     active_at = excluded.active_at,"
	"     counted_at = excluded.counted_at"); // actors_listed, actor_counts_pkey

static const struct statement forget_entries = STATEMENT("directory_forget_entries", 0,
	"delete from directory_entries"
	" where counted_at < now()");

#define BY_ACTIVITY(local)                                                     \
	"select a.id"                                                          \
	" from directory_entries as e"                                         \
	" join actors as a on a.id = e.actor_id"                               \
	" where " IS_LISTED local                                              \
	"   and " ACTOR_IS_WANTED_BY("a", "$1")                                \
	" order by e.active_at desc, e.actor_id desc"                          \
	" offset $2"                                                           \
	" limit $3"
static const struct statement by_activity = STATEMENT("directory_by_activity", 3, BY_ACTIVITY("")); // directory_entries_active
static const struct statement by_activity_local = STATEMENT("directory_by_activity_local", 3,
	BY_ACTIVITY(" and e.is_local")); // directory_entries_local

#define BY_AGE(local)                                                          \
	"select a.id"                                                          \
	" from actors as a"                                                    \
	" where " IS_LISTED local                                              \
	"   and " ACTOR_IS_WANTED_BY("a", "$1")                                \
	" order by a.id desc"                                                  \
	" offset $2"                                                           \
	" limit $3"
static const struct statement by_age = STATEMENT("directory_by_age", 3, BY_AGE("")); // actors_listed
static const struct statement by_age_local = STATEMENT("directory_by_age_local", 3,
	BY_AGE(" and a.domain_id is not null")); // actors_listed_local

/* Those who hide whom they follow are asked for nobody. */
static const struct statement suggest = STATEMENT("directory_suggest", 2,
	"with friend as materialized ("
	"  select f.followed_id as id"
	"  from follows as f"
	"  join actors as a on a.id = f.followed_id"
	"  where f.follower_id = $1"
	"    and f.state = 'accepted'"
	"    and not a.hides_collections"
	"  order by f.id desc"
	"  limit 300"
	"), theirs as ("
	"  select f.followed_id as id, count(*) as weight"
	"  from friend"
	"  cross join lateral (select f.followed_id from follows as f where f.follower_id = friend.id and f.state = 'accepted'"
	"                      order by f.id desc limit 200) as f"
	"  group by f.followed_id"
	"  order by weight desc"
	"  limit 400"
	"), popular as ("
	"  select e.actor_id as id, e.followers as weight"
	"  from directory_entries as e"
	"  where e.is_local"
	"  order by e.followers desc, e.actor_id desc"
	"  limit 400"
	"), candidate as ("
	"  select t.id, t.weight, true as is_theirs, false as is_popular from theirs as t"
	"  union all"
	"  select o.id, o.weight, false, true from popular as o"
	")"
	" select a.id, bool_or(c.is_theirs), bool_or(c.is_popular)"
	" from candidate as c"
	" join actors as a on a.id = c.id"
	" where a.id <> $1"
	"   and " IS_LISTED
	"   and not exists (select from follows as f where f.follower_id = $1 and f.followed_id = a.id)"
	"   and not exists (select from dismissed_suggestions as d where d.actor_id = $1 and d.dismissed_id = a.id)"
	"   and " ACTOR_IS_WANTED_BY("a", "$1")
	" group by a.id"
	" order by bool_or(c.is_theirs) desc, max(c.weight) desc, a.id desc"
	" limit $2"); // follows_follower_id, directory_entries_followers, dismissed_suggestions_pkey

static const struct statement dismiss = STATEMENT("directory_dismiss", 2,
	"insert into dismissed_suggestions (actor_id, dismissed_id)"
	" select $1, a.id"
	" from actors as a"
	" where a.id = $2"
	" on conflict do nothing"); // actors_pkey

STATEMENT_TABLE(directory_statements, &count_entries, &forget_entries, &by_activity, &by_activity_local, &by_age,
	&by_age_local, &suggest, &dismiss);

enum error directory_count(struct db *db, struct arena *arena)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, MAX_ENTRIES);
	enum error error = db_begin(db);
	if (!error)
		error = db_change(db, arena, &count_entries, &values, NULL);
	if (!error)
		error = db_change(db, arena, &forget_entries, NULL, NULL);
	if (!error)
		return db_commit(db);
	db_rollback(db);
	return error;
}

enum error directory_list(struct db *db, struct arena *arena, const struct directory_query *query, int64_t **ret_actor_ids,
	size_t *ret_count)
{
	const struct statement *statement;
	if (query->by_age)
		statement = query->is_local_only ? &by_age_local : &by_age;
	else
		statement = query->is_local_only ? &by_activity_local : &by_activity;
	struct db_values values = { .count = 0 };
	db_value_int64(&values, MUTANT("directory_reader") ? 0 : query->reader_id);
	db_value_int64(&values, query->offset);
	db_value_int64(&values, query->limit);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, statement, &values, &rows);
	if (error)
		return error;
	int64_t *ids = arena_alloc_array(arena, (size_t)rows.count, sizeof(*ids));
	for (int i = 0; i < rows.count; i++)
		ids[i] = db_int64(&rows, i, 0);
	*ret_actor_ids = ids;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error suggestion_list(struct db *db, struct arena *arena, int64_t reader_id, int limit, struct suggestion **ret_suggestions,
	size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, reader_id);
	db_value_int64(&values, limit);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &suggest, &values, &rows);
	if (error)
		return error;
	struct suggestion *suggestions = arena_alloc_array(arena, (size_t)rows.count, sizeof(*suggestions));
	for (int i = 0; i < rows.count; i++)
		suggestions[i] = (struct suggestion){
			.actor_id = db_int64(&rows, i, 0),
			.is_friend_of_friends = db_bool(&rows, i, 1),
			.is_popular = db_bool(&rows, i, 2),
		};
	*ret_suggestions = suggestions;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error suggestion_dismiss(struct db *db, struct arena *arena, int64_t reader_id, int64_t actor_id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, reader_id);
	db_value_int64(&values, actor_id);
	return db_change(db, arena, &dismiss, &values, NULL);
}
