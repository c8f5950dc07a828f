/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Posts of other servers that came together: one statement for all rows and their authors' counters, one for the names in
 * them, one for the counters of what they answer. The counters of several rows are changed in the order of their ids. */
#include "storage/post.h"

#include "storage/event.h"
#include "storage/home.h"
#include "storage/post_parts.h"
#include "storage/post_row.h"

#include <assert.h>

/* With both ids known, neither tombstones nor other posts are looked up. */
static const struct statement create = STATEMENT("post_remote_many_create", 26,
	"with new_post as ("
	"  insert into posts (id, actor_id, uri, url, in_reply_to_id, in_reply_to_actor_id, in_reply_to_uri, conversation_id,"
	"                     visibility, html, spoiler_text, language, is_sensitive, created_at, edited_at, kind, title,"
	"                     quote_id, quote_uri, quote_state, quote_authorization_uri, quote_policy, context_uri,"
	"                     conversation_uri, replies_url, fetched_at)"
	"  select n.id, n.actor_id, n.uri, n.url, nullif(n.in_reply_to_id, 0), nullif(n.in_reply_to_actor_id, 0),"
	"         n.in_reply_to_uri, n.conversation_id, n.visibility, n.html, n.spoiler_text, n.language, n.is_sensitive,"
	"         n.created_at, n.edited_at, n.kind, n.title, nullif(n.quote_id, 0), n.quote_uri, n.quote_state,"
	"         n.quote_authorization_uri, n.quote_policy, n.context_uri, n.conversation_uri, n.replies_url, n.fetched_at"
	"  from unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::text[],"
	"              $8::bigint[], $9::text[], $10::text[], $11::text[], $12::text[], $13::boolean[], $14::timestamptz[],"
	"              $15::timestamptz[], $16::text[], $17::text[], $18::bigint[], $19::text[], $20::text[], $21::text[],"
	"              $22::text[], $23::text[], $24::text[], $25::text[], $26::timestamptz[])"
	"    as n (id, actor_id, uri, url, in_reply_to_id, in_reply_to_actor_id, in_reply_to_uri, conversation_id,"
	"          visibility, html, spoiler_text, language, is_sensitive, created_at, edited_at, kind, title, quote_id,"
	"          quote_uri, quote_state, quote_authorization_uri, quote_policy, context_uri, conversation_uri,"
	"          replies_url, fetched_at)"
	"  on conflict do nothing"
	"  returning id, actor_id, created_at, visibility"
	"), author_counted as ("
	"  insert into actor_counts as c (actor_id, posts, last_post_at)"
	"  select actor_id, count(*), max(created_at) from new_post where visibility <> 'direct' group by actor_id order by actor_id"
	"  on conflict (actor_id) do update"
	"  set posts = c.posts + excluded.posts, last_post_at = greatest(c.last_post_at, excluded.last_post_at)"
	")"
	" select id from new_post"); // posts_uri_key, actor_counts_pkey

static const struct statement name_all = STATEMENT("post_remote_many_name", 4,
	"with mentioned as ("
	"  insert into post_mentions (post_id, actor_id)"
	"  select m.post_id, m.actor_id"
	"  from unnest($1::bigint[], $2::bigint[]) as m (post_id, actor_id)"
	")"
	" insert into post_tags (post_id, name)"
	" select distinct t.post_id, lower(t.name)"
	" from unnest($3::bigint[], $4::text[]) as t (post_id, name)");

static const struct statement count_replies = STATEMENT("post_remote_many_count_replies", 1,
	"insert into post_counts as c (post_id, replies)"
	" select parent.id, count(*)"
	" from unnest($1::bigint[]) as parent (id)"
	" group by parent.id"
	" order by parent.id"
	" on conflict (post_id) do update"
	" set replies = c.replies + excluded.replies"); // post_counts_pkey

STATEMENT_TABLE(post_remote_many_statements, &create, &name_all, &count_replies);

