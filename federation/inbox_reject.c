/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Reject: of a Follow of ours, also after it was accepted; of our subscription to a relay; of a quote of ours. */
#include "federation/inbox_answer.h"

#include "federation/outbox.h"

static enum error reject_quote(struct inbox_context *context, const struct post *quote)
{
	bool was_accepted = quote->quote_state == QUOTE_ACCEPTED;
	enum post_quote_state state = was_accepted ? QUOTE_REVOKED : QUOTE_REJECTED;
	enum error error = post_set_quote_state(context->db, context->arena, quote->id, state, (struct str){ 0 });
	if (!error && was_accepted)
		error = outbox_update_post(context->db, context->arena, quote->id);
	return error ? error : inbox_done(context);
}

enum error inbox_reject(struct inbox_context *context)
{
	struct inbox_answered answered = { 0 };
	const char *reason = NULL;
	enum error error = inbox_find_question(context, &answered, &reason);
	if (error)
		return error;
	if (reason)
		return inbox_drop(context, reason);
	switch (answered.question) {
	case QUESTION_FOLLOW:
		error = follow_remove(context->db, context->arena, answered.follow.follower_id, answered.follow.followed_id);
		break;
	case QUESTION_RELAY:
		error = relay_set_state(context->db, context->arena, answered.relay.id, RELAY_REJECTED, context->actor.uri);
		break;
	case QUESTION_QUOTE:
		return reject_quote(context, &answered.quote);
	}
	return error ? error : inbox_done(context);
}
