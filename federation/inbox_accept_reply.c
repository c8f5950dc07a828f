/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Accept: of a Follow of ours, of our subscription to a relay, of a quote of ours (FEP-044f). */
#include "federation/inbox_answer.h"

#include "federation/outbox.h"
#include "base/mutant.h"

/* The consent that others will look up must stand where only the quoted author can put it. */
static enum error accept_quote(struct inbox_context *context, const struct post *quote)
{
	struct str authorization_uri = context->activity->result;
	if (!authorization_uri.data || !inbox_speaks_for(context, authorization_uri))
		return inbox_drop(context, "authorization");
	if (quote->quote_state == QUOTE_REVOKED)
		return inbox_drop(context, "revoked");
	if (quote->quote_state == QUOTE_ACCEPTED && str_eq(quote->quote_authorization_uri, authorization_uri))
		return inbox_done(context);
	enum error error = post_set_quote_state(context->db, context->arena, quote->id, QUOTE_ACCEPTED, authorization_uri);
	if (!error)
		error = outbox_update_post(context->db, context->arena, quote->id);
	return error ? error : inbox_done(context);
}

enum error inbox_accept_reply(struct inbox_context *context)
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
		error = follow_accept(context->db, context->arena, answered.follow.follower_id, answered.follow.followed_id);
		break;
	case QUESTION_RELAY:
		error = relay_set_state(context->db, context->arena, answered.relay.id, RELAY_ACCEPTED, context->actor.uri);
		break;
	case QUESTION_QUOTE:
		return accept_quote(context, &answered.quote);
	}
	return error ? error : inbox_done(context);
}
