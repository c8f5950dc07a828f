/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Posts: made by local actors, and found. What comes from elsewhere is in post_remote.c, lists in post_list.c. */
#include "storage/post.h"

#include "storage/event.h"
#include "storage/home.h"
#include "storage/instance_counter.h"
#include "storage/post_row.h"
#include "storage/post_visibility.h"

#include <assert.h>

static const struct statement find = STATEMENT("post_find", 2,
	"select " POST_COLUMNS POST_TABLES
	" where p.id = $1"
	"   and " POST_IS_VISIBLE_TO("$2::bigint")); // posts_pkey

static const struct statement find_by_uri = STATEMENT("post_find_by_uri", 2,
	"select " POST_COLUMNS POST_TABLES
	" where p.uri = $1"
	"   and " POST_IS_VISIBLE_TO("$2::bigint")); // posts_uri_key

static const struct statement find_any = STATEMENT("post_find_any", 1,
	"select " POST_COLUMNS POST_TABLES
	" where p.id = $1"); // posts_pkey

static const struct statement find_any_by_uri = STATEMENT("post_find_any_by_uri", 1,
	"select " POST_COLUMNS POST_TABLES
	" where p.uri = $1"); // posts_uri_key

/* Answers that not everybody may see are not counted either: the number is shown to all. */
static const struct statement create = STATEMENT("post_create", 20,
	"with author as ("
	"  select a.id, a.uri, a.url"
	"  from actors as a"
	"  where a.id = $2"
	"    and a.domain_id is not null"
	"    and a.suspended_at is null"
	"), parent as ("
	"  select p.id, p.actor_id, p.conversation_id, p.conversation_uri, p.context_uri" POST_TABLES
	"  where p.id = $3"
	"    and " POST_IS_VISIBLE_TO("$2")
	"), new_post as ("
	"  insert into posts (id, actor_id, uri, url, in_reply_to_id, in_reply_to_actor_id, conversation_id, conversation_uri,"
	"                     context_uri, visibility, html, text_source, spoiler_text, language, is_sensitive, created_at,"
	"                     kind, quote_id, quote_uri, quote_state, quote_policy, quote_authorization_uri, application_id)"
	"  select $1, author.id, author.uri || '/statuses/' || $1::bigint, author.url || '/' || $1::bigint, parent.id,"
	"         parent.actor_id, coalesce(parent.conversation_id, $1), parent.conversation_uri, parent.context_uri, $4,"
	"         coalesce($5, ''), $6, coalesce($7, ''), $8, $9, coalesce($10, now()), $13, $14, $15, $16, $17, $19, $20"
	"  from author left join parent on true"
	"  where $3 is null or parent.id is not null"
	"  on conflict do nothing"
	"  returning id, actor_id, in_reply_to_id, visibility, created_at"
	"), mentioned as ("
	"  insert into post_mentions (post_id, actor_id)"
	"  select new_post.id, a.id"
	"  from new_post, actors as a"
	"  where a.id = any ($11::bigint[])"
	"), tagged as ("
	"  insert into post_tags (post_id, name)"
	"  select distinct new_post.id, lower(tag.name)"
	"  from new_post, unnest($18::text[]) as tag (name)"
	"), author_counted as ("
	"  insert into actor_counts as c (actor_id, posts, last_post_at)"
	"  select actor_id, 1, created_at from new_post where visibility <> 'direct'"
	"  on conflict (actor_id) do update"
	"  set posts = c.posts + 1, last_post_at = greatest(c.last_post_at, excluded.last_post_at)"
	"), parent_counted as ("
	"  insert into post_counts as c (post_id, replies)"
	"  select in_reply_to_id, 1 from new_post where in_reply_to_id is not null and visibility in ('public', 'unlisted')"
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

/* The same for what answers nobody, names nobody and quotes nothing, which is most: half the plan, and no trigger runs for
 * rows that there are not. Says besides who waits for it, elsewhere and here. */
static const struct statement create_plain = STATEMENT("post_create_plain", 13,
	"with author as ("
	"  select a.id, a.uri, a.url"
	"  from actors as a"
	"  where a.id = $2"
	"    and a.domain_id is not null"
	"    and a.suspended_at is null"
	"), new_post as ("
	"  insert into posts (id, actor_id, uri, url, conversation_id, visibility, html, text_source, spoiler_text, language,"
	"                     is_sensitive, created_at, kind, quote_policy, application_id)"
	"  select $1, author.id, author.uri || '/statuses/' || $1::bigint, author.url || '/' || $1::bigint, $1, $3,"
	"         coalesce($4, ''), $5, coalesce($6, ''), $7, $8, coalesce($9, now()), $11, $12, $13"
	"  from author"
	"  on conflict do nothing"
	"  returning actor_id, created_at, visibility"
	"), author_counted as ("
	"  update actor_counts as c"
	"  set posts = c.posts + 1, last_post_at = greatest(c.last_post_at, new_post.created_at)"
	"  from new_post"
	"  where c.actor_id = new_post.actor_id"
	"    and new_post.visibility <> 'direct'"
	"  returning 1"
	"), instance_counted as ("
	"  update instance_counters as i"
	"  set value = i.value + 1"
	"  from new_post"
	"  where i.name = 'local_posts'"
	"    and i.slot = $10"
	")"
	" select exists (select from author),"
	"        exists (select from new_post),"
	"        exists (select from author_counted),"
	"        exists (select from follows as f join actors as a on a.id = f.follower_id"
	"                where f.followed_id = $2 and f.state = 'accepted' and a.domain_id is null),"
	"        exists (select from follows as f where f.followed_id = $2 and f.notifies),"
	"        exists (select from follows as f join actors as a on a.id = f.follower_id"
	"                where f.followed_id = $2 and f.state = 'accepted' and a.domain_id is not null)"
	"        or exists (select from home_timelines as t where t.owner_id = $2)");
	// actors_pkey, actor_counts_pkey, instance_counters_pkey, follows_followed_id, follows_notifies, home_timelines_pkey

/* The first post of an actor has no row to count it in. Direct ones are nobody else's business and not counted at all. */
static const struct statement count_first = STATEMENT("post_count_first", 2,
	"insert into actor_counts as c (actor_id, posts, last_post_at)"
	" select p.actor_id, 1, p.created_at from posts as p where p.id = $1 and p.actor_id = $2 and p.visibility <> 'direct'"
	" on conflict (actor_id) do update"
	" set posts = c.posts + 1, last_post_at = greatest(c.last_post_at, excluded.last_post_at)"); // posts_pkey, actor_counts_pkey

static const struct statement set_quote_state = STATEMENT("post_set_quote_state", 3,
	"update posts"
	" set quote_state = $2, quote_authorization_uri = $3, revision = revision + 1"
	" where id = $1"
	"   and quote_uri is not null"); // posts_pkey

static const struct statement set_quote_policy = STATEMENT("post_set_quote_policy", 2,
	"update posts"
	" set quote_policy = $2, revision = revision + 1"
	" where id = $1"); // posts_pkey

STATEMENT_TABLE(post_statements, &find, &find_by_uri, &find_any, &find_any_by_uri, &create, &create_plain, &count_first, &set_quote_state,
	&set_quote_policy);

static bool is_plain(const struct post_new *post)
{
	return !post->in_reply_to_id && !post->mention_count && !post->tag_count && !post->quote_uri.data && !post->quote_id;
}

static void add_text(struct db_values *values, const struct post_new *post)
{
	db_value_text(values, str_from(post_row_visibility(post->visibility)));
	db_value_text(values, post->html);
	db_value_text(values, post->text_source);
	db_value_text(values, post->spoiler_text);
	db_value_text(values, post->language);
	db_value_bool(values, post->is_sensitive);
	if (post->created_us)
		db_value_time(values, post->created_us);
	else
		db_value_null(values);
}

static void add_plain(struct db_values *values, const struct post_new *post)
{
	db_value_int64(values, post->id);
	db_value_int64(values, post->actor_id);
	add_text(values, post);
	db_value_int16(values, instance_counter_slot(post->id));
	db_value_text(values, str_from(post_row_kind(post->is_question ? POST_QUESTION : POST_NOTE)));
	db_value_text(values, str_from(post_row_quote_policy(post->quote_policy)));
	db_value_id(values, post->application_id);
}

static void add_all(struct db_values *values, struct arena *arena, const struct post_new *post)
{
	db_value_int64(values, post->id);
	db_value_int64(values, post->actor_id);
	db_value_id(values, post->in_reply_to_id);
	add_text(values, post);
	db_value_int64_array(values, arena, post->mentioned_actor_ids, post->mention_count);
	db_value_int16(values, instance_counter_slot(post->id));
	db_value_text(values, str_from(post_row_kind(post->is_question ? POST_QUESTION : POST_NOTE)));
	db_value_id(values, post->quote_id);
	db_value_text(values, post->quote_uri);
	post_row_add_quote_state(values, post->quote_uri, post->quote_state);
	db_value_text(values, str_from(post_row_quote_policy(post->quote_policy)));
	db_value_text_array(values, arena, post->tags, post->tag_count);
	db_value_text(values, post->quote_authorization_uri);
	db_value_id(values, post->application_id);
}

static enum error create_in_full(struct db *db, struct arena *arena, const struct post_new *post)
{
	struct db_values values = { .count = 0 };
	AUTO(db_rows) struct db_rows rows = { 0 };
	add_all(&values, arena, post);
	enum error error = db_run(db, arena, &create, &values, &rows);
	if (error)
		return error;
	if (!db_bool(&rows, 0, 0))
		return ERROR_NOT_FOUND;
	return db_bool(&rows, 0, 1) ? home_add_post(db, arena, post->id) : ERROR_CONFLICT;
}

static enum error create_as_plain(struct db *db, struct arena *arena, const struct post_new *post, struct post_public *ret_public)
{
	struct db_values values = { .count = 0 };
	AUTO(db_rows) struct db_rows rows = { 0 };
	add_plain(&values, post);
	enum error error = db_run(db, arena, &create_plain, &values, &rows);
	if (error)
		return error;
	if (!db_bool(&rows, 0, 0))
		return ERROR_NOT_FOUND;
	if (!db_bool(&rows, 0, 1))
		return ERROR_CONFLICT;
	if (!db_bool(&rows, 0, 2)) {
		struct db_values first = { .count = 0 };
		db_value_int64(&first, post->id);
		db_value_int64(&first, post->actor_id);
		error = db_change(db, arena, &count_first, &first, NULL);
	}
	*ret_public = (struct post_public){ .may_be_elsewhere = db_bool(&rows, 0, 3), .may_watch = db_bool(&rows, 0, 4) };
	return error || !db_bool(&rows, 0, 5) ? error : home_add_post(db, arena, post->id);
}

enum error post_create_for(struct db *db, struct arena *arena, const struct post_new *post, struct post_public *ret_public)
{
	assert(post->mention_count <= POST_MAX_MENTIONS && post->tag_count <= POST_MAX_TAGS);
	struct post_public public = { true, true };
	enum error error = is_plain(post) ? create_as_plain(db, arena, post, &public) : create_in_full(db, arena, post);
	if (error)
		return error;
	event_emit_on_commit(db, EVENT_POST_CREATED, post->id, post->actor_id);
	*ret_public = public;
	return ERROR_NONE;
}

enum error post_create(struct db *db, struct arena *arena, const struct post_new *post)
{
	struct post_public ignored;
	return post_create_for(db, arena, post, &ignored);
}

static enum error find_one(struct db *db, struct arena *arena, const struct statement *statement,
	const struct db_values *values, struct post *ret_post)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, statement, values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	post_row_read(&rows, 0, ret_post);
	return ERROR_NONE;
}

