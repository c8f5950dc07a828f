/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Follows. The two counters of a follow are locked in the order of their actors, so that two people who follow
 * one another at once do not wait for each other. */
#include "storage/follow.h"

#include "storage/event.h"
#include "storage/home.h"
#include "storage/statement.h"
#include "base/mutant.h"

#include <assert.h>

#define FOLLOW_COLUMNS          \
	"f.id"                  \
	", f.follower_id"       \
	", f.followed_id"       \
	", f.state"             \
	", f.uri"

enum {
	FOLLOW_ID,
	FOLLOW_FOLLOWER_ID,
	FOLLOW_FOLLOWED_ID,
	FOLLOW_STATE,
	FOLLOW_URI,
};

static const struct statement create = STATEMENT("follow_create", 5,
	"with new_follow as ("
	"  insert into follows (id, follower_id, followed_id, state, uri)"
	"  select $1, follower.id, followed.id, $4, $5"
	"  from actors as follower, actors as followed"
	"  where follower.id = $2"
	"    and followed.id = $3"
	"  on conflict do nothing"
	"  returning follower_id, followed_id, state"
	"), counted as ("
	"  insert into actor_counts as c (actor_id, following, followers)"
	"  select one.actor_id, one.following, one.followers"
	"  from new_follow as n,"
	"       lateral (values (n.follower_id, 1, 0), (n.followed_id, 0, 1)) as one (actor_id, following, followers)"
	"  where n.state = 'accepted'"
	"  order by one.actor_id"
	"  on conflict (actor_id) do update"
	"  set following = c.following + excluded.following,"
	"      followers = c.followers + excluded.followers"
	")"
	" select both_here.count, (select count(*) from new_follow), both_here.is_follower_local"
	" from (select count(*) as count, bool_or(a.id = $2 and a.domain_id is not null) as is_follower_local"
	"       from actors as a"
	"       where a.id in ($2, $3)) as both_here"); // actors_pkey, follows_follower_id_followed_id_key

/* An Undo that came first, and a block, leave a tombstone and a row: such a Follow is no plain one. */
static const struct statement create_many = STATEMENT("follow_create_many", 6,
	"with new_follow as ("
	"  insert into follows (id, follower_id, followed_id, state, uri)"
	"  select n.id, n.follower_id, n.followed_id, n.state, n.uri"
	"  from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[])"
	"    as n (id, follower_id, followed_id, state, uri)"
	"  where not exists (select from tombstones as t where $6::boolean and t.uri = n.uri)"
	"    and not exists (select from blocks as b where $6 and b.blocker_id = n.followed_id and b.blocked_id = n.follower_id)"
	"  order by n.follower_id, n.followed_id"
	"  on conflict do nothing"
	"  returning id, follower_id, followed_id, state"
	"), counted as ("
	"  insert into actor_counts as c (actor_id, following, followers)"
	"  select one.actor_id, sum(one.following), sum(one.followers)"
	"  from new_follow as n,"
	"       lateral (values (n.follower_id, 1, 0), (n.followed_id, 0, 1)) as one (actor_id, following, followers)"
	"  where n.state = 'accepted'"
	"  group by one.actor_id"
	"  order by one.actor_id"
	"  on conflict (actor_id) do update"
	"  set following = c.following + excluded.following,"
	"      followers = c.followers + excluded.followers"
	")"
	" select id from new_follow"); // tombstones_pkey, blocks_blocker_id_blocked_id_key, follows_follower_id_followed_id_key, actor_counts_pkey

static const struct statement find = STATEMENT("follow_find", 2,
	"select " FOLLOW_COLUMNS
	" from follows as f"
	" where f.follower_id = $1"
	"   and f.followed_id = $2"); // follows_follower_id_followed_id_key

static const struct statement find_by_uri = STATEMENT("follow_find_by_uri", 1,
	"select " FOLLOW_COLUMNS
	" from follows as f"
	" where f.uri = $1"); // follows_uri_key

