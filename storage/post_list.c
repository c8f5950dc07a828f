/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Lists of posts and of whom they concern. */
#include "storage/post.h"

#include "storage/post_row.h"
#include "storage/post_visibility.h"

#include <assert.h>

#define MAX_INTERESTED 20000

static const struct statement list_public = STATEMENT("post_list_public", 4,
	"select " POST_COLUMNS POST_TABLES
	" where p.actor_id = $1"
	"   and p.id < $2"
	"   and " POST_IS_OPEN
	"   and ($3::boolean or p.in_reply_to_actor_id = p.actor_id"
	"        or p.in_reply_to_actor_id is null and p.in_reply_to_id is null and p.in_reply_to_uri is null)"
	" order by p.id desc"
	" limit $4"); // posts_actor_id

/* What was boosted has to be open still, whoever wrote it. */
#define OUTBOX(order)                                                                                      \
	"with item as ("                                                                                   \
	"  (select p.id, p.id as post_id, null as boost_uri, null as boost_visibility, p.created_at"       \
	"   from posts as p join actors as author on author.id = p.actor_id"                               \
	"   where p.actor_id = $1 and p.id < $2 and p.id > $3 and " POST_IS_OPEN                           \
	"     and post_is_released(p.id, p.actor_id)"                                                      \
	"   order by p.id " order " limit $4)"                                                             \
	"  union all"                                                                                      \
	"  (select b.id, b.post_id, b.uri, b.visibility, b.created_at"                                     \
	"   from boosts as b"                                                                              \
	"   join actors as booster on booster.id = b.actor_id"                                             \
	"   join posts as p on p.id = b.post_id"                                                           \
	"   join actors as author on author.id = p.actor_id"                                               \
	"   where b.actor_id = $1 and b.id < $2 and b.id > $3 and b.visibility in ('public', 'unlisted')"  \
	"     and booster.suspended_at is null and " POST_IS_OPEN                                          \
	"     and post_is_released(b.post_id, b.actor_id)"                                                 \
	"   order by b.id " order " limit $4)"                                                             \
	"  order by 1 " order " limit $4"                                                                  \
	")"                                                                                                \
	" select " POST_COLUMNS ", item.id, item.boost_uri, item.boost_visibility, item.created_at"        \
	" from item"                                                                                       \
	" join posts as p on p.id = item.post_id"                                                          \
	" join actors as author on author.id = p.actor_id"                                                 \
	" left join post_counts as c on c.post_id = p.id"                                                  \
	" order by item.id desc"

enum { ITEM_ID = POST_FAVOURITES + 1, ITEM_BOOST_URI, ITEM_BOOST_VISIBILITY, ITEM_CREATED_AT };

static const struct statement list_outbox = STATEMENT("post_list_outbox", 4,
	OUTBOX("desc")); // posts_actor_id, boosts_actor_id

static const struct statement list_outbox_above = STATEMENT("post_list_outbox_above", 4,
	OUTBOX("asc")); // posts_actor_id, boosts_actor_id

static const struct statement list_replies = STATEMENT("post_list_replies", 4,
	"select p.id, p.uri"
	" from posts as p"
	" join actors as author on author.id = p.actor_id"
	" where p.in_reply_to_id = $1"
	"   and p.id > $3"
	"   and (p.actor_id = p.in_reply_to_actor_id or not $2::boolean)"
	"   and " POST_IS_OPEN
	"   and post_is_released(p.id, p.actor_id)"
	" order by p.id"
	" limit $4"); // posts_in_reply_to_id

static const struct statement list_context = STATEMENT("post_list_context", 3,
	"select p.id, p.uri"
	" from posts as p"
	" join actors as author on author.id = p.actor_id"
	" where p.conversation_id = $1"
	"   and p.id > $2"
	"   and " POST_IS_OPEN
	"   and post_is_released(p.id, p.actor_id)"
	" order by p.id"
	" limit $3"); // posts_conversation_id

