/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What local actors do to posts of anyone: boosts go to their followers, the rest to the author alone. */
#include "federation/outbox_parts.h"

static enum error send_boost(struct db *db, struct arena *arena, const struct actor *actor, const struct boost *boost,
	bool is_undone)
{
	struct post post;
	struct audience audience;

	enum error error = post_find_any(db, arena, boost->post_id, &post);
	if (error)
		return error;
	audience_of_boost(arena, actor, boost->visibility, &post, &audience);
	struct vocab_activity_out announce = vocab_announce(actor, boost, post.uri);
	announce.addresses = audience.addresses;
	const struct vocab_activity_out undo = outbox_undo(arena, &announce);
	return outbox_insert(db, arena, &(struct outbox_entry){
		.activity = is_undone ? &undo : &announce, .audience = &audience, .actor_id = actor->id, .object_uri = boost->uri,
	});
}

enum error outbox_boost(struct db *db, struct arena *arena, const struct actor *actor, const struct boost *boost)
{
	return send_boost(db, arena, actor, boost, false);
}

enum error outbox_undo_boost(struct db *db, struct arena *arena, const struct actor *actor, const struct boost *boost)
{
	return send_boost(db, arena, actor, boost, true);
}

static enum error send_reaction(struct db *db, struct arena *arena, const struct actor *actor, const struct post *post,
	struct vocab_activity_out *reaction, bool is_undone)
{
	reaction->actor_uri = actor->uri;
	reaction->form = VOCAB_AS_URI;
	reaction->object_uri = post->uri;
	reaction->addresses = audience_address(arena, POST_DIRECT, post->actor_uri, &post->actor_uri, 1);
	const struct vocab_activity_out undo = outbox_undo(arena, reaction);
	return outbox_insert_for_author(db, arena, actor, is_undone ? &undo : reaction, post, reaction->uri);
}

enum error outbox_favourite(struct db *db, struct arena *arena, const struct actor *actor, const struct post *post,
	struct str favourite_uri)
{
	return send_reaction(db, arena, actor, post, &(struct vocab_activity_out){ .uri = favourite_uri, .type = "Like" }, false);
}

enum error outbox_undo_favourite(struct db *db, struct arena *arena, const struct actor *actor, const struct post *post,
	struct str favourite_uri)
{
	return send_reaction(db, arena, actor, post, &(struct vocab_activity_out){ .uri = favourite_uri, .type = "Like" }, true);
}

enum error outbox_reaction(struct db *db, struct arena *arena, const struct actor *actor, const struct post *post,
	struct str emoji, struct str reaction_uri)
{
	struct vocab_activity_out reaction = { .uri = reaction_uri, .type = "EmojiReact", .content = emoji };

	return send_reaction(db, arena, actor, post, &reaction, false);
}

enum error outbox_undo_reaction(struct db *db, struct arena *arena, const struct actor *actor, const struct post *post,
	struct str emoji, struct str reaction_uri)
{
	struct vocab_activity_out reaction = { .uri = reaction_uri, .type = "EmojiReact", .content = emoji };

	return send_reaction(db, arena, actor, post, &reaction, true);
}
