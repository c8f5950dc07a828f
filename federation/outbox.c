/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The way from an activity to the outbox, the ids, and what is said to one actor: follows, blocks, reports. */
#include "federation/outbox_parts.h"

#include "storage/id.h"

enum error outbox_insert(struct db *db, struct arena *arena, const struct outbox_entry *entry)
{
	AUTO(buf) struct buf body = { 0 };
	struct vocab_activity_out activity = *entry->activity;

	activity.addresses = entry->audience->addresses;
	vocab_write_activity(&body, arena, &activity);
	const struct activity_out row = {
		.id = id_new(),
		.uri = activity.uri,
		.type = str_from(activity.type),
		.actor_id = entry->actor_id,
		.post_id = entry->post_id,
		.object_uri = entry->object_uri,
		.body = buf_str(&body),
		.is_public = entry->audience->is_public,
		.is_for_followers = entry->audience->is_for_followers,
	};
	return activity_out_insert(db, arena, &row, &entry->audience->reach);
}

enum error outbox_insert_for_one(struct db *db, struct arena *arena, const struct actor *actor,
	const struct vocab_activity_out *activity, const struct actor *recipient, struct str object_uri)
{
	struct audience audience;

	if (recipient->is_local)
		return ERROR_NONE;
	audience_of_one(arena, recipient->id, recipient->uri, false, &audience);
	return outbox_insert(db, arena,
		&(struct outbox_entry){ .activity = activity, .audience = &audience, .actor_id = actor->id, .object_uri = object_uri });
}

enum error outbox_insert_for_author(struct db *db, struct arena *arena, const struct actor *actor,
	const struct vocab_activity_out *activity, const struct post *post, struct str object_uri)
{
	struct audience audience;

	if (post->is_local)
		return ERROR_NONE;
	audience_of_one(arena, post->actor_id, post->actor_uri, false, &audience);
	audience.is_public = post->visibility == POST_PUBLIC || post->visibility == POST_UNLISTED;
	return outbox_insert(db, arena,
		&(struct outbox_entry){ .activity = activity, .audience = &audience, .actor_id = actor->id, .object_uri = object_uri });
}

struct str outbox_derived_uri(struct arena *arena, struct str uri, const char *name, int64_t id)
{
	char separator = str_contains_char(uri, '#') ? '/' : '#';

	return arena_printf(arena, "%.*s%c%s/%lld", STR_ARG(uri), separator, name, (long long)id);
}

struct vocab_activity_out outbox_undo(struct arena *arena, const struct vocab_activity_out *activity)
{
	return (struct vocab_activity_out){
		.uri = outbox_derived_uri(arena, activity->uri, "undos", id_new()),
		.type = "Undo",
		.actor_uri = activity->actor_uri,
		.form = VOCAB_AS_ACTIVITY,
		.activity = activity,
	};
}

static struct str fragment_uri(struct arena *arena, const struct actor *actor, const char *kind, int64_t id)
{
	return arena_printf(arena, "%.*s#%s/%lld", STR_ARG(actor->uri), kind, (long long)id);
}

struct str outbox_follow_uri(struct arena *arena, const struct actor *actor, int64_t follow_id)
{
	return fragment_uri(arena, actor, "follows", follow_id);
}

struct str outbox_boost_uri(struct arena *arena, const struct actor *actor, int64_t boost_id)
{
	return arena_printf(arena, "%.*s/statuses/%lld/activity", STR_ARG(actor->uri), (long long)boost_id);
}

struct str outbox_favourite_uri(struct arena *arena, const struct actor *actor, int64_t favourite_id)
{
	return fragment_uri(arena, actor, "likes", favourite_id);
}

struct str outbox_reaction_uri(struct arena *arena, const struct actor *actor, int64_t reaction_id)
{
	return fragment_uri(arena, actor, "reactions", reaction_id);
}

struct str outbox_block_uri(struct arena *arena, const struct actor *actor, int64_t block_id)
{
	return fragment_uri(arena, actor, "blocks", block_id);
}

struct str outbox_report_uri(struct arena *arena, const struct actor *instance_actor, int64_t report_id)
{
	return fragment_uri(arena, instance_actor, "flags", report_id);
}

struct str outbox_vote_uri(struct arena *arena, const struct actor *actor, int64_t vote_id)
{
	return fragment_uri(arena, actor, "votes", vote_id);
}

static struct vocab_activity_out about(const char *type, struct str uri, const struct actor *actor, struct str object_uri)
{
	return (struct vocab_activity_out){
		.uri = uri, .type = type, .actor_uri = actor->uri, .form = VOCAB_AS_URI, .object_uri = object_uri,
	};
}

enum error outbox_follow(struct db *db, struct arena *arena, const struct actor *follower, const struct actor *followed,
	struct str follow_uri)
{
	const struct vocab_activity_out follow = about("Follow", follow_uri, follower, followed->uri);

	return outbox_insert_for_one(db, arena, follower, &follow, followed, followed->uri);
}

enum error outbox_undo_follow(struct db *db, struct arena *arena, const struct actor *follower,
	const struct actor *followed, struct str follow_uri)
{
	const struct vocab_activity_out follow = about("Follow", follow_uri, follower, followed->uri);
	const struct vocab_activity_out undo = outbox_undo(arena, &follow);

	return outbox_insert_for_one(db, arena, follower, &undo, followed, followed->uri);
}

