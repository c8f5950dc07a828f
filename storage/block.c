/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Blocks. The follows between the two end in the same transaction. */
#include "storage/block.h"

#include "storage/event.h"
#include "storage/follow.h"
#include "storage/home.h"
#include "storage/statement.h"

static const struct statement create = STATEMENT("block_create", 4,
	"with new_block as ("
	"  insert into blocks (id, blocker_id, blocked_id, uri)"
	"  select $1, blocker.id, blocked.id, $4"
	"  from actors as blocker, actors as blocked"
	"  where blocker.id = $2"
	"    and blocked.id = $3"
	"  on conflict do nothing"
	"  returning id"
	")"
	" select (select count(*) from actors where id in ($2, $3)),"
	"        (select count(*) from new_block)"); // actors_pkey, blocks_blocker_id_blocked_id_key

static const struct statement find = STATEMENT("block_find", 2,
	"select uri"
	" from blocks"
	" where blocker_id = $1"
	"   and blocked_id = $2"); // blocks_blocker_id_blocked_id_key

static const struct statement find_by_uri = STATEMENT("block_find_by_uri", 1,
	"select id, blocker_id, blocked_id"
	" from blocks"
	" where uri = $1"); // blocks_uri_key

static const struct statement remove_one = STATEMENT("block_remove", 2,
	"delete from blocks"
	" where blocker_id = $1"
	"   and blocked_id = $2"
	" returning uri"); // blocks_blocker_id_blocked_id_key

static const struct statement is_between = STATEMENT("block_is_between", 2,
	"select exists (select from blocks where blocker_id = $1 and blocked_id = $2)"
	"    or exists (select from blocks where blocker_id = $2 and blocked_id = $1)"); // blocks_blocker_id_blocked_id_key

STATEMENT_TABLE(block_statements, &create, &find, &find_by_uri, &remove_one, &is_between);

static enum error find_uri(struct db *db, struct arena *arena, const struct statement *statement, int64_t blocker_id,
	int64_t blocked_id, struct str *ret_uri)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, blocker_id);
	db_value_int64(&values, blocked_id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, statement, &values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	*ret_uri = db_text(&rows, 0, 0);
	return ERROR_NONE;
}

/* Nothing was inserted: fine when the pair is there, a conflict when another pair has the uri. */
static enum error check_existing(struct db *db, struct arena *arena, int64_t blocker_id, int64_t blocked_id)
{
	struct str uri;
	enum error error = find_uri(db, arena, &find, blocker_id, blocked_id, &uri);
	return error == ERROR_NOT_FOUND ? ERROR_CONFLICT : error;
}

static enum error end_follow(struct db *db, struct arena *arena, int64_t follower_id, int64_t followed_id)
{
	enum error error = follow_remove(db, arena, follower_id, followed_id);
	return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
}

static void tell_both(struct db *db, int64_t blocker_id, int64_t blocked_id)
{
	event_emit_on_commit(db, EVENT_RELATIONS_CHANGED, 0, blocker_id);
	event_emit_on_commit(db, EVENT_RELATIONS_CHANGED, 0, blocked_id);
}

enum error block_create(struct db *db, struct arena *arena, int64_t id, int64_t blocker_id, int64_t blocked_id,
	struct str uri)
{
	if (blocker_id == blocked_id)
		return ERROR_UNPROCESSABLE;
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	db_value_int64(&values, blocker_id);
	db_value_int64(&values, blocked_id);
	db_value_text(&values, uri);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &create, &values, &rows);
	if (error)
		return error;
	if (db_int64(&rows, 0, 0) != 2)
		return ERROR_NOT_FOUND;
	if (!db_int64(&rows, 0, 1))
		error = check_existing(db, arena, blocker_id, blocked_id);
	if (!error)
		error = end_follow(db, arena, blocker_id, blocked_id);
	if (!error)
		error = end_follow(db, arena, blocked_id, blocker_id);
	if (!error)
		error = home_remove_actor(db, arena, blocker_id, blocked_id);
	if (!error)
		error = home_remove_actor(db, arena, blocked_id, blocker_id);
	if (!error)
		tell_both(db, blocker_id, blocked_id);
	return error;
}

enum error block_remove(struct db *db, struct arena *arena, int64_t blocker_id, int64_t blocked_id, struct str *ret_uri)
{
	enum error error = find_uri(db, arena, &remove_one, blocker_id, blocked_id, ret_uri);
	if (!error)
		tell_both(db, blocker_id, blocked_id);
	return error;
}

enum error block_find_by_uri(struct db *db, struct arena *arena, struct str uri, struct block *ret_block)
{
	struct db_values values = { .count = 0 };
	db_value_text(&values, uri);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &find_by_uri, &values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	*ret_block = (struct block){
		.id = db_int64(&rows, 0, 0),
		.blocker_id = db_int64(&rows, 0, 1),
		.blocked_id = db_int64(&rows, 0, 2),
	};
	return ERROR_NONE;
}

enum error block_is_between(struct db *db, struct arena *arena, int64_t one_id, int64_t other_id, bool *ret_is)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, one_id);
	db_value_int64(&values, other_id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &is_between, &values, &rows);
	if (error)
		return error;
	*ret_is = db_bool(&rows, 0, 0);
	return ERROR_NONE;
}

enum error block_exists(struct db *db, struct arena *arena, int64_t blocker_id, int64_t blocked_id, bool *ret_exists)
{
	struct str uri;
	enum error error = find_uri(db, arena, &find, blocker_id, blocked_id, &uri);
	if (error && error != ERROR_NOT_FOUND)
		return error;
	*ret_exists = !error;
	return ERROR_NONE;
}
