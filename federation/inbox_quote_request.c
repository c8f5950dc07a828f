/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * QuoteRequest (FEP-044f): somebody elsewhere wants to quote a post of ours. Answered at once, by the quoted author's
 * policy; the authorization is kept at the quoting post, which must be here for that. */
#include "federation/inbox_post.h"

#include "federation/outbox.h"

#include "base/mutant.h"
#include "storage/event.h"
#include "storage/follow.h"

struct quote_request {
	struct post quoted; /* local */
	struct actor author; /* of it */
	struct post quote;
};

/* Who may not see it, or is blocked by its author, learns nothing of it. */
static enum error find_quoted(struct inbox_context *context, struct quote_request *request)
{
	struct str uri = inbox_object_id(context);
	enum error error = uri.len == 0 ? ERROR_NOT_FOUND :
		post_find_by_uri(context->db, context->arena, context->actor.id, uri, &request->quoted);
	if (error)
		return error == ERROR_NOT_FOUND ? inbox_drop(context, "nowhere") : error;
	if (!request->quoted.is_local)
		return inbox_drop(context, "not_ours");
	error = actor_find_by_id(context->db, context->arena, request->quoted.actor_id, &request->author);
	return error ? error : inbox_done(context);
}

/* The embedded copy is as good as that of a Create. */
static enum error find_quote(struct inbox_context *context, struct quote_request *request)
{
	const struct vocab_item *instrument = &context->activity->instrument;
	if (instrument->id.len == 0 || !inbox_speaks_for(context, instrument->id))
		return inbox_drop(context, "no_quote");
	if (instrument->kind == VOCAB_KIND_OBJECT && vocab_object_is_by(instrument->object, context->actor.uri)) {
		enum error error = inbox_store_post(context, instrument->object, false, true);
		if (error || context->outcome != INBOX_DONE)
			return error;
	}
	enum error error = post_find_any_by_uri(context->db, context->arena, instrument->id, &request->quote);
	if (error == ERROR_NOT_FOUND)
		return inbox_park(context, instrument->id, FETCH_OBJECT);
	if (error)
		return error;
	if (request->quote.actor_id != context->actor.id)
		return inbox_drop(context, "not_owner");
	if (!str_eq(request->quote.quote_uri, request->quoted.uri) && !MUTANT("inbox_quote_pair"))
		return inbox_drop(context, "no_quote");
	return inbox_done(context);
}

static enum error judge(const struct inbox_context *context, const struct quote_request *request, bool *ret_is_accepted)
{
	const struct post *quoted = &request->quoted;
	struct follow follow;
	enum error error = ERROR_NONE;
	*ret_is_accepted = false;
	if (request->quote.quote_state == QUOTE_REVOKED)
		return ERROR_NONE;
	if (quoted->visibility != POST_PUBLIC && quoted->visibility != POST_UNLISTED)
		return ERROR_NONE;
	switch (quoted->quote_policy) {
	case QUOTE_BY_ANYONE:
		*ret_is_accepted = true;
		break;
	case QUOTE_BY_FOLLOWERS:
		error = follow_find(context->db, context->arena, context->actor.id, quoted->actor_id, &follow);
		*ret_is_accepted = !error && follow.state == FOLLOW_ACCEPTED;
		break;
	case QUOTE_BY_NOBODY:
		*ret_is_accepted = MUTANT("inbox_quote_policy");
		break;
	}
	return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
}

static enum error accept_quote(struct inbox_context *context, const struct quote_request *request)
{
	struct str authorization = outbox_quote_authorization_uri(context->arena, &request->author, request->quote.id);
	enum error error = post_set_quote_state(context->db, context->arena, request->quote.id, QUOTE_ACCEPTED, authorization);
	if (!error)
		error = outbox_accept_quote(context->db, context->arena, &request->author, &context->actor,
			context->activity->id, request->quote.uri, request->quoted.uri, authorization);
	if (!error)
		error = notification_add(context->db, context->arena, request->author.id, NOTIFICATION_QUOTE, context->actor.id,
			request->quote.id);
	return error;
}

static enum error reject_quote(struct inbox_context *context, const struct quote_request *request)
{
	enum error error = ERROR_NONE;
	if (request->quote.quote_state != QUOTE_REVOKED)
		error = post_set_quote_state(context->db, context->arena, request->quote.id, QUOTE_REJECTED, (struct str){ 0 });
	if (error)
		return error;
	return outbox_reject_quote(context->db, context->arena, &request->author, &context->actor, context->activity->id,
		request->quote.uri, request->quoted.uri);
}

enum error inbox_quote_request(struct inbox_context *context)
{
	struct quote_request request;
	bool is_accepted = false;
	enum error error = find_quoted(context, &request);
	if (error || context->outcome != INBOX_DONE)
		return error;
	error = find_quote(context, &request);
	if (error || context->outcome != INBOX_DONE)
		return error;
	error = judge(context, &request, &is_accepted);
	if (!error)
		error = is_accepted ? accept_quote(context, &request) : reject_quote(context, &request);
	if (!error)
		event_emit_on_commit(context->db, EVENT_QUOTE, request.quote.id, request.author.id);
	return error ? error : inbox_done(context);
}