/* The whole Follow is embedded: Mastodon and Misskey find it by its id, others by its actor and object. */
static enum error answer_follow(struct db *db, struct arena *arena, const struct actor *followed,
	const struct actor *follower, struct str follow_uri, const char *type, const char *kind)
{
	const struct vocab_activity_out follow = about("Follow", follow_uri, follower, followed->uri);
	const struct vocab_activity_out answer = {
		.uri = fragment_uri(arena, followed, kind, id_new()),
		.type = type,
		.actor_uri = followed->uri,
		.form = VOCAB_AS_ACTIVITY,
		.activity = &follow,
	};

	return outbox_insert_for_one(db, arena, followed, &answer, follower, follower->uri);
}

static struct activity_out write_accept(struct arena *arena, const struct outbox_accept *accept)
{
	AUTO(buf) struct buf body = { 0 };
	struct audience audience;
	const struct actor followed = { .id = accept->followed_id, .uri = accept->followed_uri };
	const struct actor follower = { .id = accept->follower_id, .uri = accept->follower_uri };
	const struct vocab_activity_out follow = about("Follow", accept->follow_uri, &follower, followed.uri);

	audience_of_one(arena, follower.id, follower.uri, false, &audience);
	const struct vocab_activity_out answer = {
		.uri = fragment_uri(arena, &followed, "accepts/follows", id_new()),
		.type = "Accept",
		.actor_uri = followed.uri,
		.form = VOCAB_AS_ACTIVITY,
		.activity = &follow,
		.addresses = audience.addresses,
	};
	vocab_write_activity(&body, arena, &answer);
	return (struct activity_out){
		.id = id_new(),
		.uri = answer.uri,
		.type = str_from(answer.type),
		.actor_id = followed.id,
		.object_uri = follower.uri,
		.body = arena_str(arena, buf_str(&body)),
	};
}

enum error outbox_accept_follows(struct db *db, struct arena *arena, const struct outbox_accept *accepts, size_t count)
{
	struct activity_out *rows = arena_alloc_array(arena, count, sizeof(*rows));
	int64_t *recipient_ids = arena_alloc_array(arena, count, sizeof(*recipient_ids));

	for (size_t i = 0; i < count; i++) {
		rows[i] = write_accept(arena, &accepts[i]);
		recipient_ids[i] = accepts[i].follower_id;
	}
	return count ? activity_out_insert_for_each(db, arena, rows, recipient_ids, count) : ERROR_NONE;
}

enum error outbox_accept_follow(struct db *db, struct arena *arena, const struct actor *followed,
	const struct actor *follower, struct str follow_uri)
{
	return answer_follow(db, arena, followed, follower, follow_uri, "Accept", "accepts/follows");
}

enum error outbox_reject_follow(struct db *db, struct arena *arena, const struct actor *followed,
	const struct actor *follower, struct str follow_uri)
{
	return answer_follow(db, arena, followed, follower, follow_uri, "Reject", "rejects/follows");
}

enum error outbox_block(struct db *db, struct arena *arena, const struct actor *blocker, const struct actor *blocked,
	struct str block_uri)
{
	const struct vocab_activity_out block = about("Block", block_uri, blocker, blocked->uri);

	return outbox_insert_for_one(db, arena, blocker, &block, blocked, blocked->uri);
}

enum error outbox_undo_block(struct db *db, struct arena *arena, const struct actor *blocker, const struct actor *blocked,
	struct str block_uri)
{
	const struct vocab_activity_out block = about("Block", block_uri, blocker, blocked->uri);
	const struct vocab_activity_out undo = outbox_undo(arena, &block);

	return outbox_insert_for_one(db, arena, blocker, &undo, blocked, blocked->uri);
}

enum error outbox_flag(struct db *db, struct arena *arena, const struct actor *instance_actor, const struct actor *target,
	const struct str *post_uris, size_t count, struct str comment, struct str report_uri)
{
	struct str *objects = arena_alloc_array(arena, count + 1, sizeof(*objects));

	objects[0] = target->uri;
	for (size_t i = 0; i < count; i++)
		objects[i + 1] = post_uris[i];
	const struct vocab_activity_out flag = {
		.uri = report_uri,
		.type = "Flag",
		.actor_uri = instance_actor->uri,
		.form = VOCAB_AS_URIS,
		.object_uris = objects,
		.object_count = count + 1,
		.content = comment.data ? comment : STR_LITERAL(""),
	};
	if (target->is_local)
		return ERROR_NONE;
	/* Addressed to nobody: it is for the moderators over there, not for the one it is about. */
	const struct audience audience = { .reach = { .actor_ids = &target->id, .actor_count = 1 } };
	return outbox_insert(db, arena, &(struct outbox_entry){
		.activity = &flag, .audience = &audience, .actor_id = instance_actor->id, .object_uri = report_uri,
	});
}

enum error outbox_relay_follow(struct db *db, struct arena *arena, const struct actor *instance_actor,
	struct str inbox_url, struct str object_uri, struct str follow_uri, bool is_undone)
{
	const struct vocab_activity_out follow = about("Follow", follow_uri, instance_actor, object_uri);
	const struct vocab_activity_out undo = outbox_undo(arena, &follow);
	const struct audience audience = { .reach = { .inbox_urls = &inbox_url, .inbox_count = 1 } };

	return outbox_insert(db, arena, &(struct outbox_entry){
		.activity = is_undone ? &undo : &follow, .audience = &audience, .actor_id = instance_actor->id, .object_uri = follow_uri,
	});
}

enum error outbox_forward(struct db *db, struct arena *arena, int64_t followed_id, struct str activity_uri,
	struct str type, struct str object_uri, struct str body)
{
	const struct activity_out row = {
		.id = id_new(), .uri = activity_uri, .type = type, .actor_id = followed_id, .object_uri = object_uri, .body = body,
	};
	const struct activity_audience audience = { .to_followers = true };

	enum error error = activity_out_insert(db, arena, &row, &audience);
	return error == ERROR_CONFLICT ? ERROR_NONE : error; /* forwarded before */
}
