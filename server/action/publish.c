/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Publishes: reads what is needed, renders, then writes the post and all that must follow from it in one
 * transaction. A COMMIT whose answer was lost is done again: the post's own id tells whether it was done. */
#include "server/action/publish.h"

#include "server/action/deed.h"
#include "server/action/quoting.h"

#include "federation/outbox.h"

#include "base/clock.h"
#include "storage/conversation.h"
#include "storage/id.h"
#include "storage/job.h"
#include "storage/notification.h"
#include "storage/media.h"
#include "storage/preview.h"
#include "storage/scheduled_post.h"

#define WATCH_AFTER_US (INT64_C(2) * 1000000)

struct publishing {
	const struct publish_request *request;
	const struct actor *author;
	const struct composition *composition;
	struct post_new post;
	struct post_public public;
	struct quoting quote;
};

static enum error tell_mentioned(struct db *db, struct arena *arena, const struct publishing *publishing)
{
	enum error error = ERROR_NONE;
	for (size_t i = 0; i < publishing->composition->mention_count && !error; i++)
		error = notification_add(db, arena, publishing->composition->mentioned_actor_ids[i], NOTIFICATION_MENTION,
			publishing->author->id, publishing->post.id);
	return error;
}

/* Who keeps it, or is told of it, though nobody named them. */
static enum error tell_others(struct db *db, struct arena *arena, const struct publishing *publishing)
{
	const struct post_new *post = &publishing->post;
	if (post->visibility == POST_DIRECT)
		return conversation_add_post(db, arena, post->id);
	return publishing->public.may_watch ? notification_tell_watchers(db, arena, &post->id, 1) : ERROR_NONE;
}

/* What makes it happen once: the row of the scheduled post, the key of the request, the id of the post. */
static enum error claim(struct db *db, struct arena *arena, struct publishing *publishing)
{
	const struct publish_request *request = publishing->request;
	enum error error = ERROR_NONE;
	if (request->scheduled_id)
		error = scheduled_post_delete(db, arena, request->actor_id, request->scheduled_id);
	if (error)
		return error == ERROR_NOT_FOUND ? ERROR_CONFLICT : error;
	error = repetition_note(db, arena, &request->repetition, IDEMPOTENT_POST, publishing->post.id);
	return error ? error : post_create_for(db, arena, &publishing->post, &publishing->public);
}

static enum error write_post(struct db *db, struct arena *arena, void *owner)
{
	struct publishing *publishing = owner;
	const struct publish_request *request = publishing->request;
	enum error error = claim(db, arena, publishing);
	if (!error && request->follow_up)
		error = request->follow_up(db, arena, publishing->post.id, request->owner);
	if (!error && publishing->composition->poll.option_count)
		error = poll_store(db, arena, publishing->post.id, &publishing->composition->poll);
	if (!error && request->media_count)
		error = media_attach(db, arena, request->actor_id, publishing->post.id, request->media_ids, request->media_count);
	if (!error && publishing->public.may_be_elsewhere)
		error = outbox_create_post(db, arena, publishing->post.id);
	/* Its team is told when it has arrived everywhere. */
	if (!error && deed_is_for_organisation())
		error = job_add(db, arena, STR_LITERAL("delivery_watch"), arena_printf(arena, "%lld", (long long)publishing->post.id),
			(struct str){ 0 }, clock_now_us() + WATCH_AFTER_US);
	if (!error && !request->media_count)
		error = preview_want(db, arena, publishing->post.id, publishing->post.html, true);
	if (!error && publishing->quote.post.id)
		error = quoting_follow_up(db, arena, publishing->author, &publishing->quote, publishing->post.id);
	if (!error)
		error = tell_mentioned(db, arena, publishing);
	if (!error)
		error = tell_others(db, arena, publishing);
	return error || !request->finish ? error : request->finish(db, arena, publishing->post.id, request->owner);
}