static const struct statement list_interested = STATEMENT("post_list_interested", 2,
	"select min(a.id)"
	" from ("
	"   select actor_id from post_mentions where post_id = $1"
	"   union"
	"   select actor_id from boosts where post_id = $1"
	"   union"
	"   select actor_id from favourites where post_id = $1"
	"   union"
	"   select actor_id from reactions where post_id = $1"
	"   union"
	"   select actor_id from poll_votes where post_id = $1"
	"   union"
	"   select actor_id from posts where in_reply_to_id = $1"
	"   union"
	"   select actor_id from posts where quote_id = $1"
	"   union"
	"   select in_reply_to_actor_id from posts where id = $1"
	" ) as one"
	" join actors as a on a.id = one.actor_id"
	" where a.domain_id is null"
	"   and a.deleted_at is null"
	" group by coalesce(a.shared_inbox_url, a.inbox_url)"
	" order by 1"
	" limit $2"); // post_mentions_pkey, boosts_post_id, favourites_post_id, reactions_post_id, poll_votes_pkey,
	              // posts_in_reply_to_id, posts_quote_id

STATEMENT_TABLE(post_list_statements, &list_public, &list_outbox, &list_outbox_above, &list_replies, &list_context,
	&list_interested);

enum error post_list_public(struct db *db, struct arena *arena, const struct post_page *page,
	struct post **ret_posts, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, page->actor_id);
	db_value_int64(&values, page->before_id ? page->before_id : INT64_MAX);
	db_value_bool(&values, page->with_replies);
	db_value_int64(&values, page->limit);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list_public, &values, &rows);
	if (error)
		return error;
	post_row_read_all(&rows, ret_posts, ret_count);
	return ERROR_NONE;
}

static void read_outbox_item(const struct db_rows *rows, int row, struct outbox_item *item)
{
	struct post post;
	post_row_read(rows, row, &post);
	item->id = db_int64(rows, row, ITEM_ID);
	item->is_boost = !db_is_null(rows, row, ITEM_BOOST_URI);
	item->created_us = db_time(rows, row, ITEM_CREATED_AT);
	if (!item->is_boost) {
		item->post = post;
		return;
	}
	item->boost_uri = db_text(rows, row, ITEM_BOOST_URI);
	item->boosted_post_uri = post.uri;
	item->boost_visibility = str_eq(db_text(rows, row, ITEM_BOOST_VISIBILITY), STR_LITERAL("public")) ? POST_PUBLIC :
		POST_UNLISTED;
}

enum error post_list_outbox(struct db *db, struct arena *arena, const struct outbox_page *page,
	struct outbox_item **ret_items, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, page->actor_id);
	db_value_int64(&values, page->before_id ? page->before_id : INT64_MAX);
	db_value_int64(&values, page->after_id);
	db_value_int64(&values, page->limit);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, page->after_id ? &list_outbox_above : &list_outbox, &values, &rows);
	if (error)
		return error;
	struct outbox_item *items = arena_alloc_array(arena, (size_t)rows.count, sizeof(*items));
	for (int i = 0; i < rows.count; i++)
		read_outbox_item(&rows, i, &items[i]);
	*ret_items = items;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

static enum error list_uris(struct db *db, struct arena *arena, const struct statement *statement,
	const struct db_values *values, struct post_uri_item **ret_items, size_t *ret_count)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, statement, values, &rows);
	if (error)
		return error;
	struct post_uri_item *items = arena_alloc_array(arena, (size_t)rows.count, sizeof(*items));
	for (int i = 0; i < rows.count; i++)
		items[i] = (struct post_uri_item){ .id = db_int64(&rows, i, 0), .uri = db_text(&rows, i, 1) };
	*ret_items = items;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error post_list_replies(struct db *db, struct arena *arena, int64_t post_id, bool only_own, int64_t after_id,
	int limit, struct post_uri_item **ret_items, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, post_id);
	db_value_bool(&values, only_own);
	db_value_int64(&values, after_id);
	db_value_int64(&values, limit);
	return list_uris(db, arena, &list_replies, &values, ret_items, ret_count);
}

enum error post_list_context(struct db *db, struct arena *arena, int64_t conversation_id, int64_t after_id, int limit,
	struct post_uri_item **ret_items, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, conversation_id);
	db_value_int64(&values, after_id);
	db_value_int64(&values, limit);
	return list_uris(db, arena, &list_context, &values, ret_items, ret_count);
}

enum error post_list_interested(struct db *db, struct arena *arena, int64_t post_id, int64_t **ret_actor_ids,
	size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, post_id);
	db_value_int64(&values, MAX_INTERESTED);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list_interested, &values, &rows);
	if (error)
		return error;
	int64_t *ids = arena_alloc_array(arena, (size_t)rows.count, sizeof(*ids));
	for (int i = 0; i < rows.count; i++)
		ids[i] = db_int64(&rows, i, 0);
	*ret_actor_ids = ids;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}