enum error post_find(struct db *db, struct arena *arena, int64_t viewer_actor_id, int64_t id, struct post *ret_post)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	db_value_int64(&values, viewer_actor_id);
	return find_one(db, arena, &find, &values, ret_post);
}

enum error post_find_by_uri(struct db *db, struct arena *arena, int64_t viewer_actor_id, struct str uri,
	struct post *ret_post)
{
	struct db_values values = { .count = 0 };
	db_value_text(&values, uri);
	db_value_int64(&values, viewer_actor_id);
	return find_one(db, arena, &find_by_uri, &values, ret_post);
}

enum error post_find_any(struct db *db, struct arena *arena, int64_t id, struct post *ret_post)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	return find_one(db, arena, &find_any, &values, ret_post);
}

enum error post_find_any_by_uri(struct db *db, struct arena *arena, struct str uri, struct post *ret_post)
{
	struct db_values values = { .count = 0 };
	db_value_text(&values, uri);
	return find_one(db, arena, &find_any_by_uri, &values, ret_post);
}

enum error post_set_quote_state(struct db *db, struct arena *arena, int64_t id, enum post_quote_state state,
	struct str authorization_uri)
{
	assert(state != QUOTE_NONE);
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	post_row_add_quote_state(&values, STR_LITERAL("set"), state);
	db_value_text(&values, authorization_uri);
	int64_t affected;
	enum error error = db_change(db, arena, &set_quote_state, &values, &affected);
	if (error)
		return error;
	return affected ? ERROR_NONE : ERROR_NOT_FOUND;
}

enum error post_set_quote_policy(struct db *db, struct arena *arena, int64_t id, enum post_quote_policy policy)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	db_value_text(&values, str_from(post_row_quote_policy(policy)));
	int64_t affected;
	enum error error = db_change(db, arena, &set_quote_policy, &values, &affected);
	if (error)
		return error;
	return affected ? ERROR_NONE : ERROR_NOT_FOUND;
}
