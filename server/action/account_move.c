/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Moves. The target must name the account among its aliases: else anybody could send their followers to anybody. */
#include "server/action/account_end.h"

#include "server/action/deed.h"
#include "server/action/follow.h"
#include "server/action/profile.h"

#include "federation/outbox.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mutant.h"
#include "storage/notification.h"

#define DAY_US (INT64_C(24) * 3600 * 1000000)

struct move {
	struct actor *origin;
	const struct actor *target;
};

static enum error refuse(enum error error, const char *why, struct str *ret_message)
{
	*ret_message = str_from(why);
	return error;
}

static bool names_alias(struct arena *arena, const struct actor *target, struct str uri)
{
	const struct str *uris = NULL;
	size_t count = profile_list_aliases(arena, target, &uris);
	for (size_t i = 0; i < count; i++)
		if (str_eq(uris[i], uri))
			return true;
	return MUTANT("account_move_alias");
}

static enum error check(struct arena *arena, const struct actor *origin, const struct actor *target, struct str *ret_message)
{
	if (origin->id == target->id)
		return refuse(ERROR_UNPROCESSABLE, "An account does not move to itself", ret_message);
	if (target->moved_to_id)
		return refuse(ERROR_UNPROCESSABLE, "The other account has moved itself", ret_message);
	if (!names_alias(arena, target, origin->uri))
		return refuse(ERROR_UNPROCESSABLE, "The other account does not name this one among its aliases", ret_message);
	bool is_too_soon = origin->moved_us && clock_now_us() - origin->moved_us < ACCOUNT_MOVE_PAUSE_DAYS * DAY_US;
	if (is_too_soon && !MUTANT("account_move_pause"))
		return refuse(ERROR_TOO_MANY_REQUESTS, "The account has moved less than 30 days ago", ret_message);
	return ERROR_NONE;
}

static enum error write_move(struct db *db, struct arena *arena, void *owner)
{
	const struct move *move = owner;
	enum error error = actor_set_moved(db, arena, move->origin->id, move->target->id);
	if (!error)
		error = outbox_update_actor(db, arena, move->origin->id);
	if (!error)
		error = outbox_move(db, arena, move->origin, move->target);
	return error;
}

/* Each in a transaction of its own; one that fails stays where it is. */
static void lead_local_followers(struct db *db, struct arena *arena, const struct move *move)
{
	int64_t *ids = NULL;
	size_t count = 0;
	enum error error = follow_list_local_followers(db, arena, move->origin->id, &ids, &count);
	for (size_t i = 0; !error && i < count; i++) {
		struct follow follow;
		error = notification_add(db, arena, ids[i], NOTIFICATION_MOVE, move->origin->id, 0);
		if (ids[i] == move->target->id || error)
			continue;
		if (!follow_start(db, arena, ids[i], move->target->id, &follow))
			error = follow_stop(db, arena, ids[i], move->origin->id);
	}
	if (error)
		log_event(LOG_LEVEL_WARNING, "account_move_followers_left", LOG_INT("actor_id", move->origin->id),
			LOG_TEXT("error", error_name(error)));
}

enum error account_move(struct db *db, struct arena *arena, int64_t actor_id, int64_t target_id, struct str *ret_message)
{
	struct actor origin;
	struct actor target;
	enum error error = deed_find_doer(db, arena, actor_id, &origin);
	if (!error)
		error = deed_find_other(db, arena, target_id, &target);
	if (error || origin.moved_to_id == target_id)
		return error;
	error = check(arena, &origin, &target, ret_message);
	if (error)
		return error;
	struct move move = { .origin = &origin, .target = &target };
	error = deed_write(db, arena, write_move, &move, ERROR_NONE);
	if (error)
		return error;
	log_event(LOG_LEVEL_INFO, "account_moved", LOG_INT("actor_id", actor_id), LOG_INT("target_id", target_id));
	lead_local_followers(db, arena, &move);
	return ERROR_NONE;
}
