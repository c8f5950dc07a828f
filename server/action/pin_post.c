/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Pins of local actors. */
#include "server/action/pin_post.h"

#include "server/action/deed.h"

#include "federation/outbox.h"

#include "base/mutant.h"
#include "storage/uri_lock.h"

struct pinning {
	const struct actor *actor;
	const struct post *post;
};

/* The collection is public: what is not for everybody is pinned here only. */
static enum error tell(struct db *db, struct arena *arena, const struct pinning *pinning, bool is_added)
{
	bool is_open = pinning->post->visibility == POST_PUBLIC || pinning->post->visibility == POST_UNLISTED;
	if (!is_open && !MUTANT("pin_private"))
		return ERROR_NONE;
	return outbox_pin(db, arena, pinning->actor, pinning->post->uri, is_added);
}

static enum error write_pin(struct db *db, struct arena *arena, void *owner)
{
	const struct pinning *pinning = owner;
	enum error error = uri_lock(db, arena, &pinning->actor->uri, 1); /* two at once would both find the last place */
	if (!error)
		error = pin_add(db, arena, pinning->actor->id, pinning->post->id);
	return error ? error : tell(db, arena, pinning, true);
}

static enum error write_unpin(struct db *db, struct arena *arena, void *owner)
{
	const struct pinning *pinning = owner;
	enum error error = pin_remove(db, arena, pinning->actor->id, pinning->post->id);
	return error ? error : tell(db, arena, pinning, false);
}

static enum error find_own(struct db *db, struct arena *arena, int64_t actor_id, int64_t post_id, struct actor *ret_actor,
	struct post *ret_post)
{
	enum error error = deed_find_doer(db, arena, actor_id, ret_actor);
	if (!error)
		error = post_find_any(db, arena, post_id, ret_post);
	if (!error && ret_post->actor_id != actor_id)
		error = ERROR_NOT_FOUND;
	return error;
}

enum error pin_post(struct db *db, struct arena *arena, int64_t actor_id, int64_t post_id)
{
	struct actor actor;
	struct post post;
	enum error error = find_own(db, arena, actor_id, post_id, &actor, &post);
	if (!error && post.visibility == POST_DIRECT)
		error = ERROR_UNPROCESSABLE;
	struct pinning pinning = { .actor = &actor, .post = &post };
	return error ? error : deed_write(db, arena, write_pin, &pinning, ERROR_NONE);
}

enum error unpin_post(struct db *db, struct arena *arena, int64_t actor_id, int64_t post_id)
{
	struct actor actor;
	struct post post;
	enum error error = find_own(db, arena, actor_id, post_id, &actor, &post);
	struct pinning pinning = { .actor = &actor, .post = &post };
	return error ? error : deed_write(db, arena, write_unpin, &pinning, ERROR_NOT_FOUND);
}
