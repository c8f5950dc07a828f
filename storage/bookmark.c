/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Bookmarks: written; lists of them are read with the other lists of posts. */
#include "storage/bookmark.h"

#include "storage/id.h"
#include "storage/statement.h"

/* The post is locked against going away meanwhile, which would fail the statement. */
static const struct statement add = STATEMENT("bookmark_add", 3,
	"with post as ("
	"  select id from posts where id = $3 for key share"
	"), new_bookmark as ("
	"  insert into bookmarks (id, actor_id, post_id)"
	"  select $1, $2, post.id"
	"  from post"
	"  on conflict (actor_id, post_id) do nothing"
	")"
	" select exists (select from post)"); // posts_pkey, bookmarks_actor_id_post_id_key

static const struct statement remove_one = STATEMENT("bookmark_remove", 2,
	"delete from bookmarks"
	" where actor_id = $1"
	"   and post_id = $2"); // bookmarks_actor_id_post_id_key

STATEMENT_TABLE(bookmark_statements, &add, &remove_one);

enum error bookmark_add(struct db *db, struct arena *arena, int64_t actor_id, int64_t post_id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id_new());
	db_value_int64(&values, actor_id);
	db_value_int64(&values, post_id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &add, &values, &rows);
	if (error)
		return error;
	return db_bool(&rows, 0, 0) ? ERROR_NONE : ERROR_NOT_FOUND;
}

enum error bookmark_remove(struct db *db, struct arena *arena, int64_t actor_id, int64_t post_id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_int64(&values, post_id);
	return db_change(db, arena, &remove_one, &values, NULL);
}
