/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Threads. They are walked by ids alone, in bounds; whole posts are read only of what is shown. */
#include "storage/post_thread.h"

#include "storage/post_row.h"
#include "storage/post_visibility.h"

#define STRINGIFY(number) #number
#define NUMBER(macro) STRINGIFY(macro)

static const struct statement ancestors = STATEMENT("post_thread_ancestors", 3,
	"with recursive above as ("
	"  select p.in_reply_to_id as id, 1 as distance"
	"  from posts as p"
	"  where p.id = $1"
	"  union all"
	"  select p.in_reply_to_id, above.distance + 1"
	"  from above"
	"  join posts as p on p.id = above.id"
	"  where above.distance < $3::bigint"
	")"
	" select " POST_COLUMNS
	" from above"
	" join posts as p on p.id = above.id"
	" join actors as author on author.id = p.actor_id"
	" left join post_counts as c on c.post_id = p.id"
	" where " POST_IS_VISIBLE_TO("$2::bigint")
	" order by above.distance desc"); // posts_pkey

static const struct statement descendants = STATEMENT("post_thread_descendants", 3,
	"with recursive below as ("
	"  select p.id, array[p.id] as path"
	"  from posts as p"
	"  where p.in_reply_to_id = $1"
	"  union all"
	"  select p.id, below.path || p.id"
	"  from below"
	"  join posts as p on p.in_reply_to_id = below.id"
	"  where cardinality(below.path) < case when $2::bigint = 0 then " NUMBER(POST_THREAD_ANYONE_DEPTH)
	"        else " NUMBER(POST_THREAD_MAX_POSTS) " end"
	"), bounded as materialized ("
	"  select id, path"
	"  from below"
	"  limit " NUMBER(POST_THREAD_MAX_POSTS)
	")"
	" select " POST_COLUMNS
	" from bounded"
	" join posts as p on p.id = bounded.id"
	" join actors as author on author.id = p.actor_id"
	" left join post_counts as c on c.post_id = p.id"
	" where " POST_IS_VISIBLE_TO("$2::bigint")
	" order by bounded.path"
	" limit $3"); // posts_in_reply_to_id, posts_pkey

STATEMENT_TABLE(post_thread_statements, &ancestors, &descendants);

static enum error list(struct db *db, struct arena *arena, const struct statement *statement, int64_t viewer_actor_id,
	int64_t post_id, int limit, struct post **ret_posts, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, post_id);
	db_value_int64(&values, viewer_actor_id);
	db_value_int64(&values, limit);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, statement, &values, &rows);
	if (error)
		return error;
	post_row_read_all(&rows, ret_posts, ret_count);
	return ERROR_NONE;
}

enum error post_thread_ancestors(struct db *db, struct arena *arena, int64_t viewer_actor_id, int64_t post_id, int limit,
	struct post **ret_posts, size_t *ret_count)
{
	return list(db, arena, &ancestors, viewer_actor_id, post_id, limit, ret_posts, ret_count);
}

enum error post_thread_descendants(struct db *db, struct arena *arena, int64_t viewer_actor_id, int64_t post_id, int limit,
	struct post **ret_posts, size_t *ret_count)
{
	return list(db, arena, &descendants, viewer_actor_id, post_id, limit, ret_posts, ret_count);
}
