/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Keys, deletion and suspension. What other servers must hear is written while there still is somebody to say it. */
#include "server/action/account_end.h"

#include "server/action/deed.h"
#include "server/action/local_actor.h"

#include "federation/outbox.h"

#include "base/log.h"
#include "base/mutant.h"
#include "storage/follow.h"
#include "storage/id.h"
#include "storage/severance.h"
#include "storage/user.h"

#define FOLLOW_PAGE 200

static enum error find_subject(struct db *db, struct arena *arena, int64_t actor_id, struct actor *ret_actor)
{
	enum error error = actor_find_by_id(db, arena, actor_id, ret_actor);
	if (error)
		return error;
	if (ret_actor->is_deleted)
		return ERROR_NOT_FOUND;
	bool is_instance = ret_actor->is_local && ret_actor->kind == ACTOR_APPLICATION;
	return is_instance && !MUTANT("account_end_instance") ? ERROR_FORBIDDEN : ERROR_NONE;
}

struct rotation {
	int64_t actor_id;
	struct actor_keys_sealed keys;
};

static enum error write_keys(struct db *db, struct arena *arena, void *owner)
{
	const struct rotation *rotation = owner;
	enum error error = actor_replace_keys(db, arena, rotation->actor_id, &rotation->keys);
	return error ? error : outbox_update_actor(db, arena, rotation->actor_id);
}

enum error account_rotate_keys(struct db *db, struct arena *arena, const struct secret_box *box, int64_t actor_id)
{
	struct actor_new made = { .id = actor_id };
	enum error error = local_actor_make_keys(arena, box, &made);
	if (error)
		return error;
	struct rotation rotation = { .actor_id = actor_id, .keys = {
		.main_public_pem = made.main_public_pem, .main_private_sealed = made.main_private_sealed,
		.ed25519_public_bytes = made.ed25519_public_bytes, .ed25519_private_sealed = made.ed25519_private_sealed } };
	error = deed_write(db, arena, write_keys, &rotation, ERROR_NONE);
	if (!error)
		log_event(LOG_LEVEL_INFO, "account_keys_rotated", LOG_INT("actor_id", actor_id));
	return error;
}

static enum error write_deletion(struct db *db, struct arena *arena, void *owner)
{
	int64_t actor_id = *(const int64_t *)owner;
	struct actor actor;
	enum error error = find_subject(db, arena, actor_id, &actor);
	if (!error)
		error = outbox_delete_actor(db, arena, actor_id);
	if (!error)
		error = user_delete_by_actor(db, arena, actor_id);
	if (!error)
		error = severance_forget(db, arena, actor_id);
	if (!error)
		error = actor_delete(db, arena, actor_id);
	return error;
}

enum error account_delete(struct db *db, struct arena *arena, int64_t actor_id)
{
	struct actor actor;
	enum error error = find_subject(db, arena, actor_id, &actor);
	if (!error && !actor.is_local)
		error = ERROR_NOT_FOUND;
	if (!error)
		error = deed_write(db, arena, write_deletion, &actor_id, ERROR_NOT_FOUND);
	if (!error)
		log_event(LOG_LEVEL_INFO, "account_deleted", LOG_INT("actor_id", actor_id));
	return error;
}

struct suspension {
	struct actor actor;
	struct severance severance;
};

/* A suspended actor of another server still reads what is delivered to it, until it is no follower any more. */
static enum error reject_followed(struct db *db, struct arena *arena, const struct suspension *suspension, int64_t followed_id,
	struct str follow_uri)
{
	struct actor followed;
	const struct actor *follower = &suspension->actor;
	enum error error = actor_find_by_id(db, arena, followed_id, &followed);
	if (!error)
		error = severance_note(db, arena, &suspension->severance, followed_id, follower->id, followed_id);
	if (!error)
		error = follow_remove(db, arena, follower->id, followed_id);
	return error ? error : outbox_reject_follow(db, arena, &followed, follower, follow_uri);
}

static enum error end_follows_here(struct db *db, struct arena *arena, const struct suspension *suspension)
{
	static const enum follow_state states[] = { FOLLOW_ACCEPTED, FOLLOW_PENDING };
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		struct follow_page page = { .actor_id = suspension->actor.id, .side = FOLLOW_FOLLOWING, .state = states[i], .limit = FOLLOW_PAGE };
		size_t count = FOLLOW_PAGE;
		while (count == FOLLOW_PAGE) {
			struct follow_item *items = NULL;
			enum error error = follow_list(db, arena, &page, &items, &count);
			for (size_t n = 0; !error && n < count; n++) {
				page.before_follow_id = items[n].follow_id;
				if (items[n].is_local)
					error = reject_followed(db, arena, suspension, items[n].actor_id, items[n].follow_uri);
			}
			if (error)
				return error;
		}
	}
	return ERROR_NONE;
}

/* The rejections go while it still counts as somebody to deliver to. */
static enum error write_suspension(struct db *db, struct arena *arena, void *owner)
{
	const struct suspension *suspension = owner;
	const struct actor *actor = &suspension->actor;
	enum error error = ERROR_NONE;
	if (!actor->is_local)
		error = end_follows_here(db, arena, suspension);
	if (!error && !actor->is_local)
		error = severance_tell_later(db, arena, suspension->severance.id, 0);
	if (!error)
		error = actor_set_suspended(db, arena, actor->id, true);
	if (!error && actor->is_local)
		error = outbox_update_actor(db, arena, actor->id);
	return error;
}

enum error account_suspend(struct db *db, struct arena *arena, int64_t actor_id)
{
	struct suspension suspension = { .severance = { .id = id_new(), .kind = SEVERANCE_ACCOUNT_SUSPENSION } };
	enum error error = find_subject(db, arena, actor_id, &suspension.actor);
	if (error || suspension.actor.is_suspended)
		return error;
	suspension.severance.target = arena_printf(arena, "%.*s@%.*s", STR_ARG(suspension.actor.username),
		STR_ARG(suspension.actor.domain));
	error = deed_write(db, arena, write_suspension, &suspension, ERROR_NONE);
	if (!error)
		log_event(LOG_LEVEL_INFO, "account_suspended", LOG_INT("actor_id", actor_id));
	return error;
}

static enum error write_return(struct db *db, struct arena *arena, void *owner)
{
	const struct actor *actor = owner;
	enum error error = actor_set_suspended(db, arena, actor->id, false);
	if (!error && actor->is_local)
		error = outbox_update_actor(db, arena, actor->id);
	return error;
}

enum error account_unsuspend(struct db *db, struct arena *arena, int64_t actor_id)
{
	struct actor actor;
	enum error error = find_subject(db, arena, actor_id, &actor);
	if (error || !actor.is_suspended)
		return error;
	error = deed_write(db, arena, write_return, &actor, ERROR_NONE);
	if (!error)
		log_event(LOG_LEVEL_INFO, "account_unsuspended", LOG_INT("actor_id", actor_id));
	return error;
}
