/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Follow: of a local actor. Open ones accept at once, locked ones are asked, the blocked are refused. Peers repeat a
 * Follow whose Accept they missed, often under a new id: the newest id counts, and the Accept goes out again. */
#include "federation/inbox_follow.h"

#include "federation/federation.h"
#include "federation/outbox.h"
#include "federation/policy.h"
#include "storage/block.h"
#include "storage/follow.h"
#include "storage/id.h"
#include "storage/notification.h"
#include "storage/relay.h"
#include "base/mutant.h"

/* The instance actor is followed by relays alone (LitePub relays follow back). */
static enum error is_refused(const struct inbox_context *context, const struct actor *target, bool *ret_is)
{
	bool is_blocked = false;
	bool is_relay = false;
	enum error error = block_exists(context->db, context->arena, target->id, context->actor.id, &is_blocked);
	if (error)
		return error;
	if (target->kind == ACTOR_APPLICATION) {
		error = relay_is_accepted(context->db, context->arena, context->actor.uri, &is_relay);
		*ret_is = !is_relay;
		return error;
	}
	*ret_is = is_blocked && !MUTANT("inbox_follow_blocked");
	return ERROR_NONE;
}

/* Whom the operator silenced is shown to followers only: becoming one wants the target's consent. */
static bool must_ask(const struct inbox_context *context, const struct actor *target)
{
	if (target->is_locked && !MUTANT("inbox_follow_locked"))
		return true;
	return context->actor.is_silenced ||
		policy_judge_url(context->federation->policy, context->actor.uri).verdict == POLICY_SILENCED;
}

static enum error say_accepted(struct inbox_context *context, const struct actor *target)
{
	enum error error = notification_add(context->db, context->arena, target->id, NOTIFICATION_FOLLOW, context->actor.id, 0);
	if (!error)
		error = outbox_accept_follow(context->db, context->arena, target, &context->actor, context->activity->id);
	return error ? error : inbox_done(context);
}

static enum error ask(struct inbox_context *context, const struct actor *target)
{
	enum error error = notification_add(context->db, context->arena, target->id, NOTIFICATION_FOLLOW_REQUEST,
		context->actor.id, 0);
	return error ? error : inbox_done(context);
}

static enum error repeat(struct inbox_context *context, const struct actor *target)
{
	struct follow follow;
	enum error error = follow_find(context->db, context->arena, context->actor.id, target->id, &follow);
	if (error == ERROR_NOT_FOUND)
		return inbox_drop(context, "id_of_another");
	if (!error)
		error = follow_set_uri(context->db, context->arena, follow.id, context->activity->id);
	if (error == ERROR_NOT_FOUND)
		return inbox_drop(context, "id_of_another");
	if (error)
		return error;
	if (follow.state == FOLLOW_PENDING) {
		if (must_ask(context, target))
			return ask(context, target);
		error = follow_accept(context->db, context->arena, context->actor.id, target->id);
		if (error)
			return error;
	}
	return say_accepted(context, target);
}

enum error inbox_follow(struct inbox_context *context)
{
	struct actor target;
	bool is_undone = false;
	bool refused = false;
	enum error error = inbox_find_local(context, inbox_object_id(context), &target);
	if (error == ERROR_NOT_FOUND)
		return inbox_drop(context, "not_ours");
	if (!error)
		error = inbox_is_undone(context, &is_undone);
	if (!error && !is_undone)
		error = is_refused(context, &target, &refused);
	if (error)
		return error;
	if (is_undone)
		return inbox_drop(context, "undone");
	if (refused) {
		error = outbox_reject_follow(context->db, context->arena, &target, &context->actor, context->activity->id);
		return error ? error : inbox_done(context);
	}
	const struct follow follow = {
		.id = id_new(),
		.follower_id = context->actor.id,
		.followed_id = target.id,
		.state = must_ask(context, &target) ? FOLLOW_PENDING : FOLLOW_ACCEPTED,
		.uri = context->activity->id,
	};
	error = follow_create(context->db, context->arena, &follow);
	if (error == ERROR_CONFLICT)
		return repeat(context, &target);
	if (error)
		return error;
	return follow.state == FOLLOW_ACCEPTED ? say_accepted(context, &target) : ask(context, &target);
}

/* ---- several ---- */

/* Nothing is to be said against it but what follow_create_many finds. */
static bool is_plain(const struct inbox_follower *one)
{
	const struct vocab_activity *activity = one->context->activity;
	const struct actor_sender *target = one->target;
	return target && activity->type == VOCAB_FOLLOW && activity->object_count == 1 && target->is_local &&
		!target->is_suspended && !target->is_deleted && !target->is_instance && target->id != one->context->actor.id;
}

static enum follow_state state_for(const struct inbox_follower *one)
{
	const struct actor target = { .is_locked = one->target->is_locked };
	return must_ask(one->context, &target) ? FOLLOW_PENDING : FOLLOW_ACCEPTED;
}

static enum error tell(const struct inbox_follower *followers, const struct follow *follows, size_t count,
	const bool *is_created)
{
	const struct inbox_context *context = followers[0].context;
	struct notification_new *news = arena_alloc_array(context->arena, count, sizeof(*news));
	struct outbox_accept *accepts = arena_alloc_array(context->arena, count, sizeof(*accepts));
	size_t news_count = 0, accept_count = 0;
	for (size_t i = 0; i < count; i++) {
		const struct inbox_follower *one = &followers[i];
		bool is_accepted = follows[i].state == FOLLOW_ACCEPTED;
		if (!is_created[i])
			continue;
		news[news_count++] = (struct notification_new){ .actor_id = one->target->id, .from_actor_id = one->context->actor.id,
			.kind = is_accepted ? NOTIFICATION_FOLLOW : NOTIFICATION_FOLLOW_REQUEST };
		if (is_accepted)
			accepts[accept_count++] = (struct outbox_accept){ one->target->id, one->context->actor.id, one->target->uri,
				one->context->actor.uri, follows[i].uri };
	}
	enum error error = news_count ? notification_add_many(context->db, context->arena, news, news_count) : ERROR_NONE;
	return error ? error : outbox_accept_follows(context->db, context->arena, accepts, accept_count);
}

enum error inbox_follow_many(const struct inbox_follower *followers, size_t count, bool *ret_is_done)
{
	if (count == 0)
		return ERROR_NONE;
	const struct inbox_context *context = followers[0].context;
	struct inbox_follower *plain = arena_alloc_array(context->arena, count, sizeof(*plain));
	struct follow *follows = arena_alloc_array(context->arena, count, sizeof(*follows));
	bool *is_created = arena_alloc_array(context->arena, count, sizeof(*is_created));
	size_t *places = arena_alloc_array(context->arena, count, sizeof(*places));
	size_t plain_count = 0;
	for (size_t i = 0; i < count; i++) {
		ret_is_done[i] = false;
		if (!is_plain(&followers[i]))
			continue;
		plain[plain_count] = followers[i];
		places[plain_count] = i;
		follows[plain_count++] = (struct follow){
			.id = id_new(),
			.follower_id = followers[i].context->actor.id,
			.followed_id = followers[i].target->id,
			.state = state_for(&followers[i]),
			.uri = followers[i].context->activity->id,
		};
	}
	if (!plain_count)
		return ERROR_NONE;
	enum error error = follow_create_many(context->db, context->arena, follows, plain_count, is_created);
	for (size_t i = 0; i < plain_count && !error; i++)
		ret_is_done[places[i]] = is_created[i];
	return error ? error : tell(plain, follows, plain_count, is_created);
}
