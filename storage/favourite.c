/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Favourites. */
#include "storage/reaction.h"

#include "storage/statement.h"

/* The post is locked against going away meanwhile, which would fail the transaction. */
static const struct statement create = STATEMENT("favourite_create", 4,
	"with post as ("
	"  select p.id from posts as p where p.id = $3 for key share"
	"), fan as ("
	"  select a.id from actors as a where a.id = $2"
	"), new_favourite as ("
	"  insert into favourites (id, actor_id, post_id, uri)"
	"  select $1, fan.id, post.id, $4"
	"  from post, fan"
	"  on conflict do nothing"
	"  returning post_id"
	"), counted as ("
	"  insert into post_counts as c (post_id, favourites)"
	"  select post_id, 1 from new_favourite"
	"  on conflict (post_id) do update"
	"  set favourites = c.favourites + 1"
	")"
	" select exists (select from post) and exists (select from fan),"
	"        exists (select from new_favourite)"); // primary keys

static const struct statement remove = STATEMENT("favourite_remove", 2,
	"with gone as ("
	"  delete from favourites where actor_id = $1 and post_id = $2 returning post_id, uri"
	"), counted as ("
	"  update post_counts as c"
	"  set favourites = c.favourites - 1"
	"  from gone"
	"  where c.post_id = gone.post_id"
	")"
	" select uri from gone"); // favourites_actor_id_post_id_key, post_counts_pkey

STATEMENT_TABLE(favourite_statements, &create, &remove);

enum error favourite_create(struct db *db, struct arena *arena, int64_t id, int64_t actor_id, int64_t post_id,
	struct str uri)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	db_value_int64(&values, actor_id);
	db_value_int64(&values, post_id);
	db_value_text(&values, uri);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &create, &values, &rows);
	if (error)
		return error;
	if (!db_bool(&rows, 0, 0))
		return ERROR_NOT_FOUND;
	return db_bool(&rows, 0, 1) ? ERROR_NONE : ERROR_CONFLICT;
}

enum error favourite_remove(struct db *db, struct arena *arena, int64_t actor_id, int64_t post_id, struct str *ret_uri)
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
	return ERROR_NONE;
}
