/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * From an activity about a post to the post. */
#include "federation/inbox_post.h"

#include "federation/federation.h"
#include "federation/outbox.h"
#include "federation/proof.h"
#include "federation/remote_post.h"

#include "base/mutant.h"
#include "base/url.h"
#include "storage/block.h"

enum error inbox_find_arrival(const struct inbox_context *context, struct str uri, struct post_arrival *ret_arrival)
{
	const struct vocab_audience *audience = &context->activity->audience;
	const struct vocab_ids *lists[] = { &audience->to, &audience->cc, &audience->bto, &audience->bcc, &audience->audience };
	size_t room = 0;
	size_t count = 0;
	struct url url;
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		room += lists[i]->count;
	struct str *uris = arena_alloc_array(context->arena, room, sizeof(*uris));
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		for (size_t j = 0; j < lists[i]->count; j++)
			uris[count++] = lists[i]->ids[j];
	struct post_arrival_question question = {
		.uri = uri,
		.authority = url_parse(context->arena, uri, &url) ? url.authority : (struct str){ 0 },
		.author_uri = context->actor.uri,
		.addressed_uris = uris,
		.addressed_count = count,
	};
	return post_arrival_find(context->db, context->arena, &question, ret_arrival);
}

enum error inbox_wish_for_post(struct inbox_context *context, struct str uri, bool is_update)
{
	struct post_arrival arrival;
	if (uri.len == 0)
		return inbox_drop(context, "no_id");
	enum error error = inbox_find_arrival(context, uri, &arrival);
	if (error)
		return error;
	if (arrival.is_ours)
		return inbox_drop(context, "ours");
	if (arrival.is_tombstoned)
		return inbox_drop(context, "tombstone");
	if (arrival.post_id != 0 && !is_update)
		return inbox_done(context);
	bool is_relevant = arrival.post_id != 0 || arrival.is_author_followed || arrival.is_addressed_to_us ||
		context->row->inbox_actor_id != 0;
	if (!is_relevant && !MUTANT("inbox_wish_relevance"))
		return inbox_drop(context, "irrelevant");
	struct fetch_wish wish = { .uri = uri, .kind = arrival.post_id != 0 ? FETCH_UPDATE : FETCH_OBJECT };
	error = fetch_wish(context->db, context->arena, &wish);
	return error ? error : inbox_done(context);
}

/* The proof has to hold by the key that is known of the actor: those to whom it is passed on ask for no less. */
static bool has_proof(const struct inbox_context *context)
{
	struct proof_claim claim;
	const char *reason;
	switch (context->row->verified_by) {
	case ACTIVITY_BY_PROOF:
		return true;
	case ACTIVITY_BY_FETCH:
		return false;
	case ACTIVITY_BY_SIGNATURE:
		break;
	}
	if (!context->actor.ed25519_public_bytes.data ||
		proof_read(context->arena, context->document, context->now_us, &claim, &reason) != PROOF_CLAIMED)
		return false;
	AUTO(public_key) struct public_key *key = public_key_from_ed25519(context->actor.ed25519_public_bytes);
	return key && (proof_verify(&claim, key) == PROOF_ACCEPTED || MUTANT("inbox_forward_proof"));
}

enum error inbox_forward(const struct inbox_context *context, struct str object_uri, int64_t thread_actor_id)
{
	bool is_blocked = false;
	/* What was wrapped by a group is not the document that was signed. */
	bool is_whole = str_eq(context->activity->id, context->row->uri);
	if (thread_actor_id == 0 || !is_whole || !has_proof(context))
		return ERROR_NONE;
	enum error error = block_exists(context->db, context->arena, thread_actor_id, context->actor.id, &is_blocked);
	if (error || is_blocked)
		return error;
	return outbox_forward(context->db, context->arena, thread_actor_id, context->row->uri, context->row->type, object_uri,
		context->row->body);
}

bool inbox_post_is_locked(const struct inbox_context *context, const struct vocab_object *object)
{
	const struct vocab_activity *activity = context->activity;
	return activity->object_count == 1 && activity->objects[0].object == object &&
		str_eq(activity->id, context->row->uri) && str_eq(object->id, context->row->object_uri);
}

enum error inbox_store_post(struct inbox_context *context, const struct vocab_object *object, bool is_update, bool is_pushed)
{
	struct remote_post post;
	struct remote_post_origin origin = {
		.received_us = context->row->received_us,
		.inbox_actor_id = context->row->inbox_actor_id,
		.is_update = is_update,
		.is_pushed = is_pushed,
		.is_locked = inbox_post_is_locked(context, object),
	};
	enum error error = remote_post_store(context->federation, context->db, context->arena, object, &origin, &post);
	if (error)
		return error;
	switch (post.outcome) {
	case REMOTE_POST_WAITS:
		return inbox_park(context, post.wanted_uri, FETCH_ACTOR);
	case REMOTE_POST_REFUSED:
		return inbox_drop(context, post.reason);
	case REMOTE_POST_STORED:
		error = inbox_forward(context, object->id, post.thread_actor_id);
		break;
	case REMOTE_POST_KNOWN:
		break;
	}
	return error ? error : inbox_done(context);
}

enum error inbox_store_posts(struct inbox_context *const *contexts, const struct vocab_object *const *objects, size_t count,
	bool *ret_is_done)
{
	struct arena *arena = contexts[0]->arena;
	struct remote_post_arriving *arriving = arena_alloc_array(arena, count, sizeof(*arriving));
	struct remote_post_origin *origins = arena_alloc_array(arena, count, sizeof(*origins));
	for (size_t i = 0; i < count; i++) {
		origins[i] = (struct remote_post_origin){
			.received_us = contexts[i]->row->received_us,
			.inbox_actor_id = contexts[i]->row->inbox_actor_id,
			.is_pushed = true,
			.is_locked = true,
		};
		arriving[i] = (struct remote_post_arriving){ .object = objects[i], .origin = &origins[i] };
	}
	enum error error = remote_post_store_many(contexts[0]->federation, contexts[0]->db, arena, arriving, count);
	for (size_t i = 0; i < count && !error; i++) {
		ret_is_done[i] = arriving[i].is_stored;
		if (!arriving[i].is_stored)
			continue;
		(void)inbox_done(contexts[i]);
		if (arriving[i].post.thread_actor_id == 0)
			continue;
		error = actor_find_by_uri(contexts[i]->db, arena, contexts[i]->row->actor_uri, &contexts[i]->actor);
		if (!error)
			error = inbox_forward(contexts[i], objects[i]->id, arriving[i].post.thread_actor_id);
	}
	return error;
}
