/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Votes in polls of ours: a note with the title of an option, in answer to the question. */
#include "federation/inbox_post.h"

#include "federation/remote_text.h"

#include "base/mutant.h"
#include "base/text_line.h"
#include "storage/poll.h"
#include "storage/post.h"

static int find_option(const struct inbox_context *context, const struct poll *poll, struct str name)
{
	struct str title = text_line(context->arena, name, VOCAB_OPTION_MAX_BYTES);
	for (size_t i = 0; i < poll->option_count; i++)
		if (str_eq(poll->options[i].title, name) || str_eq(poll->options[i].title, title))
			return (int)i;
	return -1;
}

static enum error count_vote(struct inbox_context *context, const struct vocab_object *object, int64_t post_id, int position)
{
	struct poll_vote vote = {
		.post_id = post_id,
		.actor_id = context->actor.id,
		.position = position,
		.uri = object->id,
	};
	enum error error = poll_vote_add(context->db, context->arena, &vote);
	if (error == ERROR_GONE)
		return inbox_drop(context, "poll_ended");
	if (error == ERROR_NOT_FOUND)
		return inbox_drop(context, "no_option");
	return error && error != ERROR_CONFLICT ? error : inbox_done(context);
}

enum error inbox_vote(struct inbox_context *context, const struct vocab_object *object)
{
	struct post post;
	struct poll poll;
	/* Not by who may not see it, or is blocked by its author. */
	enum error error = MUTANT("inbox_vote_visible") ?
		post_find_any_by_uri(context->db, context->arena, object->in_reply_to, &post) :
		post_find_by_uri(context->db, context->arena, context->actor.id, object->in_reply_to, &post);
	if (error)
		return error == ERROR_NOT_FOUND ? inbox_drop(context, "no_poll") : error;
	error = poll_find(context->db, context->arena, post.id, &poll);
	if (error == ERROR_NOT_FOUND)
		return inbox_store_post(context, object, false, true);
	if (error)
		return error;
	if (!post.is_local && !MUTANT("inbox_vote_local"))
		return inbox_drop(context, "foreign_poll");
	int position = find_option(context, &poll, object->name);
	return position < 0 ? inbox_drop(context, "no_option") : count_vote(context, object, post.id, position);
}
