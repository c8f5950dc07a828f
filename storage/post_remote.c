/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Posts of other servers, which come in any order. One whose parent is not here keeps the parent's id and is joined to
 * it when it comes; so are quotes. A post without known parent takes over the conversation of an answer that waited for
 * it: threads are mostly fetched upwards, and so nothing is rewritten on the way. */
#include "storage/post.h"

#include "base/mutant.h"
#include "storage/event.h"
#include "storage/home.h"
#include "storage/post_parts.h"
#include "storage/post_row.h"
#include "storage/uri_lock.h"

#include <assert.h>

/* Of the conversations that one post joins together; what is beyond stays a conversation of its own. */
#define MAX_JOINED 1000

static const struct statement create = STATEMENT("post_remote_create", 22,
	"with author as ("
	"  select id from actors where id = $2 and domain_id is null"
	"), dead as ("
	"  select from tombstones where uri = $3"
	"), parent as ("
	"  select id, actor_id, conversation_id from posts where uri = $5"
	"), waiting as ("
	"  select min(conversation_id) as conversation_id, count(*) > 0 as is_there from posts where in_reply_to_uri = $3"
	"), new_post as ("
	"  insert into posts (id, actor_id, uri, url, in_reply_to_id, in_reply_to_actor_id, in_reply_to_uri, conversation_id,"
	"                     visibility, html, spoiler_text, language, is_sensitive, created_at, edited_at, kind, title,"
	"                     quote_id, quote_uri, quote_state, quote_authorization_uri, quote_policy, context_uri,"
	"                     conversation_uri, replies_url, fetched_at)"
	"  select $1, author.id, $3, $4, parent.id, parent.actor_id, case when parent.id is null then $5 end,"
	"         coalesce(parent.conversation_id, waiting.conversation_id, $1), $6, coalesce($7, ''), coalesce($8, ''), $9,"
	"         $10, $11, $12, $13, coalesce($14, ''), quoted.id, $15, $16, $17, $18, $19, $20, $21, $22"
	"  from author"
	"  cross join waiting"
	"  left join parent on true"
	"  left join posts as quoted on quoted.uri = $15"
	"  where not exists (select from dead)"
	"  on conflict do nothing"
	"  returning actor_id, in_reply_to_id, visibility, created_at, conversation_id"
	"), author_counted as ("
	"  insert into actor_counts as c (actor_id, posts, last_post_at)"
	"  select actor_id, 1, created_at from new_post where visibility <> 'direct'"
	"  on conflict (actor_id) do update"
	"  set posts = c.posts + 1, last_post_at = greatest(c.last_post_at, excluded.last_post_at)"
	")"
	" select exists (select from author), exists (select from dead), (select conversation_id from new_post),"
	"        (select is_there from waiting),"
	"        exists (select from posts where quote_uri = $3 and quote_id is null),"
	"        (select in_reply_to_id from new_post where visibility in ('public', 'unlisted'))"); // posts_uri_key,
	              // posts_in_reply_to_uri, posts_quote_uri, primary keys

/* What a plain note has nothing of: a statement costs by its length, even where it finds nothing to do. */
static const struct statement name_all = STATEMENT("post_remote_name_all", 3,
	"with mentioned as ("
	"  insert into post_mentions (post_id, actor_id)"
	"  select $1, a.id"
	"  from actors as a"
	"  where a.id = any ($2::bigint[])"
	")"
	" insert into post_tags (post_id, name)"
	" select distinct $1, lower(tag.name)"
	" from unnest($3::text[]) as tag (name)"); // primary keys

static const struct statement count_reply = STATEMENT("post_remote_count_reply", 1,
	"insert into post_counts as c (post_id, replies)"
	" values ($1, 1)"
	" on conflict (post_id) do update"
	" set replies = c.replies + 1"); // post_counts_pkey

/* The conversations of those who waited become this one's. None of its own ancestors is made its answer: no ring. */
static const struct statement join_answers = STATEMENT("post_remote_join_answers", 5,
	"with recursive up (id, in_reply_to_id) as ("
	"  select p.id, p.in_reply_to_id from posts as p where p.id = $1"
	"  union"
	"  select p.id, p.in_reply_to_id from up join posts as p on p.id = up.in_reply_to_id"
	"), ancestor as ("
	"  select id from up limit 1000"
	"), answer as ("
	"  select p.id, p.conversation_id"
	"  from posts as p"
	"  where p.in_reply_to_uri = $2"
	"    and p.id <> all (array(select id from ancestor))"
	"  order by p.id"
	"  limit $5"
	"), moved as ("
	"  select p.id"
	"  from (select distinct conversation_id from answer where conversation_id <> $4) as other"
	"  join posts as p on p.conversation_id = other.conversation_id"
	"  limit $5"
	"), changing as ("
	"  select p.id, p.id in (select id from answer) as is_answer"
	"  from posts as p"
	"  where p.id = any (array(select id from answer union select id from moved))"
	"  order by p.id"
	"  for no key update"
	"), joined as ("
	"  update posts as p"
	"  set conversation_id = $4,"
	"      in_reply_to_id = case when changing.is_answer then $1 else p.in_reply_to_id end,"
	"      in_reply_to_actor_id = case when changing.is_answer then $3 else p.in_reply_to_actor_id end,"
	"      in_reply_to_uri = case when changing.is_answer then null else p.in_reply_to_uri end"
	"  from changing"
	"  where p.id = changing.id"
	"  returning changing.is_answer and p.visibility in ('public', 'unlisted') as is_counted"
	")"
	" insert into post_counts as c (post_id, replies)"
	" select $1, count(*) from joined where is_counted having count(*) > 0"
	" on conflict (post_id) do update"
	" set replies = c.replies + excluded.replies"); // posts_pkey, posts_in_reply_to_uri, posts_conversation_id

