/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Featured hashtags of local actors. */
#include "server/action/feature_tag.h"

#include "server/action/deed.h"

#include "federation/outbox.h"
#include "storage/uri_lock.h"

struct featuring {
	const struct actor *actor;
	struct str name;
};

static enum error write_feature(struct db *db, struct arena *arena, void *owner)
{
	const struct featuring *featuring = owner;
	enum error error = uri_lock(db, arena, &featuring->actor->uri, 1); /* two at once would both find the last place */
	if (!error)
		error = featured_tag_add(db, arena, featuring->actor->id, featuring->name);
	return error ? error : outbox_featured_tag(db, arena, featuring->actor, featuring->name, true);
}

static enum error write_unfeature(struct db *db, struct arena *arena, void *owner)
{
	const struct featuring *featuring = owner;
	enum error error = featured_tag_remove(db, arena, featuring->actor->id, featuring->name);
	return error ? error : outbox_featured_tag(db, arena, featuring->actor, featuring->name, false);
}

static enum error change(struct db *db, struct arena *arena, int64_t actor_id, struct str name,
	enum error (*write)(struct db *db, struct arena *arena, void *owner))
{
	struct actor actor;
	enum error error = deed_find_doer(db, arena, actor_id, &actor);
	struct featuring featuring = { .actor = &actor, .name = name };
	return error ? error : deed_write(db, arena, write, &featuring, ERROR_NONE);
}

enum error feature_tag(struct db *db, struct arena *arena, int64_t actor_id, struct str name)
{
	return change(db, arena, actor_id, name, write_feature);
}

enum error unfeature_tag(struct db *db, struct arena *arena, int64_t actor_id, struct str name)
{
	return change(db, arena, actor_id, name, write_unfeature);
}
