/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Posts. The predicates below decide who sees what; each statement that hands out posts uses one of them. */
#include "storage/post.h"

#include "storage/instance_counter.h"
#include "storage/statement.h"

#include <assert.h>

#define POST_COLUMNS                 \
	"p.id"                       \
	", p.actor_id"               \
	", author.username"          \
	", author.domain"            \
	", author.display_name"      \
	", author.avatar_url"        \
	", p.uri"                    \
	", p.url"                    \
	", p.in_reply_to_id"         \
	", p.in_reply_to_actor_id"   \
	", p.visibility"             \
	", p.html"                   \
	", p.text_source"            \
	", p.spoiler_text"           \
	", p.language"               \
	", p.is_sensitive"           \
	", p.created_at"             \
	", p.edited_at"              \
	", p.revision"               \
	", c.replies"                \
	", c.boosts"                 \
	", c.favourites"

enum {
	POST_ID,
	POST_ACTOR_ID,
	POST_USERNAME,
	POST_DOMAIN,
	POST_DISPLAY_NAME,
	POST_AVATAR_URL,
	POST_URI,
	POST_URL,
	POST_IN_REPLY_TO_ID,
	POST_IN_REPLY_TO_ACTOR_ID,
	POST_VISIBILITY,
	POST_HTML,
	POST_TEXT_SOURCE,
	POST_SPOILER_TEXT,
	POST_LANGUAGE,
	POST_IS_SENSITIVE,
	POST_CREATED_AT,
	POST_EDITED_AT,
	POST_REVISION,
	POST_REPLIES,
	POST_BOOSTS,
	POST_FAVOURITES,
};

#define POST_TABLES                                     \
	" from posts as p"                              \
	" join actors as author on author.id = p.actor_id" \
	" left join post_counts as c on c.post_id = p.id"

/* For anyone, logged in or not. */
#define POST_IS_OPEN "(p.visibility in ('public', 'unlisted') and author.suspended_at is null)"

/* For the actor whose id is the given parameter; 0 is nobody's. */
#define POST_IS_VISIBLE_TO(viewer)                                                                        \
	"(" POST_IS_OPEN " or author.suspended_at is null and ("                                          \
	"p.actor_id = " viewer                                                                            \
	" or exists (select from post_mentions as m where m.post_id = p.id and m.actor_id = " viewer ")"  \
	" or p.visibility = 'followers' and exists (select from follows as f"                             \
	" where f.follower_id = " viewer " and f.followed_id = p.actor_id and f.state = 'accepted')))"

static const struct statement find = STATEMENT("post_find", 2,
	"select " POST_COLUMNS POST_TABLES
	" where p.id = $1"
	"   and " POST_IS_VISIBLE_TO("$2::bigint")); // posts_pkey, post_mentions_pkey, follows_follower_id_followed_id_key

static const struct statement list_public = STATEMENT("post_list_public", 4,
	"select " POST_COLUMNS POST_TABLES
	" where p.actor_id = $1"
	"   and p.id < $2"
	"   and " POST_IS_OPEN
	"   and ($3::boolean or p.in_reply_to_actor_id = p.actor_id"
	"        or p.in_reply_to_actor_id is null and p.in_reply_to_id is null and p.in_reply_to_uri is null)"
	" order by p.id desc"
	" limit $4"); // posts_actor_open

static const struct statement create = STATEMENT("post_create", 12,
	"with author as ("
	"  select a.id, a.uri, a.url"
	"  from actors as a"
	"  where a.id = $2"
	"    and a.domain_id is not null"
	"    and a.suspended_at is null"
	"), parent as ("
	"  select p.id, p.actor_id, p.conversation_id" POST_TABLES
	"  where p.id = $3"
	"    and " POST_IS_VISIBLE_TO("$2")
	"), new_post as ("
	"  insert into posts (id, actor_id, uri, url, in_reply_to_id, in_reply_to_actor_id, conversation_id, visibility,"
	"                     html, text_source, spoiler_text, language, is_sensitive, created_at)"
	"  select $1, author.id, author.uri || '/statuses/' || $1::bigint, author.url || '/' || $1::bigint, parent.id,"
	"         parent.actor_id, coalesce(parent.conversation_id, $1), $4, coalesce($5, ''), $6, coalesce($7, ''), $8, $9,"
	"         coalesce($10, now())"
	"  from author left join parent on true"
	"  where $3 is null or parent.id is not null"
	"  on conflict do nothing"
	"  returning id, actor_id, in_reply_to_id, created_at"
	"), mentioned as ("
	"  insert into post_mentions (post_id, actor_id)"
	"  select new_post.id, a.id"
	"  from new_post, actors as a"
	"  where a.id = any ($11::bigint[])"
	"), author_counted as ("
	"  insert into actor_counts as c (actor_id, posts, last_post_at)"
	"  select actor_id, 1, created_at from new_post"
	"  on conflict (actor_id) do update"
	"  set posts = c.posts + 1, last_post_at = greatest(c.last_post_at, excluded.last_post_at)"
	"), parent_counted as ("
	"  insert into post_counts as c (post_id, replies)"
	"  select in_reply_to_id, 1 from new_post where in_reply_to_id is not null"
	"  on conflict (post_id) do update"
	"  set replies = c.replies + 1"
	"), instance_counted as ("
	"  update instance_counters as i"
	"  set value = i.value + 1"
	"  from new_post"
	"  where i.name = case when new_post.in_reply_to_id is null then 'local_posts' else 'local_comments' end"
	"    and i.slot = $12"
	")"
	" select exists (select from author) and ($3 is null or exists (select from parent)),"
	"        exists (select from new_post)"); // primary keys

