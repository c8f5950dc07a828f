/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Boosts of local actors. */
#include "server/action/boost.h"

#include "server/action/deed.h"

#include "federation/outbox.h"

#include "base/mutant.h"
#include "storage/id.h"
#include "storage/notification.h"

struct boosting {
	const struct actor *actor;
	const struct post *post;
	struct boost boost;
};

static enum error choose_visibility(const struct actor *actor, const struct post *post, enum post_visibility *visibility)
{
	if (*visibility == POST_DIRECT)
		return ERROR_UNPROCESSABLE;
	if (post->visibility == POST_PUBLIC || post->visibility == POST_UNLISTED || MUTANT("boost_private"))
		return ERROR_NONE;
	if (post->visibility == POST_DIRECT || post->actor_id != actor->id)
		return ERROR_FORBIDDEN;
	*visibility = POST_FOLLOWERS;
	return ERROR_NONE;
}

static enum error write_boost(struct db *db, struct arena *arena, void *owner)
{
	struct boosting *boosting = owner;
	enum error error = boost_create(db, arena, &boosting->boost);
	if (error == ERROR_CONFLICT)
		return boost_find(db, arena, boosting->actor->id, boosting->post->id, &boosting->boost);
	if (!error)
		error = outbox_boost(db, arena, boosting->actor, &boosting->boost);
	if (!error)
		error = notification_add(db, arena, boosting->post->actor_id, NOTIFICATION_BOOST, boosting->actor->id,
			boosting->post->id);
	return error;
}

enum error boost_start(struct db *db, struct arena *arena, int64_t actor_id, int64_t post_id,
	enum post_visibility visibility, struct boost *ret_boost)
{
	struct actor actor;
	struct post post;
	enum error error = deed_find_doer(db, arena, actor_id, &actor);
	if (!error)
		error = post_find(db, arena, actor_id, post_id, &post);
	if (!error)
		error = choose_visibility(&actor, &post, &visibility);
	if (error)
		return error;
	struct boosting boosting = { .actor = &actor, .post = &post };
	boosting.boost = (struct boost){ .id = id_new(), .actor_id = actor_id, .post_id = post_id, .visibility = visibility };
	boosting.boost.uri = outbox_boost_uri(arena, &actor, boosting.boost.id);
	boosting.boost.created_us = id_time_us(boosting.boost.id);
	error = deed_write(db, arena, write_boost, &boosting, ERROR_NONE);
	if (!error)
		*ret_boost = boosting.boost;
	return error;
}

static enum error write_stop(struct db *db, struct arena *arena, void *owner)
{
	struct boosting *boosting = owner;
	struct str uri;
	enum error error = boost_find(db, arena, boosting->actor->id, boosting->post->id, &boosting->boost);
	if (!error)
		error = outbox_undo_boost(db, arena, boosting->actor, &boosting->boost);
	if (!error)
		error = boost_remove(db, arena, boosting->actor->id, boosting->post->id, &uri);
	if (!error)
		error = notification_remove(db, arena, boosting->post->actor_id, NOTIFICATION_BOOST, boosting->actor->id,
			boosting->post->id);
	return error;
}

/* Also of a post that the actor may no longer see. */
enum error boost_stop(struct db *db, struct arena *arena, int64_t actor_id, int64_t post_id)
{
	struct actor actor;
	struct post post;
	enum error error = deed_find_doer(db, arena, actor_id, &actor);
	if (!error)
		error = post_find_any(db, arena, post_id, &post);
	struct boosting boosting = { .actor = &actor, .post = &post };
	return error ? error : deed_write(db, arena, write_stop, &boosting, ERROR_NOT_FOUND);
}
