/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Boosts. */
#include "storage/reaction.h"

#include "storage/event.h"
#include "storage/home.h"
#include "storage/post_row.h"

#include <assert.h>

#define BOOST_COLUMNS           \
	"b.id"                  \
	", b.actor_id"          \
	", b.post_id"           \
	", b.uri"               \
	", b.visibility"        \
	", b.created_at"

enum {
	BOOST_ID,
	BOOST_ACTOR_ID,
	BOOST_POST_ID,
	BOOST_URI,
	BOOST_VISIBILITY,
	BOOST_CREATED_AT,
};

/* The post is locked against going away meanwhile, which would fail the transaction. */
static const struct statement create = STATEMENT("boost_create", 6,
	"with post as ("
	"  select p.id from posts as p where p.id = $3 for key share"
	"), booster as ("
	"  select a.id from actors as a where a.id = $2"
	"), new_boost as ("
	"  insert into boosts (id, actor_id, post_id, uri, visibility, created_at)"
	"  select $1, booster.id, post.id, $4, $5, coalesce($6, now())"
	"  from post, booster"
	"  on conflict do nothing"
	"  returning post_id"
	"), counted as ("
	"  insert into post_counts as c (post_id, boosts)"
	"  select post_id, 1 from new_boost"
	"  on conflict (post_id) do update"
	"  set boosts = c.boosts + 1"
	")"
	" select exists (select from post) and exists (select from booster),"
	"        exists (select from new_boost)"); // primary keys

static const struct statement find = STATEMENT("boost_find", 2,
	"select " BOOST_COLUMNS
	" from boosts as b"
	" where b.actor_id = $1"
	"   and b.post_id = $2"); // boosts_actor_id_post_id_key

static const struct statement find_by_id = STATEMENT("boost_find_by_id", 1,
	"select " BOOST_COLUMNS
	" from boosts as b"
	" where b.id = $1"); // boosts_pkey

static const struct statement find_by_uri = STATEMENT("boost_find_by_uri", 1,
	"select " BOOST_COLUMNS
	" from boosts as b"
	" where b.uri = $1"); // boosts_uri_key

static const struct statement remove = STATEMENT("boost_remove", 2,
	"with gone as ("
	"  delete from boosts where actor_id = $1 and post_id = $2 returning id, post_id, uri"
	"), counted as ("
	"  update post_counts as c"
	"  set boosts = c.boosts - 1"
	"  from gone"
	"  where c.post_id = gone.post_id"
	")"
	" select uri, id from gone"); // boosts_actor_id_post_id_key, post_counts_pkey

STATEMENT_TABLE(boost_statements, &create, &find, &find_by_id, &find_by_uri, &remove);

enum error boost_create(struct db *db, struct arena *arena, const struct boost *boost)
{
	assert(boost->visibility != POST_DIRECT);
	struct db_values values = { .count = 0 };
	db_value_int64(&values, boost->id);
	db_value_int64(&values, boost->actor_id);
	db_value_int64(&values, boost->post_id);
	db_value_text(&values, boost->uri);
	db_value_text(&values, str_from(post_row_visibility(boost->visibility)));
	if (boost->created_us)
		db_value_time(&values, boost->created_us);
	else
		db_value_null(&values);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &create, &values, &rows);
	if (error)
		return error;
	if (!db_bool(&rows, 0, 0))
		return ERROR_NOT_FOUND;
	if (!db_bool(&rows, 0, 1))
		return ERROR_CONFLICT;
	event_emit_on_commit(db, EVENT_BOOST_CREATED, boost->id, boost->actor_id);
	return home_add_boost(db, arena, boost->id);
}

static enum error find_one(struct db *db, struct arena *arena, const struct statement *statement,
	const struct db_values *values, struct boost *ret_boost)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, statement, values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	struct str visibility = db_text(&rows, 0, BOOST_VISIBILITY);
	*ret_boost = (struct boost){
		.id = db_int64(&rows, 0, BOOST_ID),
		.actor_id = db_int64(&rows, 0, BOOST_ACTOR_ID),
		.post_id = db_int64(&rows, 0, BOOST_POST_ID),
		.uri = db_text(&rows, 0, BOOST_URI),
		.visibility = str_eq(visibility, STR_LITERAL("public")) ? POST_PUBLIC :
			str_eq(visibility, STR_LITERAL("unlisted")) ? POST_UNLISTED : POST_FOLLOWERS,
		.created_us = db_time(&rows, 0, BOOST_CREATED_AT),
	};
	return ERROR_NONE;
}

enum error boost_find(struct db *db, struct arena *arena, int64_t actor_id, int64_t post_id, struct boost *ret_boost)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_int64(&values, post_id);
	return find_one(db, arena, &find, &values, ret_boost);
}

enum error boost_find_by_id(struct db *db, struct arena *arena, int64_t id, struct boost *ret_boost)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	return find_one(db, arena, &find_by_id, &values, ret_boost);
}

enum error boost_find_by_uri(struct db *db, struct arena *arena, struct str uri, struct boost *ret_boost)
{
	struct db_values values = { .count = 0 };
	db_value_text(&values, uri);
	return find_one(db, arena, &find_by_uri, &values, ret_boost);
}

enum error boost_remove(struct db *db, struct arena *arena, int64_t actor_id, int64_t post_id, struct str *ret_uri)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_int64(&values, post_id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &remove, &values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	*ret_uri = db_text(&rows, 0, 0);
	event_emit_on_commit(db, EVENT_BOOST_DELETED, db_int64(&rows, 0, 1), actor_id);
	event_emit_on_commit(db, EVENT_GONE_AT_HOME, db_int64(&rows, 0, 1), actor_id);
	return ERROR_NONE;
}
