/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Answers to those who follow or want to. A Reject ends a follow in either state, as other servers do it. */
#include "server/action/follow.h"

#include "server/action/deed.h"

#include "federation/outbox.h"

#include "storage/notification.h"

struct answer {
	const struct actor *actor;
	const struct actor *follower;
	enum follow_state state; /* in which it must be to be rejected */
	const struct severance *severance; /* NULL for none */
};

static enum error write_accept(struct db *db, struct arena *arena, void *owner)
{
	const struct answer *answer = owner;
	int64_t actor_id = answer->actor->id;
	int64_t follower_id = answer->follower->id;
	struct follow follow;
	enum error error = follow_find(db, arena, follower_id, actor_id, &follow);
	if (error || follow.state == FOLLOW_ACCEPTED)
		return error;
	error = follow_accept(db, arena, follower_id, actor_id);
	if (!error)
		error = outbox_accept_follow(db, arena, answer->actor, answer->follower, follow.uri);
	if (!error)
		error = notification_remove(db, arena, actor_id, NOTIFICATION_FOLLOW_REQUEST, follower_id, 0);
	if (!error)
		error = notification_add(db, arena, actor_id, NOTIFICATION_FOLLOW, follower_id, 0);
	return error;
}

static enum error write_reject(struct db *db, struct arena *arena, void *owner)
{
	const struct answer *answer = owner;
	int64_t actor_id = answer->actor->id;
	int64_t follower_id = answer->follower->id;
	struct follow follow;
	enum error error = follow_find(db, arena, follower_id, actor_id, &follow);
	if (!error && follow.state != answer->state)
		error = ERROR_NOT_FOUND;
	if (!error && answer->severance)
		error = severance_note(db, arena, answer->severance, actor_id, follower_id, actor_id);
	if (!error)
		error = follow_remove(db, arena, follower_id, actor_id);
	if (!error)
		error = outbox_reject_follow(db, arena, answer->actor, answer->follower, follow.uri);
	if (!error)
		error = notification_remove(db, arena, actor_id, NOTIFICATION_FOLLOW_REQUEST, follower_id, 0);
	return error;
}

/* A follower who is suspended can still be sent away. */
static enum error find_both(struct db *db, struct arena *arena, int64_t actor_id, int64_t follower_id, struct actor *ret_actor,
	struct actor *ret_follower)
{
	enum error error = deed_find_doer(db, arena, actor_id, ret_actor);
	return error ? error : actor_find_by_id(db, arena, follower_id, ret_follower);
}

enum error follow_request_accept(struct db *db, struct arena *arena, int64_t actor_id, int64_t follower_id)
{
	struct actor actor;
	struct actor follower;
	enum error error = find_both(db, arena, actor_id, follower_id, &actor, &follower);
	if (error)
		return error;
	struct answer answer = { .actor = &actor, .follower = &follower };
	return deed_write(db, arena, write_accept, &answer, ERROR_NONE);
}

static enum error reject(struct db *db, struct arena *arena, int64_t actor_id, int64_t follower_id, enum follow_state state,
	const struct severance *severance)
{
	struct actor actor;
	struct actor follower;
	enum error error = find_both(db, arena, actor_id, follower_id, &actor, &follower);
	if (error)
		return error;
	struct answer answer = { .actor = &actor, .follower = &follower, .state = state, .severance = severance };
	return deed_write(db, arena, write_reject, &answer, ERROR_NOT_FOUND);
}

enum error follow_request_reject(struct db *db, struct arena *arena, int64_t actor_id, int64_t follower_id)
{
	return reject(db, arena, actor_id, follower_id, FOLLOW_PENDING, NULL);
}

enum error follower_remove(struct db *db, struct arena *arena, int64_t actor_id, int64_t follower_id)
{
	return reject(db, arena, actor_id, follower_id, FOLLOW_ACCEPTED, NULL);
}

enum error follower_remove_severed(struct db *db, struct arena *arena, int64_t actor_id, int64_t follower_id,
	const struct severance *severance)
{
	return reject(db, arena, actor_id, follower_id, FOLLOW_ACCEPTED, severance);
}
