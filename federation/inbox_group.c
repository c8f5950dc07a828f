/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The group's server vouches for the activities of its own people, whose keys it holds anyway. For people elsewhere a
 * post is read from its origin, and so is a like or a deletion of a post that is here. */
#include "federation/inbox_group.h"

#include "federation/federation.h"
#include "federation/inbox_post.h"
#include "federation/policy.h"

#include "base/mutant.h"

static bool is_about_post(const struct vocab_activity *inner)
{
	return inner->type == VOCAB_CREATE || inner->type == VOCAB_UPDATE;
}

/* Follows, moves, blocks and the like are between two: no group has to pass them on. */
static bool may_pass_on(const struct vocab_activity *inner)
{
	return is_about_post(inner) || inner->type == VOCAB_DELETE || inner->type == VOCAB_LIKE || inner->type == VOCAB_UNDO;
}

static enum error store_post(struct inbox_context *context, const struct vocab_activity *inner)
{
	const struct vocab_item *item = &inner->objects[0];
	bool is_update = inner->type == VOCAB_UPDATE;
	bool is_vote = item->kind == VOCAB_KIND_OBJECT && vocab_object_is_vote(item->object);
	if (is_vote)
		return inbox_drop(context, "vote");
	bool is_believed = item->kind == VOCAB_KIND_OBJECT && vocab_object_is_by(item->object, inner->actor_id) &&
		(vocab_same_origin(item->id, context->actor.uri) || MUTANT("inbox_group_origin"));
	if (is_believed)
		return inbox_store_post(context, item->object, is_update, false);
	return inbox_wish_for_post(context, item->id, is_update);
}

/* As if its actor had sent it. */
static enum error handle_as_sent(struct inbox_context *context, const struct vocab_activity *inner)
{
	struct inbox_context own = *context;
	own.activity = inner;
	own.document = json_object_get(context->document, "object");
	enum error error = actor_find_by_uri(context->db, context->arena, inner->actor_id, &own.actor);
	if (error)
		return error == ERROR_NOT_FOUND ? inbox_drop(context, "unknown_actor") : error;
	if (own.actor.is_local || own.actor.is_suspended || own.actor.is_deleted)
		return inbox_drop(context, "actor");
	error = inbox_handler_of(inner->type)(&own);
	context->outcome = own.outcome;
	context->reason = own.reason;
	context->wanted = own.wanted;
	return error;
}

/* The object of a like, or what an undone like or a deletion is about; empty when it is not told. */
static struct str target_of(const struct vocab_activity *inner)
{
	const struct vocab_item *item = &inner->objects[0];
	if (item->kind == VOCAB_KIND_ACTIVITY && item->activity->object_count == 1)
		return item->activity->objects[0].id;
	return item->id;
}

static enum error wish_for_activity(struct inbox_context *context, const struct vocab_activity *inner)
{
	struct post_arrival arrival;
	struct str target = target_of(inner);
	if (target.len == 0 || inner->id.len == 0)
		return inbox_drop(context, "no_id");
	enum error error = inbox_find_arrival(context, target, &arrival);
	if (error)
		return error;
	if (arrival.post_id == 0)
		return inbox_drop(context, "irrelevant");
	struct fetch_wish wish = { .uri = inner->id, .kind = FETCH_ACTIVITY };
	error = fetch_wish(context->db, context->arena, &wish);
	return error ? error : inbox_done(context);
}

enum error inbox_group_activity(struct inbox_context *context, const struct vocab_activity *inner)
{
	struct post_arrival arrival;
	if (context->actor.kind != ACTOR_GROUP || !may_pass_on(inner) || inner->object_count != 1)
		return inbox_drop(context, "type");
	if (policy_judge_url(context->federation->policy, inner->actor_id).verdict == POLICY_REFUSED)
		return inbox_drop(context, "domain");
	enum error error = inbox_find_arrival(context, inner->objects[0].id, &arrival);
	if (error)
		return error;
	if (!arrival.is_author_followed && context->row->inbox_actor_id == 0 && !MUTANT("inbox_group_followed"))
		return inbox_drop(context, "irrelevant");
	if (is_about_post(inner))
		return store_post(context, inner);
	bool is_of_group = vocab_same_origin(inner->actor_id, context->actor.uri) && vocab_same_origin(inner->id, inner->actor_id);
	return is_of_group || MUTANT("inbox_group_actor") ? handle_as_sent(context, inner) : wish_for_activity(context, inner);
}