struct batch {
	struct arena *arena;
	const struct post_remote *posts;
	size_t count;
	struct db_values *values;
};

#define ADD_COLUMN(batch, add, type, ...)                                                        \
	do {                                                                                     \
		type *column = arena_alloc_array((batch)->arena, (batch)->count, sizeof(type));  \
		for (size_t i = 0; i < (batch)->count; i++) {                                    \
			const struct post_remote *post = &(batch)->posts[i];                     \
			column[i] = (__VA_ARGS__);                                               \
		}                                                                                \
		add((batch)->values, (batch)->arena, column, (batch)->count);                    \
	} while (0)
#define ADD_ID(batch, ...) ADD_COLUMN(batch, db_value_int64_array, int64_t, __VA_ARGS__)
#define ADD_TEXT(batch, ...) ADD_COLUMN(batch, db_value_text_array, struct str, __VA_ARGS__)
#define ADD_TIME(batch, ...) ADD_COLUMN(batch, db_value_time_array, int64_t, __VA_ARGS__)

static struct str never_null(struct str text)
{
	return text.data ? text : STR_LITERAL("");
}

static struct str quote_state(const struct post_remote *post)
{
	return post->quote_uri.data ? str_from(post_row_quote_state(post->quote_state)) : (struct str){ 0 };
}

static void add_identity(const struct batch *batch)
{
	ADD_ID(batch, post->id);
	ADD_ID(batch, post->actor_id);
	ADD_TEXT(batch, post->uri);
	ADD_TEXT(batch, post->url.len ? post->url : post->uri);
	ADD_ID(batch, post->in_reply_to_id);
	ADD_ID(batch, post->in_reply_to_id ? post->in_reply_to_actor_id : 0);
	ADD_TEXT(batch, post->in_reply_to_id ? (struct str){ 0 } : post->in_reply_to_uri);
	ADD_ID(batch, post->in_reply_to_id ? post->in_reply_to_conversation_id : post->id);
}

static void add_content(const struct batch *batch)
{
	ADD_TEXT(batch, str_from(post_row_visibility(post->visibility)));
	ADD_TEXT(batch, post->html);
	ADD_TEXT(batch, never_null(post->spoiler_text));
	ADD_TEXT(batch, post->language);
	ADD_COLUMN(batch, db_value_bool_array, bool, post->is_sensitive);
	ADD_TIME(batch, post->created_us);
	ADD_TIME(batch, post->edited_us);
	ADD_TEXT(batch, str_from(post_row_kind(post->kind)));
	ADD_TEXT(batch, never_null(post->title));
}

static void add_surroundings(const struct batch *batch)
{
	ADD_ID(batch, post->quote_id);
	ADD_TEXT(batch, post->quote_uri);
	ADD_TEXT(batch, quote_state(post));
	ADD_TEXT(batch, post->quote_authorization_uri);
	ADD_TEXT(batch, str_from(post_row_quote_policy(post->quote_policy)));
	ADD_TEXT(batch, post->context_uri);
	ADD_TEXT(batch, post->conversation_uri);
	ADD_TEXT(batch, post->replies_url);
	ADD_TIME(batch, post->received_us);
}

static enum error insert_rows(struct db *db, struct arena *arena, const struct post_remote *posts, size_t count,
	bool *ret_is_stored)
{
	struct db_values values = { .count = 0 };
	const struct batch batch = { .arena = arena, .posts = posts, .count = count, .values = &values };
	add_identity(&batch);
	add_content(&batch);
	add_surroundings(&batch);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &create, &values, &rows);
	if (error)
		return error;
	for (size_t i = 0; i < count; i++) {
		ret_is_stored[i] = false;
		for (int row = 0; row < rows.count && !ret_is_stored[i]; row++)
			ret_is_stored[i] = db_int64(&rows, row, 0) == posts[i].id;
	}
	return ERROR_NONE;
}

