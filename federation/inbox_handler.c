/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Which handler is whose, and the short forms with which handlers end. */
#include "federation/inbox_handler.h"

#include "federation/federation.h"
#include "federation/inbox_step.h"
#include "federation/policy.h"
#include "storage/domain.h"
#include "storage/tombstone.h"
#include "base/mutant.h"
#include "base/url.h"

enum error inbox_done(struct inbox_context *context)
{
	context->outcome = INBOX_DONE;
	return ERROR_NONE;
}

enum error inbox_drop(struct inbox_context *context, const char *reason)
{
	context->outcome = INBOX_DROPPED;
	context->reason = reason;
	return ERROR_NONE;
}

bool inbox_is_nowhere(const struct inbox_context *context, struct str uri)
{
	return context->is_wanted_nowhere && str_eq(uri, context->row->parked_uri);
}

/* What nobody will ever store must not be waited for. */
static enum error can_be_fetched(const struct inbox_context *context, struct str uri, bool *ret_can)
{
	struct vocab_rules rules = { .received_us = context->now_us, .allows_http = context->federation->allows_http };
	*ret_can = false;
	if (inbox_is_nowhere(context, uri) || !vocab_id_is_acceptable(uri, VOCAB_ID_DOCUMENT, &rules))
		return ERROR_NONE;
	if (policy_judge_url(context->federation->policy, uri).verdict == POLICY_REFUSED)
		return ERROR_NONE;
	bool is_own = false;
	enum error error = inbox_is_own_uri(context, uri, &is_own);
	*ret_can = !is_own;
	return error;
}

enum error inbox_park(struct inbox_context *context, struct str uri, enum fetch_kind kind)
{
	bool can = false;
	enum error error = can_be_fetched(context, uri, &can);
	if (error)
		return error;
	if (!can)
		return inbox_drop(context, "nowhere");
	context->outcome = INBOX_PARKED;
	context->wanted = (struct fetch_wish){ .uri = uri, .kind = kind };
	return ERROR_NONE;
}

enum error inbox_is_own_uri(const struct inbox_context *context, struct str uri, bool *ret_is)
{
	struct url url;
	struct domain domain;
	*ret_is = false;
	if (!url_parse(context->arena, uri, &url))
		return ERROR_NONE;
	enum error error = domain_find(context->db, context->arena, url.authority, &domain);
	if (error == ERROR_NOT_FOUND)
		return ERROR_NONE;
	*ret_is = !error;
	return error;
}

enum error inbox_find_local(const struct inbox_context *context, struct str uri, struct actor *ret_actor)
{
	if (!uri.data)
		return ERROR_NOT_FOUND;
	struct actor actor;
	enum error error = actor_find_by_uri(context->db, context->arena, uri, &actor);
	if (error)
		return error;
	if (!actor.is_local || actor.is_suspended || actor.is_deleted)
		return ERROR_NOT_FOUND;
	*ret_actor = actor;
	return ERROR_NONE;
}

enum error inbox_is_undone(const struct inbox_context *context, bool *ret_is)
{
	bool is_undone = false;
	enum error error = tombstone_exists(context->db, context->arena, context->activity->id, &is_undone);
	if (!error)
		*ret_is = is_undone && !MUTANT("inbox_undone_before");
	return error;
}

bool inbox_speaks_for(const struct inbox_context *context, struct str uri)
{
	return vocab_same_origin(uri, context->activity->actor_id) || MUTANT("inbox_same_origin");
}

struct str inbox_object_id(const struct inbox_context *context)
{
	return context->activity->object_count == 1 ? context->activity->objects[0].id : (struct str){ 0 };
}

inbox_handler inbox_handler_of(enum vocab_activity_type type)
{
	switch (type) {
	case VOCAB_ACCEPT:
		return inbox_accept_reply;
	case VOCAB_ADD:
		return inbox_add;
	case VOCAB_ANNOUNCE:
		return inbox_announce;
	case VOCAB_BLOCK:
		return inbox_block;
	case VOCAB_CREATE:
		return inbox_create;
	case VOCAB_DELETE:
		return inbox_delete;
	case VOCAB_EMOJI_REACT:
		return inbox_emoji_react;
	case VOCAB_FLAG:
		return inbox_flag;
	case VOCAB_FOLLOW:
		return inbox_follow;
	case VOCAB_LIKE:
		return inbox_like;
	case VOCAB_MOVE:
		return inbox_move;
	case VOCAB_QUOTE_REQUEST:
		return inbox_quote_request;
	case VOCAB_REJECT:
		return inbox_reject;
	case VOCAB_REMOVE:
		return inbox_remove;
	case VOCAB_UNDO:
		return inbox_undo;
	case VOCAB_UPDATE:
		return inbox_update;
	case VOCAB_ACTIVITY_UNKNOWN:
	case VOCAB_DISLIKE:
	case VOCAB_JOIN:
	case VOCAB_LEAVE:
		break;
	}
	return NULL;
}
