/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Follows: decides whether, and in which state the follow begins. */
#include "server/action/follow.h"

#include "server/action/deed.h"

#include "federation/outbox.h"

#include "base/mutant.h"
#include "storage/actor_domain_block.h"
#include "storage/block.h"
#include "storage/id.h"
#include "storage/notification.h"

struct following {
	const struct actor *follower;
	const struct actor *followed;
	struct follow *follow;
	const struct follow_options *options; /* NULL for none */
	const struct severance *severance;    /* that its end is part of; NULL for none */
};

static enum error check_block(struct db *db, struct arena *arena, int64_t follower_id, int64_t followed_id)
{
	bool is_blocked = false;
	enum error error = block_is_between(db, arena, follower_id, followed_id, &is_blocked);
	if (error)
		return error;
	if (is_blocked && !MUTANT("follow_blocked"))
		return ERROR_FORBIDDEN;
	error = actor_domain_block_exists(db, arena, follower_id, followed_id, &is_blocked);
	if (error)
		return error;
	return is_blocked && !MUTANT("follow_domain_blocked") ? ERROR_FORBIDDEN : ERROR_NONE;
}

static enum error write_follow(struct db *db, struct arena *arena, void *owner)
{
	const struct following *following = owner;
	const struct follow *follow = following->follow;
	bool is_accepted = follow->state == FOLLOW_ACCEPTED;
	enum error error = follow_create(db, arena, follow);
	if (!error && following->options)
		error = follow_set_options(db, arena, follow->follower_id, follow->followed_id, following->options);
	if (!error)
		error = outbox_follow(db, arena, following->follower, following->followed, follow->uri);
	if (!error)
		error = notification_add(db, arena, follow->followed_id,
			is_accepted ? NOTIFICATION_FOLLOW : NOTIFICATION_FOLLOW_REQUEST, follow->follower_id, 0);
	return error;
}

enum error follow_start(struct db *db, struct arena *arena, int64_t follower_id, int64_t followed_id,
	struct follow *ret_follow)
{
	return follow_start_with(db, arena, follower_id, followed_id, NULL, ret_follow);
}

enum error follow_start_with(struct db *db, struct arena *arena, int64_t follower_id, int64_t followed_id,
	const struct follow_options *options, struct follow *ret_follow)
{
	struct actor follower;
	struct actor followed;
	enum error error = deed_find_doer(db, arena, follower_id, &follower);
	if (!error && follower_id == followed_id)
		error = ERROR_FORBIDDEN;
	if (!error)
		error = deed_find_other(db, arena, followed_id, &followed);
	if (!error)
		error = check_block(db, arena, follower_id, followed_id);
	if (error)
		return error;
	error = follow_find(db, arena, follower_id, followed_id, ret_follow);
	if (!error && options)
		error = follow_set_options(db, arena, follower_id, followed_id, options);
	if (error != ERROR_NOT_FOUND)
		return error;
	if (followed.moved_to_id)
		return ERROR_FORBIDDEN;
	struct follow follow = { .id = id_new(), .follower_id = follower_id, .followed_id = followed_id };
	follow.state = followed.is_local && !followed.is_locked ? FOLLOW_ACCEPTED : FOLLOW_PENDING;
	follow.uri = outbox_follow_uri(arena, &follower, follow.id);
	struct following following = { .follower = &follower, .followed = &followed, .follow = &follow,
		.options = options };
	error = deed_write(db, arena, write_follow, &following, ERROR_CONFLICT);
	/* Whoever was quicker: the table knows. */
	if (error && error != ERROR_CONFLICT)
		return error;
	error = follow_find(db, arena, follower_id, followed_id, ret_follow);
	return error == ERROR_NOT_FOUND ? ERROR_DATABASE_UNREACHABLE : error;
}

static enum error write_stop(struct db *db, struct arena *arena, void *owner)
{
	const struct following *following = owner;
	const struct actor *follower = following->follower;
	const struct actor *followed = following->followed;
	struct follow follow;
	enum error error = follow_find(db, arena, follower->id, followed->id, &follow);
	if (!error && following->severance)
		error = severance_note(db, arena, following->severance, follower->id, follower->id, followed->id);
	if (!error)
		error = follow_remove(db, arena, follower->id, followed->id);
	if (!error)
		error = outbox_undo_follow(db, arena, follower, followed, follow.uri);
	if (!error)
		error = notification_remove(db, arena, followed->id,
			follow.state == FOLLOW_ACCEPTED ? NOTIFICATION_FOLLOW : NOTIFICATION_FOLLOW_REQUEST, follower->id, 0);
	return error;
}

enum error follow_stop(struct db *db, struct arena *arena, int64_t follower_id, int64_t followed_id)
{
	return follow_stop_severed(db, arena, follower_id, followed_id, NULL);
}

enum error follow_stop_severed(struct db *db, struct arena *arena, int64_t follower_id, int64_t followed_id,
	const struct severance *severance)
{
	struct actor follower;
	struct actor followed;
	enum error error = deed_find_doer(db, arena, follower_id, &follower);
	/* One who is suspended meanwhile can be left. */
	if (!error)
		error = actor_find_by_id(db, arena, followed_id, &followed);
	if (error)
		return error;
	struct following following = { .follower = &follower, .followed = &followed, .severance = severance };
	return deed_write(db, arena, write_stop, &following, ERROR_NOT_FOUND);
}
