/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Follows. The two counters of a follow are locked in the order of their actors, so that two people who follow
 * one another at once do not wait for each other. */
#include "storage/follow.h"

#include "storage/statement.h"

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
	" select (select count(*) from actors where id in ($2, $3)),"
	"        (select count(*) from new_follow)"); // actors_pkey, follows_follower_id_followed_id_key

static const struct statement find = STATEMENT("follow_find", 2,
	"select id, state, uri"
	" from follows"
	" where follower_id = $1"
	"   and followed_id = $2"); // follows_follower_id_followed_id_key

STATEMENT_TABLE(follow_statements, &create, &find);

enum error follow_create(struct db *db, struct arena *arena, const struct follow *follow)
{
	if (follow->follower_id == follow->followed_id)
		return ERROR_UNPROCESSABLE;
	struct db_values values = { .count = 0 };
	db_value_int64(&values, follow->id);
	db_value_int64(&values, follow->follower_id);
	db_value_int64(&values, follow->followed_id);
	db_value_text(&values, follow->state == FOLLOW_ACCEPTED ? STR_LITERAL("accepted") : STR_LITERAL("pending"));
	db_value_text(&values, follow->uri);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &create, &values, &rows);
	if (error)
		return error;
	if (db_int64(&rows, 0, 0) != 2)
		return ERROR_NOT_FOUND;
	return db_int64(&rows, 0, 1) ? ERROR_NONE : ERROR_CONFLICT;
}

enum error follow_find(struct db *db, struct arena *arena, int64_t follower_id, int64_t followed_id,
	struct follow *ret_follow)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, follower_id);
	db_value_int64(&values, followed_id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &find, &values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	*ret_follow = (struct follow){
		.id = db_int64(&rows, 0, 0),
		.follower_id = follower_id,
		.followed_id = followed_id,
		.state = str_eq(db_text(&rows, 0, 1), STR_LITERAL("accepted")) ? FOLLOW_ACCEPTED : FOLLOW_PENDING,
		.uri = db_text(&rows, 0, 2),
	};
	return ERROR_NONE;
}
