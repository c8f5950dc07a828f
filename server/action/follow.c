/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Follows: decides whether, and in which state the follow begins. */
#include "server/action/follow.h"

#include "base/mutant.h"
#include "storage/actor.h"
#include "storage/id.h"

static enum error check(const struct actor *follower, const struct actor *followed)
{
	if (!follower->is_local || follower->is_suspended || follower->is_disabled || follower->id == followed->id)
		return ERROR_FORBIDDEN;
	if (followed->is_suspended)
		return ERROR_NOT_FOUND;
	return followed->is_local ? ERROR_NONE : ERROR_NOT_IMPLEMENTED;
}

static enum error write_follow(struct db *db, struct arena *arena, const struct follow *follow)
{
	enum error error = db_begin(db);
	if (error)
		return error;
	error = follow_create(db, arena, follow);
	if (error) {
		db_rollback(db);
		return error;
	}
	return db_commit(db);
}

enum error follow_start(struct db *db, struct arena *arena, int64_t follower_id, int64_t followed_id,
	struct follow *ret_follow)
{
	struct actor follower;
	struct actor followed;
	enum error error = actor_find_by_id(db, arena, follower_id, &follower);
	if (error)
		return error == ERROR_NOT_FOUND ? ERROR_FORBIDDEN : error;
	error = actor_find_by_id(db, arena, followed_id, &followed);
	if (error)
		return error;
	error = check(&follower, &followed);
	if (error && !MUTANT("follow_check"))
		return error;
	error = follow_find(db, arena, follower_id, followed_id, ret_follow);
	if (error != ERROR_NOT_FOUND)
		return error;
	struct follow follow = { .id = id_new(), .follower_id = follower_id, .followed_id = followed_id };
	follow.state = followed.is_locked ? FOLLOW_PENDING : FOLLOW_ACCEPTED;
	follow.uri = arena_printf(arena, "%.*s#follows/%lld", STR_ARG(follower.uri), (long long)follow.id);
	error = write_follow(db, arena, &follow);
	/* Whoever was quicker, or whatever became of a COMMIT without answer: the table knows. */
	if (error && error != ERROR_CONFLICT && error != ERROR_COMMIT_UNKNOWN)
		return error;
	enum error found = follow_find(db, arena, follower_id, followed_id, ret_follow);
	return found == ERROR_NOT_FOUND ? ERROR_DATABASE_UNREACHABLE : found;
}
