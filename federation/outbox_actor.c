/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What local actors say of themselves: changes, departure, moves, what they feature. */
#include "federation/outbox_parts.h"

#include "storage/acquaintance.h"
#include "storage/id.h"

static enum error send_to_followers(struct db *db, struct arena *arena, const struct actor *actor,
	const struct vocab_activity_out *activity)
{
	struct audience audience;

	audience_of_followers(arena, actor, &audience);
	return outbox_insert(db, arena, &(struct outbox_entry){
		.activity = activity, .audience = &audience, .actor_id = actor->id, .object_uri = actor->uri,
	});
}

enum error outbox_update_actor(struct db *db, struct arena *arena, int64_t actor_id)
{
	struct actor actor;

	enum error error = actor_find_by_id(db, arena, actor_id, &actor);
	if (error)
		return error;
	const struct vocab_activity_out update = {
		.uri = outbox_derived_uri(arena, actor.uri, "updates", id_new()),
		.type = "Update",
		.actor_uri = actor.uri,
		.published_us = actor.updated_us,
		.form = VOCAB_AS_ACTOR,
		.actor = &actor,
	};
	return send_to_followers(db, arena, &actor, &update);
}

/* To every server that may hold something of the actor (CHECKLIST G9), not only to those of its followers. */
enum error outbox_delete_actor(struct db *db, struct arena *arena, int64_t actor_id)
{
	struct actor actor;
	struct audience audience;
	int64_t *ids = NULL;
	size_t count = 0;

	enum error error = actor_find_by_id(db, arena, actor_id, &actor);
	if (!error)
		error = acquaintance_list(db, arena, actor_id, &ids, &count);
	if (error)
		return error;
	const struct vocab_activity_out deletion = {
		.uri = arena_printf(arena, "%.*s#delete", STR_ARG(actor.uri)),
		.type = "Delete",
		.actor_uri = actor.uri,
		.form = VOCAB_AS_URI,
		.object_uri = actor.uri,
	};
	audience_of_followers(arena, &actor, &audience);
	audience.reach.actor_ids = ids;
	audience.reach.actor_count = count;
	return outbox_insert(db, arena, &(struct outbox_entry){
		.activity = &deletion, .audience = &audience, .actor_id = actor.id, .object_uri = actor.uri,
	});
}

enum error outbox_move(struct db *db, struct arena *arena, const struct actor *origin, const struct actor *target)
{
	const struct vocab_activity_out move = {
		.uri = outbox_derived_uri(arena, origin->uri, "moves", id_new()),
		.type = "Move",
		.actor_uri = origin->uri,
		.form = VOCAB_AS_URI,
		.object_uri = origin->uri,
		.target_uri = target->uri,
	};

	return send_to_followers(db, arena, origin, &move);
}

static struct vocab_activity_out feature(struct arena *arena, const struct actor *actor, bool is_added)
{
	return (struct vocab_activity_out){
		.uri = outbox_derived_uri(arena, actor->uri, is_added ? "adds" : "removes", id_new()),
		.type = is_added ? "Add" : "Remove",
		.actor_uri = actor->uri,
		.target_uri = actor->featured_url,
	};
}

enum error outbox_pin(struct db *db, struct arena *arena, const struct actor *actor, struct str post_uri, bool is_added)
{
	struct vocab_activity_out activity = feature(arena, actor, is_added);

	activity.form = VOCAB_AS_URI;
	activity.object_uri = post_uri;
	return send_to_followers(db, arena, actor, &activity);
}

/* With the target of featured posts: Mastodon tells the two apart by the type of the object. */
enum error outbox_featured_tag(struct db *db, struct arena *arena, const struct actor *actor, struct str name, bool is_added)
{
	struct vocab_activity_out activity = feature(arena, actor, is_added);
	const struct vocab_hashtag hashtag = { .base_url = actor->base_url, .name = name };

	activity.form = VOCAB_AS_HASHTAG;
	activity.hashtag = &hashtag;
	return send_to_followers(db, arena, actor, &activity);
}
