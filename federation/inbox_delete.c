/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Delete: of a post by its author, of an actor by itself, of a consent to be quoted by its giver. What is not here is
 * remembered, so that a Create that comes later stays without effect, but only within the origin of whoever says so
 * (CHECKLIST A5, A14). */
#include "federation/inbox_post.h"

#include "federation/federation.h"
#include "federation/key_ring.h"
#include "federation/outbox.h"
#include "storage/quote.h"
#include "storage/reaction.h"
#include "storage/tombstone.h"
#include "base/mutant.h"

static enum error delete_actor(struct inbox_context *context)
{
	enum error error = actor_delete(context->db, context->arena, context->actor.id);
	if (error)
		return error;
	if (context->federation->keys)
		key_ring_forget(context->federation->keys, context->actor.uri);
	return inbox_done(context);
}

/* A proof outlives forwarding: the followers of the one who was answered saw the post through us (ActivityPub 7.1.2). */
static enum error forward(struct inbox_context *context, const struct post *post)
{
	struct actor answered;
	if (!post->in_reply_to_actor_id || post->visibility > POST_UNLISTED)
		return ERROR_NONE;
	enum error error = actor_find_by_id(context->db, context->arena, post->in_reply_to_actor_id, &answered);
	if (error || !answered.is_local)
		return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
	return inbox_forward(context, post->uri, answered.id);
}

static enum error delete_post(struct inbox_context *context, const struct post *post)
{
	if (post->actor_id != context->actor.id && !MUTANT("inbox_delete_owner"))
		return inbox_drop(context, "not_owner");
	enum error error = forward(context, post);
	if (!error)
		error = post_delete(context->db, context->arena, post->id);
	return error ? error : inbox_done(context);
}

static enum error revoke_quote(struct inbox_context *context, struct str uri, bool *ret_was_one)
{
	int64_t *post_ids;
	size_t count;
	if (!inbox_speaks_for(context, uri))
		return ERROR_NONE;
	enum error error = quote_revoke(context->db, context->arena, uri, context->actor.id, &post_ids, &count);
	if (error)
		return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
	*ret_was_one = true;
	for (size_t i = 0; i < count && !error; i++)
		error = outbox_update_post(context->db, context->arena, post_ids[i]);
	return error;
}

/* Some delete their boosts instead of undoing them. */
static enum error remove_reaction(struct inbox_context *context, struct str uri, bool *ret_was_one)
{
	enum reaction_kind kind;
	int64_t post_id;
	enum error error = reaction_remove_by_uri(context->db, context->arena, context->actor.id, uri, &kind, &post_id);
	*ret_was_one = !error;
	return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
}

static enum error remember(struct inbox_context *context, struct str uri)
{
	struct actor other;
	if (!inbox_speaks_for(context, uri))
		return inbox_drop(context, "foreign");
	enum error error = actor_find_by_uri(context->db, context->arena, uri, &other);
	if (!error && !MUTANT("inbox_delete_actor"))
		return inbox_drop(context, "not_owner");
	if (error && error != ERROR_NOT_FOUND)
		return error;
	struct tombstone tombstone = { .uri = uri };
	error = tombstone_add(context->db, context->arena, &tombstone);
	return error ? error : inbox_done(context);
}

enum error inbox_delete(struct inbox_context *context)
{
	struct str uri = inbox_object_id(context);
	struct post post;
	bool was_one = false;
	if (!uri.data)
		return inbox_drop(context, "no_object");
	if (str_eq(uri, context->actor.uri))
		return delete_actor(context);
	enum error error = post_find_any_by_uri(context->db, context->arena, uri, &post);
	if (!error)
		return delete_post(context, &post);
	if (error != ERROR_NOT_FOUND)
		return error;
	error = revoke_quote(context, uri, &was_one);
	if (!error && !was_one)
		error = remove_reaction(context, uri, &was_one);
	if (error)
		return error;
	return was_one ? inbox_done(context) : remember(context, uri);
}

enum error inbox_delete_by_stranger(struct inbox_context *context)
{
	struct str uri = inbox_object_id(context);
	struct post post;
	if (!uri.data || str_eq(uri, context->activity->actor_id))
		return inbox_drop(context, "stranger");
	enum error error = post_find_any_by_uri(context->db, context->arena, uri, &post);
	if (!error)
		return inbox_drop(context, "not_owner");
	return error == ERROR_NOT_FOUND ? remember(context, uri) : error;
}