static const struct statement accept_one = STATEMENT("follow_accept", 2,
	"with accepted as ("
	"  update follows"
	"  set state = 'accepted'"
	"  where follower_id = $1"
	"    and followed_id = $2"
	"    and state = 'pending'"
	"  returning follower_id, followed_id"
	"), counted as ("
	"  insert into actor_counts as c (actor_id, following, followers)"
	"  select one.actor_id, one.following, one.followers"
	"  from accepted as n,"
	"       lateral (values (n.follower_id, 1, 0), (n.followed_id, 0, 1)) as one (actor_id, following, followers)"
	"  order by one.actor_id"
	"  on conflict (actor_id) do update"
	"  set following = c.following + excluded.following,"
	"      followers = c.followers + excluded.followers"
	")"
	" select count(*)"
	" from follows"
	" where follower_id = $1"
	"   and followed_id = $2"); // follows_follower_id_followed_id_key

static const struct statement remove_one = STATEMENT("follow_remove", 2,
	"with gone as ("
	"  delete from follows"
	"  where follower_id = $1"
	"    and followed_id = $2"
	"  returning follower_id, followed_id, state"
	"), locked as ("
	"  select c.actor_id, (c.actor_id = g.follower_id)::integer as following,"
	"         (c.actor_id = g.followed_id)::integer as followers"
	"  from gone as g"
	"  join actor_counts as c on c.actor_id in (g.follower_id, g.followed_id)"
	"  where g.state = 'accepted'"
	"  order by c.actor_id"
	"  for update of c"
	"), unlisted as ("
	"  delete from list_members as m using lists as l"
	"  where l.actor_id = $1 and m.list_id = l.id and m.actor_id = $2"
	"), unendorsed as ("
	"  delete from endorsements where actor_id = $1 and endorsed_id = $2"
	"), counted as ("
	"  update actor_counts as c"
	"  set following = c.following - l.following,"
	"      followers = c.followers - l.followers"
	"  from locked as l"
	"  where c.actor_id = l.actor_id"
	")"
	" select count(*) from gone"); // follows_follower_id_followed_id_key, actor_counts_pkey

static const struct statement set_uri = STATEMENT("follow_set_uri", 2,
	"update follows"
	" set uri = $2"
	" where id = $1"
	"   and not exists (select from follows as other where other.uri = $2 and other.id <> $1)"); // follows_pkey, follows_uri_key

static const struct statement list_followers = STATEMENT("follow_list_followers", 4,
	"select f.id, a.id, a.uri, f.uri, a.domain_id is not null"
	" from follows as f"
	" join actors as a on a.id = f.follower_id"
	" where f.followed_id = $1"
	"   and f.state = $2"
	"   and f.id < $3"
	"   and a.suspended_at is null"
	" order by f.id desc"
	" limit $4"); // follows_followed_id

static const struct statement list_following = STATEMENT("follow_list_following", 4,
	"select f.id, a.id, a.uri, f.uri, a.domain_id is not null"
	" from follows as f"
	" join actors as a on a.id = f.followed_id"
	" where f.follower_id = $1"
	"   and f.state = $2"
	"   and f.id < $3"
	"   and a.suspended_at is null"
	" order by f.id desc"
	" limit $4"); // follows_follower_id

static const struct statement list_followers_at = STATEMENT("follow_list_followers_at", 2,
	"select a.uri"
	" from follows as f"
	" join actors as a on a.id = f.follower_id"
	" where f.followed_id = $1"
	"   and f.state = 'accepted'"
	"   and starts_with(a.uri, $2 || '/')"); // follows_followed_id

static const struct statement list_local_followers = STATEMENT("follow_list_local_followers", 1,
	"select a.id"
	" from follows as f"
	" join actors as a on a.id = f.follower_id"
	" where f.followed_id = $1"
	"   and f.state = 'accepted'"
	"   and a.domain_id is not null"
	"   and a.suspended_at is null"); // follows_followed_id

static const struct statement set_options = STATEMENT("follow_set_options", 6,
	"update follows"
	" set shows_boosts = coalesce($3, shows_boosts),"
	"     notifies = coalesce($4, notifies),"
	"     languages = case when $5 then nullif($6::text[], '{}') else languages end"
	" where follower_id = $1"
	"   and followed_id = $2"); // follows_follower_id_followed_id_key

STATEMENT_TABLE(follow_statements, &set_options, &create, &create_many, &find, &find_by_uri, &accept_one, &remove_one, &set_uri, &list_followers,
	&list_following, &list_followers_at, &list_local_followers);

