/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Emoji reactions, and taking back whatever an actor did to a post. */
#include "storage/reaction.h"

#include "storage/event.h"
#include "storage/statement.h"

/* The post is locked against going away meanwhile, which would fail the transaction. */
static const struct statement create = STATEMENT("reaction_create", 6,
	"with post as ("
	"  select p.id from posts as p where p.id = $3 for key share"
	"), reactor as ("
	"  select a.id from actors as a where a.id = $2"
	"), new_reaction as ("
	"  insert into reactions (id, actor_id, post_id, emoji, image_url, uri)"
	"  select $1, reactor.id, post.id, $4, $5, $6"
	"  from post, reactor"
	"  on conflict do nothing"
	"  returning post_id"
	")"
	" select exists (select from post) and exists (select from reactor),"
	"        exists (select from new_reaction)"); // primary keys

static const struct statement remove = STATEMENT("reaction_remove", 3,
	"delete from reactions"
	" where actor_id = $1"
	"   and post_id = $2"
	"   and emoji = $3"
	" returning uri"); // reactions_actor_id_post_id_emoji_key

/* One id may stand in several tables when a peer is careless; all of them go, and the first is told. */
static const struct statement remove_by_uri = STATEMENT("reaction_remove_by_uri", 2,
	"with boost as ("
	"  delete from boosts where uri = $2 and actor_id = $1 returning post_id, id"
	"), favourite as ("
	"  delete from favourites where uri = $2 and actor_id = $1 returning post_id"
	"), reaction as ("
	"  delete from reactions where uri = $2 and actor_id = $1 returning post_id"
	"), gone as ("
	"  select 0 as kind, post_id, 1 as boosts, 0 as favourites, id from boost"
	"  union all"
	"  select 1, post_id, 0, 1, 0 from favourite"
	"  union all"
	"  select 2, post_id, 0, 0, 0 from reaction"
	"), counted as ("
	"  update post_counts as c"
	"  set boosts = c.boosts - one.boosts, favourites = c.favourites - one.favourites"
	"  from (select post_id, sum(boosts) as boosts, sum(favourites) as favourites from gone group by post_id) as one"
	"  where c.post_id = one.post_id"
	")"
	" select kind, post_id, id from gone order by kind limit 1"); // boosts_uri_key, favourites_uri_key, reactions_uri_key

STATEMENT_TABLE(reaction_statements, &create, &remove, &remove_by_uri);

enum error reaction_create(struct db *db, struct arena *arena, int64_t id, int64_t actor_id, int64_t post_id,
	struct str emoji, struct str image_url, struct str uri)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	db_value_int64(&values, actor_id);
	db_value_int64(&values, post_id);
	db_value_text(&values, emoji);
	db_value_text(&values, image_url);
	db_value_text(&values, uri);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &create, &values, &rows);
	if (error)
		return error;
	if (!db_bool(&rows, 0, 0))
		return ERROR_NOT_FOUND;
	return db_bool(&rows, 0, 1) ? ERROR_NONE : ERROR_CONFLICT;
}

enum error reaction_remove(struct db *db, struct arena *arena, int64_t actor_id, int64_t post_id, struct str emoji,
	struct str *ret_uri)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_int64(&values, post_id);
	db_value_text(&values, emoji);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &remove, &values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	*ret_uri = db_text(&rows, 0, 0);
	return ERROR_NONE;
}

enum error reaction_remove_by_uri(struct db *db, struct arena *arena, int64_t actor_id, struct str uri,
	enum reaction_kind *ret_kind, int64_t *ret_post_id)
{
	static const enum reaction_kind kinds[] = { REACTION_BOOST, REACTION_FAVOURITE, REACTION_EMOJI };
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_text(&values, uri);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &remove_by_uri, &values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	*ret_kind = kinds[db_int64(&rows, 0, 0)];
	*ret_post_id = db_int64(&rows, 0, 1);
	if (*ret_kind == REACTION_BOOST) {
		event_emit_on_commit(db, EVENT_BOOST_DELETED, db_int64(&rows, 0, 2), actor_id);
		event_emit_on_commit(db, EVENT_GONE_AT_HOME, db_int64(&rows, 0, 2), actor_id);
	}
	return ERROR_NONE;
}
