/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Answers name what they answer by its id, or carry it whole, or carry a copy of their own making with an id of which we
 * know nothing. The last two name the pair of actors, which is as good: only the one asked can answer. */
#include "federation/inbox_answer.h"

#include "base/mutant.h"

static enum error judge_follow(const struct inbox_context *context, const struct follow *follow,
	struct inbox_answered *ret_answered, const char **ret_reason)
{
	if (follow->followed_id != context->actor.id && !MUTANT("inbox_answer_owner")) {
		*ret_reason = "not_asked";
		return ERROR_NONE;
	}
	ret_answered->question = QUESTION_FOLLOW;
	ret_answered->follow = *follow;
	*ret_reason = NULL;
	return ERROR_NONE;
}

static enum error find_follow_by_pair(const struct inbox_context *context, const struct vocab_activity *asked,
	struct inbox_answered *ret_answered, const char **ret_reason)
{
	struct actor follower;
	struct follow follow;
	*ret_reason = "unknown_follow";
	if (asked->object_count != 1 || !str_eq(asked->objects[0].id, context->actor.uri))
		return ERROR_NONE;
	enum error error = inbox_find_local(context, asked->actor_id, &follower);
	if (!error)
		error = follow_find(context->db, context->arena, follower.id, context->actor.id, &follow);
	if (error)
		return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
	return judge_follow(context, &follow, ret_answered, ret_reason);
}

static enum error find_relay(const struct inbox_context *context, struct str uri, struct inbox_answered *ret_answered,
	const char **ret_reason)
{
	enum error error = relay_find_by_follow(context->db, context->arena, uri, &ret_answered->relay);
	if (error) {
		*ret_reason = "unknown_follow";
		return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
	}
	ret_answered->question = QUESTION_RELAY;
	bool is_its = vocab_same_origin(ret_answered->relay.inbox_url, context->actor.uri) || MUTANT("inbox_relay_origin");
	*ret_reason = is_its ? NULL : "not_asked";
	return ERROR_NONE;
}

static enum error find_follow(const struct inbox_context *context, struct str uri, const struct vocab_activity *asked,
	struct inbox_answered *ret_answered, const char **ret_reason)
{
	struct follow follow;
	enum error error = uri.data ? follow_find_by_uri(context->db, context->arena, uri, &follow) : ERROR_NOT_FOUND;
	if (!error)
		return judge_follow(context, &follow, ret_answered, ret_reason);
	if (error != ERROR_NOT_FOUND)
		return error;
	if (uri.data) {
		error = find_relay(context, uri, ret_answered, ret_reason);
		if (error || !*ret_reason || !asked)
			return error;
	}
	if (!asked) {
		*ret_reason = "unknown_follow";
		return ERROR_NONE;
	}
	return find_follow_by_pair(context, asked, ret_answered, ret_reason);
}

/* quote: our post; quoted_uri: what the answer says that it quotes, data NULL when it does not say. */
static enum error judge_quote(const struct inbox_context *context, const struct post *quote, struct str quoted_uri,
	struct inbox_answered *ret_answered, const char **ret_reason)
{
	struct post quoted;
	if (!quote->is_local || !quote->quote_id)
		return ERROR_NONE;
	enum error error = post_find_any(context->db, context->arena, quote->quote_id, &quoted);
	if (error)
		return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
	bool is_asked = quoted.actor_id == context->actor.id || MUTANT("inbox_answer_quote_owner");
	bool is_about_it = !quoted_uri.data || str_eq(quoted_uri, quoted.uri) || MUTANT("inbox_answer_quote_target");
	ret_answered->question = QUESTION_QUOTE;
	ret_answered->quote = *quote;
	*ret_reason = is_asked && is_about_it ? NULL : "not_asked";
	return ERROR_NONE;
}

/* The quoting post is the instrument of the request. */
static enum error find_quote(const struct inbox_context *context, const struct vocab_activity *asked,
	struct inbox_answered *ret_answered, const char **ret_reason)
{
	struct post quote;
	*ret_reason = "unknown_quote";
	if (!asked->instrument.id.data || asked->object_count != 1 || !asked->objects[0].id.data)
		return ERROR_NONE;
	enum error error = post_find_any_by_uri(context->db, context->arena, asked->instrument.id, &quote);
	if (error)
		return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
	return judge_quote(context, &quote, asked->objects[0].id, ret_answered, ret_reason);
}

/* The ids of our requests end in the id of the quoting post (outbox.h). */
static enum error find_quote_by_request(const struct inbox_context *context, struct str uri, bool *ret_is_request,
	struct inbox_answered *ret_answered, const char **ret_reason)
{
	static const struct str mark = STR("#quote_requests/");
	struct post quote;
	int64_t id;
	size_t at = str_index_of_str(uri, mark);
	*ret_is_request = at < uri.len && str_to_int64(str_slice(uri, at + mark.len, uri.len), &id);
	if (!*ret_is_request)
		return ERROR_NONE;
	*ret_reason = "unknown_quote";
	enum error error = post_find_any(context->db, context->arena, id, &quote);
	if (error)
		return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
	if (!str_eq(str_slice(uri, 0, at), quote.actor_uri))
		return ERROR_NONE;
	return judge_quote(context, &quote, (struct str){ 0 }, ret_answered, ret_reason);
}

enum error inbox_find_question(const struct inbox_context *context, struct inbox_answered *ret_answered,
	const char **ret_reason)
{
	const struct vocab_activity *answer = context->activity;
	*ret_reason = "several_objects";
	if (answer->object_count != 1)
		return ERROR_NONE;
	const struct vocab_item *item = &answer->objects[0];
	if (item->activity && item->activity->type == VOCAB_QUOTE_REQUEST)
		return find_quote(context, item->activity, ret_answered, ret_reason);
	*ret_reason = "not_a_question";
	if (item->activity && item->activity->type != VOCAB_FOLLOW)
		return ERROR_NONE;
	bool is_request = false;
	enum error error = find_quote_by_request(context, item->id, &is_request, ret_answered, ret_reason);
	if (error || is_request)
		return error;
	return find_follow(context, item->id, item->activity, ret_answered, ret_reason);
}
