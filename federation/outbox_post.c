/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Posts and polls of local actors: Create, Update, Delete, and votes on questions elsewhere. */
#include "federation/outbox_parts.h"

#include "storage/activity_out.h"
#include "storage/id.h"

static enum error load(struct db *db, struct arena *arena, int64_t post_id, enum audience_purpose purpose,
	struct post *ret_post, struct post_document *ret_document, struct audience *ret_audience)
{
	enum error error = post_find_any(db, arena, post_id, ret_post);
	if (error)
		return error;
	error = post_document_load(db, arena, ret_post, ret_document);
	return error ? error : audience_of_post(db, arena, ret_document, purpose, ret_audience);
}

static enum error insert(struct db *db, struct arena *arena, const struct vocab_activity_out *activity,
	const struct post *post, const struct audience *audience)
{
	return outbox_insert(db, arena, &(struct outbox_entry){
		.activity = activity, .audience = audience, .actor_id = post->actor_id, .post_id = post->id, .object_uri = post->uri,
	});
}

enum error outbox_create_post(struct db *db, struct arena *arena, int64_t post_id)
{
	struct post post;
	struct post_document document;
	struct audience audience;
	bool is_wanted;

	enum error error = activity_out_post_is_wanted(db, arena, post_id, &is_wanted);
	if (error || !is_wanted)
		return error;
	error = load(db, arena, post_id, AUDIENCE_CREATE, &post, &document, &audience);
	if (error)
		return error;
	const struct vocab_activity_out create = vocab_create(arena, &document.vocab);
	return insert(db, arena, &create, &post, &audience);
}

enum error outbox_update_post(struct db *db, struct arena *arena, int64_t post_id)
{
	struct post post;
	struct post_document document;
	struct audience audience;

	enum error error = load(db, arena, post_id, AUDIENCE_UPDATE, &post, &document, &audience);
	if (error)
		return error;
	const struct vocab_activity_out update = {
		.uri = outbox_derived_uri(arena, post.uri, "updates", id_new()),
		.type = "Update",
		.actor_uri = post.actor_uri,
		.published_us = post.edited_us,
		.form = VOCAB_AS_POST,
		.post = &document.vocab,
	};
	return insert(db, arena, &update, &post, &audience);
}

enum error outbox_delete_post(struct db *db, struct arena *arena, int64_t post_id)
{
	struct post post;
	struct post_document document;
	struct audience audience;

	enum error error = load(db, arena, post_id, AUDIENCE_DELETE, &post, &document, &audience);
	if (error)
		return error;
	const struct vocab_activity_out deletion = {
		.uri = arena_printf(arena, "%.*s#delete", STR_ARG(post.uri)),
		.type = "Delete",
		.actor_uri = post.actor_uri,
		.form = VOCAB_AS_TOMBSTONE,
		.object_uri = post.uri,
	};
	return insert(db, arena, &deletion, &post, &audience);
}

static enum error send_vote(struct db *db, struct arena *arena, const struct actor *actor, const struct post *post,
	struct str title, struct str uri)
{
	struct audience audience;
	const struct vocab_vote vote = {
		.uri = uri,
		.actor_uri = actor->uri,
		.question_uri = post->uri,
		.question_actor_uri = post->actor_uri,
		.title = title,
	};
	const struct vocab_activity_out create = {
		.uri = arena_printf(arena, "%.*s/activity", STR_ARG(uri)),
		.type = "Create",
		.actor_uri = actor->uri,
		.form = VOCAB_AS_VOTE,
		.vote = &vote,
	};

	audience_of_one(arena, post->actor_id, post->actor_uri, true, &audience);
	return outbox_insert(db, arena,
		&(struct outbox_entry){ .activity = &create, .audience = &audience, .actor_id = actor->id, .object_uri = uri });
}

enum error outbox_vote(struct db *db, struct arena *arena, const struct actor *actor, const struct post *post,
	const struct str *titles, const struct str *uris, size_t count)
{
	enum error error = ERROR_NONE;

	for (size_t i = 0; i < count && !error && !post->is_local; i++)
		error = send_vote(db, arena, actor, post, titles[i], uris[i]);
	return error;
}