STATEMENT_TABLE(post_statements, &find, &list_public, &create);

/* The words of the Mastodon API and those of the table. */
static const char *const api_names[] = {
	[POST_PUBLIC] = "public",
	[POST_UNLISTED] = "unlisted",
	[POST_FOLLOWERS] = "private",
	[POST_DIRECT] = "direct",
};
static const char *const stored_names[] = {
	[POST_PUBLIC] = "public",
	[POST_UNLISTED] = "unlisted",
	[POST_FOLLOWERS] = "followers",
	[POST_DIRECT] = "direct",
};

static bool find_visibility(const char *const names[4], struct str name, enum post_visibility *ret_visibility)
{
	for (size_t i = 0; i < 4; i++) {
		if (str_eq(name, str_from(names[i]))) {
			*ret_visibility = (enum post_visibility)i;
			return true;
		}
	}
	return false;
}

const char *post_visibility_name(enum post_visibility visibility)
{
	return api_names[visibility];
}

bool post_visibility_from_name(struct str name, enum post_visibility *ret_visibility)
{
	return find_visibility(api_names, name, ret_visibility);
}

static void read_post(const struct db_rows *rows, int row, struct post *post)
{
	post->id = db_int64(rows, row, POST_ID);
	post->actor_id = db_int64(rows, row, POST_ACTOR_ID);
	post->actor_username = db_text(rows, row, POST_USERNAME);
	post->actor_domain = db_text(rows, row, POST_DOMAIN);
	post->actor_display_name = db_text(rows, row, POST_DISPLAY_NAME);
	post->actor_avatar_url = db_text(rows, row, POST_AVATAR_URL);
	post->uri = db_text(rows, row, POST_URI);
	post->url = db_text(rows, row, POST_URL);
	post->in_reply_to_id = db_int64(rows, row, POST_IN_REPLY_TO_ID);
	post->in_reply_to_actor_id = db_int64(rows, row, POST_IN_REPLY_TO_ACTOR_ID);
	/* One that a newer release stores is for the fewest. */
	if (!find_visibility(stored_names, db_text(rows, row, POST_VISIBILITY), &post->visibility))
		post->visibility = POST_DIRECT;
	post->html = db_text(rows, row, POST_HTML);
	post->text_source = db_text(rows, row, POST_TEXT_SOURCE);
	post->spoiler_text = db_text(rows, row, POST_SPOILER_TEXT);
	post->language = db_text(rows, row, POST_LANGUAGE);
	post->is_sensitive = db_bool(rows, row, POST_IS_SENSITIVE);
	post->created_us = db_time(rows, row, POST_CREATED_AT);
	post->edited_us = db_time(rows, row, POST_EDITED_AT);
	post->revision = (int32_t)db_int64(rows, row, POST_REVISION);
	post->replies_count = db_int64(rows, row, POST_REPLIES);
	post->boosts_count = db_int64(rows, row, POST_BOOSTS);
	post->favourites_count = db_int64(rows, row, POST_FAVOURITES);
}

enum error post_create(struct db *db, struct arena *arena, const struct post_new *post)
{
	assert(post->mention_count <= POST_MAX_MENTIONS);
	struct db_values values = { .count = 0 };
	db_value_int64(&values, post->id);
	db_value_int64(&values, post->actor_id);
	db_value_id(&values, post->in_reply_to_id);
	db_value_text(&values, str_from(stored_names[post->visibility]));
	db_value_text(&values, post->html);
	db_value_text(&values, post->text_source);
	db_value_text(&values, post->spoiler_text);
	db_value_text(&values, post->language);
	db_value_bool(&values, post->is_sensitive);
	if (post->created_us)
		db_value_time(&values, post->created_us);
	else
		db_value_null(&values);
	db_value_int64_array(&values, arena, post->mentioned_actor_ids, post->mention_count);
	db_value_int16(&values, instance_counter_slot(post->id));
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &create, &values, &rows);
	if (error)
		return error;
	if (!db_bool(&rows, 0, 0))
		return ERROR_NOT_FOUND;
	return db_bool(&rows, 0, 1) ? ERROR_NONE : ERROR_CONFLICT;
}

enum error post_find(struct db *db, struct arena *arena, int64_t viewer_actor_id, int64_t id, struct post *ret_post)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	db_value_int64(&values, viewer_actor_id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &find, &values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	read_post(&rows, 0, ret_post);
	return ERROR_NONE;
}

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
	struct post *posts = arena_alloc_array(arena, (size_t)rows.count, sizeof(*posts));
	for (int i = 0; i < rows.count; i++)
		read_post(&rows, i, &posts[i]);
	*ret_posts = posts;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}