static struct str state_name(enum follow_state state)
{
	return state == FOLLOW_ACCEPTED ? STR_LITERAL("accepted") : STR_LITERAL("pending");
}

static void tell_both(struct db *db, int64_t follower_id, int64_t followed_id)
{
	event_emit_on_commit(db, EVENT_RELATIONS_CHANGED, 0, follower_id);
	event_emit_on_commit(db, EVENT_RELATIONS_CHANGED, 0, followed_id);
}

enum error follow_create(struct db *db, struct arena *arena, const struct follow *follow)
{
	if (follow->follower_id == follow->followed_id)
		return ERROR_UNPROCESSABLE;
	struct db_values values = { .count = 0 };
	db_value_int64(&values, follow->id);
	db_value_int64(&values, follow->follower_id);
	db_value_int64(&values, follow->followed_id);
	db_value_text(&values, state_name(follow->state));
	db_value_text(&values, follow->uri);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &create, &values, &rows);
	if (error)
		return error;
	if (db_int64(&rows, 0, 0) != 2)
		return ERROR_NOT_FOUND;
	if (!db_int64(&rows, 0, 1))
		return ERROR_CONFLICT;
	tell_both(db, follow->follower_id, follow->followed_id);
	bool has_home = follow->state == FOLLOW_ACCEPTED && db_bool(&rows, 0, 2);
	return has_home ? home_merge_actor(db, arena, follow->follower_id, follow->followed_id) : ERROR_NONE;
}

static void add_columns(struct db_values *values, struct arena *arena, const struct follow *follows, size_t count)
{
	DB_VALUE_COLUMN(db_value_int64_array, int64_t, follows[i].id);
	DB_VALUE_COLUMN(db_value_int64_array, int64_t, follows[i].follower_id);
	DB_VALUE_COLUMN(db_value_int64_array, int64_t, follows[i].followed_id);
	DB_VALUE_COLUMN(db_value_text_array, struct str, state_name(follows[i].state));
	DB_VALUE_COLUMN(db_value_text_array, struct str, follows[i].uri);
}

enum error follow_create_many(struct db *db, struct arena *arena, const struct follow *follows, size_t count,
	bool *ret_is_created)
{
	struct db_values values = { .count = 0 };
	assert(db_is_in_transaction(db));
	add_columns(&values, arena, follows, count);
	db_value_bool(&values, !MUTANT("follow_create_many"));
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &create_many, &values, &rows);
	if (error)
		return error;
	for (size_t i = 0; i < count; i++) {
		ret_is_created[i] = false;
		for (int row = 0; row < rows.count && !ret_is_created[i]; row++)
			ret_is_created[i] = db_int64(&rows, row, 0) == follows[i].id;
		if (ret_is_created[i])
			tell_both(db, follows[i].follower_id, follows[i].followed_id);
	}
	return ERROR_NONE;
}

static enum error find_one(struct db *db, struct arena *arena, const struct statement *statement,
	const struct db_values *values, struct follow *ret_follow)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, statement, values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	*ret_follow = (struct follow){
		.id = db_int64(&rows, 0, FOLLOW_ID),
		.follower_id = db_int64(&rows, 0, FOLLOW_FOLLOWER_ID),
		.followed_id = db_int64(&rows, 0, FOLLOW_FOLLOWED_ID),
		.state = str_eq(db_text(&rows, 0, FOLLOW_STATE), STR_LITERAL("accepted")) ? FOLLOW_ACCEPTED : FOLLOW_PENDING,
		.uri = db_text(&rows, 0, FOLLOW_URI),
	};
	return ERROR_NONE;
}

enum error follow_find(struct db *db, struct arena *arena, int64_t follower_id, int64_t followed_id,
	struct follow *ret_follow)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, follower_id);
	db_value_int64(&values, followed_id);
	return find_one(db, arena, &find, &values, ret_follow);
}

enum error follow_find_by_uri(struct db *db, struct arena *arena, struct str uri, struct follow *ret_follow)
{
	struct db_values values = { .count = 0 };
	db_value_text(&values, uri);
	return find_one(db, arena, &find_by_uri, &values, ret_follow);
}