static struct post_new make_post(struct arena *arena, const struct publish_request *request, const struct composition *composition,
	const struct quoting *quote)
{
	struct post_new post = {
		.id = request->id ? request->id : id_new(),
		.actor_id = request->actor_id,
		.in_reply_to_id = request->in_reply_to_id,
		.visibility = request->visibility,
		.html = composition->html,
		.text_source = composition->text,
		.spoiler_text = composition->spoiler_text,
		.language = composition->language,
		.is_sensitive = composition->is_sensitive,
		.created_us = request->id ? id_time_us(request->id) : 0,
		.mentioned_actor_ids = composition->mentioned_actor_ids,
		.mention_count = composition->mention_count,
		.tags = composition->tags,
		.tag_count = composition->tag_count,
		.is_question = composition->poll.option_count > 0,
		.quote_policy = request->quote_policy,
		.application_id = request->application_id,
	};
	if (quote->post.id) {
		post.quote_id = quote->post.id;
		post.quote_uri = quote->post.uri;
		post.quote_state = quote->state;
		post.quote_authorization_uri = quoting_authorization(arena, quote, post.id);
	}
	return post;
}

/* ERROR_NOT_FOUND with a sentence: which of the two it is that is not there. */
static enum error find_related(struct db *db, struct arena *arena, const struct publish_request *request,
	struct publishing *publishing, struct str *ret_message)
{
	struct post parent;
	enum error error = ERROR_NONE;
	if (request->in_reply_to_id)
		error = post_find(db, arena, request->actor_id, request->in_reply_to_id, &parent);
	if (error == ERROR_NOT_FOUND)
		*ret_message = STR_LITERAL("The post you are trying to reply to does not appear to exist.");
	if (error || !request->quote_id)
		return error;
	error = quoting_find(db, arena, publishing->author, request->quote_id, request->visibility, &publishing->quote,
		ret_message);
	if (error == ERROR_NOT_FOUND)
		*ret_message = STR_LITERAL("The post you are trying to quote does not appear to exist.");
	return error;
}

static enum error check_and_render(struct db *db, struct arena *arena, const struct publish_request *request,
	struct actor *author, struct composition *composition, struct publishing *publishing, struct str *ret_message)
{
	const struct composition_request composition_request = { .text = request->text, .is_markdown = request->is_markdown,
		.spoiler_text = request->spoiler_text, .language = request->language, .is_sensitive = request->is_sensitive,
		.poll = request->poll, .media_ids = request->media_ids, .media_count = request->media_count,
		.scheduled_id = request->scheduled_id };
	enum error error = deed_find_doer(db, arena, request->actor_id, author);
	if (!error)
		error = composition_make(db, arena, author, &composition_request, composition, ret_message);
	return error ? error : find_related(db, arena, request, publishing, ret_message);
}

enum error publish_check(struct db *db, struct arena *arena, const struct publish_request *request,
	struct str *ret_message)
{
	struct actor author;
	struct composition composition;
	struct publishing publishing = { .author = &author };
	return check_and_render(db, arena, request, &author, &composition, &publishing, ret_message);
}

static enum error find_first(struct db *db, struct arena *arena, const struct publish_request *request,
	int64_t *ret_post_id, struct str *ret_message)
{
	struct idempotency first;
	enum error error = repetition_find(db, arena, &request->repetition, &first, ret_message);
	if (error)
		return error;
	if (first.kind != IDEMPOTENT_POST)
		return ERROR_CONFLICT;
	*ret_post_id = first.result_id;
	return ERROR_NONE;
}

enum error publish_post_id(struct db *db, struct arena *arena, const struct publish_request *request, int64_t *ret_post_id,
	struct str *ret_message)
{
	struct actor author;
	struct composition composition;
	struct publishing publishing = { .request = request, .author = &author, .composition = &composition };
	enum error error = check_and_render(db, arena, request, &author, &composition, &publishing, ret_message);
	if (error)
		return error;
	publishing.post = make_post(arena, request, &composition, &publishing.quote);
	deed_set_target(arena, "post", publishing.post.id);
	error = deed_write(db, arena, write_post, &publishing, ERROR_CONFLICT);
	if (error == ERROR_CONFLICT && request->repetition.key.len)
		return find_first(db, arena, request, ret_post_id, ret_message);
	if (!error)
		*ret_post_id = publishing.post.id;
	return error;
}

enum error publish_post(struct db *db, struct arena *arena, const struct publish_request *request,
	struct post *ret_post, struct str *ret_message)
{
	int64_t post_id;
	enum error error = publish_post_id(db, arena, request, &post_id, ret_message);
	return error ? error : post_find(db, arena, request->actor_id, post_id, ret_post);
}
