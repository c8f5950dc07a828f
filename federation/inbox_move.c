/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Move: of the actor itself, to one whose own document names it in alsoKnownAs, at most once in seven days. Our people
 * who follow the old one ask to follow the new one, and are told. The Follow of each is a row of this transaction, so
 * that all move or none. */
#include "federation/inbox_handler.h"

#include "federation/outbox.h"
#include "storage/block.h"
#include "storage/follow.h"
#include "storage/id.h"
#include "storage/notification.h"
#include "base/json_in.h"
#include "base/mutant.h"

#define COOLDOWN_US ((int64_t)7 * 86400 * 1000000)

static bool names(const struct actor *target, struct str uri)
{
	bool is_named = false;
	size_t index;
	json_t *entry;
	json_auto_t *aliases = NULL;
	if (json_in_parse(target->also_known_as_json, NULL, &aliases))
		return false;
	json_array_foreach(aliases, index, entry) {
		if (json_is_string(entry) && str_eq(str_from(json_string_value(entry)), uri))
			is_named = true;
	}
	return is_named;
}

static enum error follow_new(const struct inbox_context *context, const struct actor *follower, const struct actor *target)
{
	struct follow follow = { .id = id_new(), .follower_id = follower->id, .followed_id = target->id };
	bool is_blocked = false;
	enum error error = block_is_between(context->db, context->arena, follower->id, target->id, &is_blocked);
	if (error || is_blocked || follower->id == target->id)
		return error;
	follow.state = target->is_local && !target->is_locked ? FOLLOW_ACCEPTED : FOLLOW_PENDING;
	follow.uri = outbox_follow_uri(context->arena, follower, follow.id);
	error = follow_create(context->db, context->arena, &follow);
	if (error == ERROR_CONFLICT)
		return ERROR_NONE;
	if (error)
		return error;
	if (target->is_local)
		return notification_add(context->db, context->arena, target->id,
			target->is_locked ? NOTIFICATION_FOLLOW_REQUEST : NOTIFICATION_FOLLOW, follower->id, 0);
	return outbox_follow(context->db, context->arena, follower, target, follow.uri);
}

static enum error unfollow_old(const struct inbox_context *context, const struct actor *follower)
{
	struct follow follow;
	enum error error = follow_find(context->db, context->arena, follower->id, context->actor.id, &follow);
	if (!error)
		error = outbox_undo_follow(context->db, context->arena, follower, &context->actor, follow.uri);
	if (!error)
		error = follow_remove(context->db, context->arena, follower->id, context->actor.id);
	if (!error)
		error = notification_add(context->db, context->arena, follower->id, NOTIFICATION_MOVE, context->actor.id, 0);
	return error;
}

static enum error move_followers(const struct inbox_context *context, const struct actor *target)
{
	int64_t *follower_ids;
	size_t count;
	enum error error = follow_list_local_followers(context->db, context->arena, context->actor.id, &follower_ids, &count);
	for (size_t i = 0; i < count && !error; i++) {
		struct actor follower;
		error = actor_find_by_id(context->db, context->arena, follower_ids[i], &follower);
		if (!error)
			error = follow_new(context, &follower, target);
		if (!error)
			error = unfollow_old(context, &follower);
	}
	return error;
}

/* The target must say so too; what is stored of it may be older than the move. */
static enum error check_target(struct inbox_context *context, struct str uri, struct actor *ret_target, bool *ret_goes_on)
{
	*ret_goes_on = false;
	enum error error = actor_find_by_uri(context->db, context->arena, uri, ret_target);
	if (error == ERROR_NOT_FOUND)
		return inbox_park(context, uri, FETCH_ACTOR);
	if (error)
		return error;
	if (ret_target->is_suspended || ret_target->is_deleted)
		return inbox_drop(context, "suspended_target");
	if (names(ret_target, context->actor.uri) || MUTANT("inbox_move_back_link")) {
		*ret_goes_on = true;
		return ERROR_NONE;
	}
	if (!ret_target->is_local && ret_target->fetched_us < context->row->received_us)
		return inbox_park(context, uri, FETCH_ACTOR);
	return inbox_drop(context, "no_back_link");
}

enum error inbox_move(struct inbox_context *context)
{
	struct str target_uri = context->activity->target.id;
	struct actor target;
	bool goes_on;
	if (!str_eq(inbox_object_id(context), context->actor.uri) && !MUTANT("inbox_move_owner"))
		return inbox_drop(context, "not_owner");
	if (!target_uri.data || str_eq(target_uri, context->actor.uri))
		return inbox_drop(context, "no_target");
	if (context->actor.moved_us > context->now_us - COOLDOWN_US && !MUTANT("inbox_move_cooldown"))
		return inbox_drop(context, "moved_lately");
	enum error error = check_target(context, target_uri, &target, &goes_on);
	if (error || !goes_on)
		return error;
	error = actor_set_moved(context->db, context->arena, context->actor.id, target.id);
	if (!error)
		error = move_followers(context, &target);
	return error ? error : inbox_done(context);
}
