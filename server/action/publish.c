/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Publishes: reads what is needed, renders, then writes the post and all that must follow from it in one
 * transaction. A COMMIT whose answer was lost is done again: the post's own id tells whether it was done. */
#include "server/action/publish.h"

#include "server/action/deed.h"
#include "server/action/quoting.h"

#include "federation/outbox.h"

#include "storage/conversation.h"
#include "storage/id.h"
#include "storage/notification.h"

struct publishing {
	const struct actor *author;
	const struct draft *draft;
	struct post_new post;
	struct quoting quote;
};

static enum error tell_mentioned(struct db *db, struct arena *arena, const struct publishing *publishing)
{
	enum error error = ERROR_NONE;
	for (size_t i = 0; i < publishing->draft->mention_count && !error; i++)
		error = notification_add(db, arena, publishing->draft->mentioned_actor_ids[i], NOTIFICATION_MENTION,
			publishing->author->id, publishing->post.id);
	return error;
}

/* Who keeps it, or is told of it, though nobody named them. */
static enum error tell_others(struct db *db, struct arena *arena, const struct post_new *post)
{
	if (post->visibility == POST_DIRECT)
		return conversation_add_post(db, arena, post->id);
	return notification_tell_watchers(db, arena, &post->id, 1);
}

static enum error write_post(struct db *db, struct arena *arena, void *owner)
{
	struct publishing *publishing = owner;
	enum error error = post_create(db, arena, &publishing->post);
	if (!error && publishing->draft->poll.option_count)
		error = poll_store(db, arena, publishing->post.id, &publishing->draft->poll);
	if (!error)
		error = outbox_create_post(db, arena, publishing->post.id);
	if (!error && publishing->quote.post.id)
		error = quoting_follow_up(db, arena, publishing->author, &publishing->quote, publishing->post.id);
	if (!error)
		error = tell_mentioned(db, arena, publishing);
	return error ? error : tell_others(db, arena, &publishing->post);
}

static struct post_new make_post(struct arena *arena, const struct publish_request *request, const struct draft *draft,
	const struct quoting *quote)
{
	struct post_new post = {
		.id = request->id ? request->id : id_new(),
		.actor_id = request->actor_id,
		.in_reply_to_id = request->in_reply_to_id,
		.visibility = request->visibility,
		.html = draft->html,
		.text_source = draft->text,
		.spoiler_text = draft->spoiler_text,
		.language = draft->language,
		.is_sensitive = draft->is_sensitive,
		.created_us = request->id ? id_time_us(request->id) : 0,
		.mentioned_actor_ids = draft->mentioned_actor_ids,
		.mention_count = draft->mention_count,
		.tags = draft->tags,
		.tag_count = draft->tag_count,
		.is_question = draft->poll.option_count > 0,
		.quote_policy = request->quote_policy,
	};
	if (quote->post.id) {
		post.quote_id = quote->post.id;
		post.quote_uri = quote->post.uri;
		post.quote_state = quote->state;
		post.quote_authorization_uri = quoting_authorization(arena, quote, post.id);
	}
	return post;
}

enum error publish_post(struct db *db, struct arena *arena, const struct publish_request *request,
	struct post *ret_post, struct str *ret_message)
{
	struct actor author;
	struct draft draft;
	struct publishing publishing = { .author = &author, .draft = &draft };
	enum error error = deed_find_doer(db, arena, request->actor_id, &author);
	if (!error)
		error = draft_make(db, arena, &author,
			&(struct draft_request){ .text = request->text, .spoiler_text = request->spoiler_text,
				.language = request->language, .is_sensitive = request->is_sensitive, .poll = request->poll },
			&draft, ret_message);
	if (!error && request->quote_id)
		error = quoting_find(db, arena, &author, request->quote_id, request->visibility, &publishing.quote, ret_message);
	if (error)
		return error;
	publishing.post = make_post(arena, request, &draft, &publishing.quote);
	error = deed_write(db, arena, write_post, &publishing, ERROR_CONFLICT);
	return error ? error : post_find(db, arena, author.id, publishing.post.id, ret_post);
}