static const struct statement join_quotes = STATEMENT("post_remote_join_quotes", 3,
	"with quote as ("
	"  select id"
	"  from posts"
	"  where quote_uri = $2"
	"    and quote_id is null"
	"  order by id"
	"  limit $3"
	"  for no key update"
	")"
	" update posts as p"
	" set quote_id = $1, revision = p.revision + 1"
	" from quote"
	" where p.id = quote.id"); // posts_quote_uri, posts_pkey

STATEMENT_TABLE(post_remote_statements, &create, &name_all, &count_reply, &join_answers, &join_quotes);

static void add_time(struct db_values *values, int64_t time_us)
{
	if (time_us)
		db_value_time(values, time_us);
	else
		db_value_null(values);
}

static void add_values(struct db_values *values, const struct post_remote *post)
{
	db_value_int64(values, post->id);
	db_value_int64(values, post->actor_id);
	db_value_text(values, post->uri);
	db_value_text(values, post->url.len ? post->url : post->uri);
	db_value_text(values, post->in_reply_to_uri);
	db_value_text(values, str_from(post_row_visibility(post->visibility)));
	db_value_text(values, post->html);
	db_value_text(values, post->spoiler_text);
	db_value_text(values, post->language);
	db_value_bool(values, post->is_sensitive);
	db_value_time(values, post->created_us);
	add_time(values, post->edited_us);
	db_value_text(values, str_from(post_row_kind(post->kind)));
	db_value_text(values, post->title);
	db_value_text(values, post->quote_uri);
	post_row_add_quote_state(values, post->quote_uri, post->quote_state);
	db_value_text(values, post->quote_authorization_uri);
	db_value_text(values, str_from(post_row_quote_policy(post->quote_policy)));
	db_value_text(values, post->context_uri);
	db_value_text(values, post->conversation_uri);
	db_value_text(values, post->replies_url);
	db_value_time(values, post->received_us);
}

static enum error add_names(struct db *db, struct arena *arena, const struct post_remote *post)
{
	if (!post->mention_count && !post->tag_count)
		return ERROR_NONE;
	struct db_values values = { .count = 0 };
	db_value_int64(&values, post->id);
	db_value_int64_array(&values, arena, post->mentioned_actor_ids, post->mention_count);
	db_value_text_array(&values, arena, post->tags, post->tag_count);
	return db_change(db, arena, &name_all, &values, NULL);
}

static enum error add_to_replies(struct db *db, struct arena *arena, int64_t parent_id)
{
	struct db_values values = { .count = 0 };
	if (!parent_id)
		return ERROR_NONE;
	db_value_int64(&values, parent_id);
	return db_change(db, arena, &count_reply, &values, NULL);
}

static enum error join_waiting(struct db *db, struct arena *arena, const struct post_remote *post, int64_t conversation_id,
	bool has_answers, bool has_quotes)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, post->id);
	db_value_text(&values, post->uri);
	db_value_int64(&values, post->actor_id);
	db_value_int64(&values, conversation_id);
	db_value_int64(&values, MAX_JOINED);
	enum error error = has_answers ? db_change(db, arena, &join_answers, &values, NULL) : ERROR_NONE;
	if (error || !has_quotes)
		return error;
	values.count = 2;
	db_value_int64(&values, MAX_JOINED);
	return db_change(db, arena, &join_quotes, &values, NULL);
}

enum error post_create_remote(struct db *db, struct arena *arena, const struct post_remote *post)
{
	assert(post->mention_count <= POST_MAX_MENTIONS && post->tag_count <= POST_MAX_TAGS);
	/* One that answers or quotes itself does neither. */
	struct post_remote kept = *post;
	if (str_eq(kept.in_reply_to_uri, kept.uri))
		kept.in_reply_to_uri = (struct str){ 0 };
	if (str_eq(kept.quote_uri, kept.uri))
		kept.quote_uri = (struct str){ 0 };
	const struct str uris[] = { kept.uri, kept.in_reply_to_uri, kept.quote_uri };
	enum error error = post->is_locked ? ERROR_NONE : uri_lock(db, arena, uris, 3);
	if (error)
		return error;
	struct db_values values = { .count = 0 };
	add_values(&values, &kept);
	AUTO(db_rows) struct db_rows rows = { 0 };
	error = db_run(db, arena, &create, &values, &rows);
	if (error)
		return error;
	if (!db_bool(&rows, 0, 0))
		return ERROR_NOT_FOUND;
	if (db_bool(&rows, 0, 1))
		return ERROR_GONE;
	int64_t conversation_id = db_int64(&rows, 0, 2);
	if (!conversation_id)
		return ERROR_CONFLICT;
	error = add_names(db, arena, &kept);
	if (!error)
		error = add_to_replies(db, arena, db_int64(&rows, 0, 5));
	if (!error)
		error = join_waiting(db, arena, &kept, conversation_id, db_bool(&rows, 0, 3), db_bool(&rows, 0, 4));
	if (!error)
		error = post_parts_add_media(db, arena, kept.id, kept.actor_id, kept.media, kept.medium_count);
	/* What was fetched from the past is no news. */
	if (error || kept.received_us - kept.created_us >= POST_NEWS_MAX_AGE_US)
		return error;
	event_emit_on_commit(db, EVENT_POST_CREATED, kept.id, kept.actor_id);
	return home_add_post(db, arena, kept.id);
}