static enum error add_names(struct db *db, struct arena *arena, const struct post_remote *posts, size_t count)
{
	size_t mention_room = 0, tag_room = 0;
	for (size_t i = 0; i < count; i++) {
		mention_room += posts[i].mention_count;
		tag_room += posts[i].tag_count;
	}
	if (!mention_room && !tag_room)
		return ERROR_NONE;
	int64_t *mentioning_ids = arena_alloc_array(arena, mention_room, sizeof(*mentioning_ids));
	int64_t *mentioned_ids = arena_alloc_array(arena, mention_room, sizeof(*mentioned_ids));
	int64_t *tagged_ids = arena_alloc_array(arena, tag_room, sizeof(*tagged_ids));
	struct str *tags = arena_alloc_array(arena, tag_room, sizeof(*tags));
	size_t mentions = 0, tag_count = 0;
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < posts[i].mention_count; j++) {
			mentioning_ids[mentions] = posts[i].id;
			mentioned_ids[mentions++] = posts[i].mentioned_actor_ids[j];
		}
		for (size_t j = 0; j < posts[i].tag_count; j++) {
			tagged_ids[tag_count] = posts[i].id;
			tags[tag_count++] = posts[i].tags[j];
		}
	}
	struct db_values values = { .count = 0 };
	db_value_int64_array(&values, arena, mentioning_ids, mentions);
	db_value_int64_array(&values, arena, mentioned_ids, mentions);
	db_value_int64_array(&values, arena, tagged_ids, tag_count);
	db_value_text_array(&values, arena, tags, tag_count);
	return db_change(db, arena, &name_all, &values, NULL);
}

static enum error add_to_replies(struct db *db, struct arena *arena, const struct post_remote *posts, size_t count)
{
	int64_t *parent_ids = arena_alloc_array(arena, count, sizeof(*parent_ids));
	size_t parent_count = 0;
	for (size_t i = 0; i < count; i++)
		if (posts[i].in_reply_to_id && (posts[i].visibility == POST_PUBLIC || posts[i].visibility == POST_UNLISTED))
			parent_ids[parent_count++] = posts[i].in_reply_to_id;
	if (!parent_count)
		return ERROR_NONE;
	struct db_values values = { .count = 0 };
	db_value_int64_array(&values, arena, parent_ids, parent_count);
	return db_change(db, arena, &count_replies, &values, NULL);
}

/* What was fetched from the past is no news. */
static enum error announce(struct db *db, struct arena *arena, const struct post_remote *posts, size_t count)
{
	int64_t *news = arena_alloc_array(arena, count, sizeof(*news));
	size_t news_count = 0;
	for (size_t i = 0; i < count; i++) {
		if (posts[i].received_us - posts[i].created_us >= POST_NEWS_MAX_AGE_US)
			continue;
		event_emit_on_commit(db, EVENT_POST_CREATED, posts[i].id, posts[i].actor_id);
		news[news_count++] = posts[i].id;
	}
	return home_add_posts(db, arena, news, news_count);
}

enum error post_create_remote_many(struct db *db, struct arena *arena, const struct post_remote *posts, size_t count,
	bool *ret_is_stored)
{
	assert(db_is_in_transaction(db));
	enum error error = insert_rows(db, arena, posts, count, ret_is_stored);
	struct post_remote *stored = arena_alloc_array(arena, count, sizeof(*stored));
	size_t stored_count = 0;
	for (size_t i = 0; i < count && !error; i++)
		if (ret_is_stored[i])
			stored[stored_count++] = posts[i];
	if (!error)
		error = add_names(db, arena, stored, stored_count);
	if (!error)
		error = add_to_replies(db, arena, stored, stored_count);
	for (size_t i = 0; i < stored_count && !error; i++)
		error = post_parts_add_media(db, arena, stored[i].id, stored[i].actor_id, stored[i].media,
			stored[i].medium_count);
	return error ? error : announce(db, arena, stored, stored_count);
}