/* The statement says whether there was one. */
static enum error change_pair(struct db *db, struct arena *arena, const struct statement *statement, int64_t follower_id,
	int64_t followed_id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, follower_id);
	db_value_int64(&values, followed_id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, statement, &values, &rows);
	if (error)
		return error;
	if (!db_int64(&rows, 0, 0))
		return ERROR_NOT_FOUND;
	tell_both(db, follower_id, followed_id);
	return ERROR_NONE;
}

enum error follow_accept(struct db *db, struct arena *arena, int64_t follower_id, int64_t followed_id)
{
	enum error error = change_pair(db, arena, &accept_one, follower_id, followed_id);
	return error ? error : home_merge_actor(db, arena, follower_id, followed_id);
}

enum error follow_remove(struct db *db, struct arena *arena, int64_t follower_id, int64_t followed_id)
{
	enum error error = change_pair(db, arena, &remove_one, follower_id, followed_id);
	return error ? error : home_remove_actor(db, arena, follower_id, followed_id);
}

static void add_bool(struct db_values *values, const bool *flag)
{
	if (flag)
		db_value_bool(values, *flag);
	else
		db_value_null(values);
}

enum error follow_set_options(struct db *db, struct arena *arena, int64_t follower_id, int64_t followed_id,
	const struct follow_options *options)
{
	assert(options->language_count <= FOLLOW_MAX_LANGUAGES);
	struct db_values values = { .count = 0 };
	db_value_int64(&values, follower_id);
	db_value_int64(&values, followed_id);
	add_bool(&values, options->shows_boosts);
	add_bool(&values, options->notifies);
	db_value_bool(&values, options->sets_languages);
	db_value_text_array(&values, arena, options->languages, options->language_count);
	int64_t affected = 0;
	enum error error = db_change(db, arena, &set_options, &values, &affected);
	if (error)
		return error;
	if (!affected)
		return ERROR_NOT_FOUND;
	event_emit_on_commit(db, EVENT_RELATIONS_CHANGED, 0, follower_id);
	return ERROR_NONE;
}

enum error follow_set_uri(struct db *db, struct arena *arena, int64_t follow_id, struct str uri)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, follow_id);
	db_value_text(&values, uri);
	int64_t affected = 0;
	enum error error = db_change(db, arena, &set_uri, &values, &affected);
	if (error)
		return error;
	return affected ? ERROR_NONE : ERROR_NOT_FOUND;
}

enum error follow_list(struct db *db, struct arena *arena, const struct follow_page *page, struct follow_item **ret_items,
	size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, page->actor_id);
	db_value_text(&values, state_name(page->state));
	db_value_int64(&values, page->before_follow_id ? page->before_follow_id : INT64_MAX);
	db_value_int64(&values, page->limit);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error =
		db_run(db, arena, page->side == FOLLOW_FOLLOWERS ? &list_followers : &list_following, &values, &rows);
	if (error)
		return error;
	struct follow_item *items = arena_alloc_array(arena, (size_t)rows.count, sizeof(*items));
	for (int i = 0; i < rows.count; i++)
		items[i] = (struct follow_item){
			.follow_id = db_int64(&rows, i, 0),
			.actor_id = db_int64(&rows, i, 1),
			.actor_uri = db_text(&rows, i, 2),
			.follow_uri = db_text(&rows, i, 3),
			.is_local = db_bool(&rows, i, 4),
		};
	*ret_items = items;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error follow_list_followers_at(struct db *db, struct arena *arena, int64_t followed_id, struct str origin,
	struct str **ret_uris, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, followed_id);
	db_value_text(&values, origin);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list_followers_at, &values, &rows);
	if (error)
		return error;
	struct str *uris = arena_alloc_array(arena, (size_t)rows.count, sizeof(*uris));
	for (int i = 0; i < rows.count; i++)
		uris[i] = db_text(&rows, i, 0);
	*ret_uris = uris;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error follow_list_local_followers(struct db *db, struct arena *arena, int64_t followed_id, int64_t **ret_actor_ids,
	size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, followed_id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list_local_followers, &values, &rows);
	if (error)
		return error;
	int64_t *ids = arena_alloc_array(arena, (size_t)rows.count, sizeof(*ids));
	for (int i = 0; i < rows.count; i++)
		ids[i] = db_int64(&rows, i, 0);
	*ret_actor_ids = ids;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}
