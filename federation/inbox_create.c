/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Create: an object is believed when its sender is its only author and shares its origin, else it is read from there
 * (CHECKLIST A2). Several objects in one activity are votes (GoToSocial). */
#include "federation/inbox_post.h"

#include "base/mutant.h"

static enum error create_one(struct inbox_context *context, const struct vocab_item *item)
{
	bool is_embedded = item->kind == VOCAB_KIND_OBJECT;
	if (!is_embedded && item->kind != VOCAB_KIND_ID)
		return inbox_drop(context, "type");
	bool is_own = is_embedded && vocab_object_is_by(item->object, context->actor.uri);
	if (!is_own && !(is_embedded && MUTANT("inbox_create_owner")))
		return inbox_wish_for_post(context, item->id, false);
	if (vocab_object_is_vote(item->object))
		return inbox_vote(context, item->object);
	return inbox_store_post(context, item->object, false, context->row->verified_by != ACTIVITY_BY_FETCH);
}

static bool is_vote(const struct vocab_item *item)
{
	return item->kind == VOCAB_KIND_OBJECT && vocab_object_is_vote(item->object);
}

enum error inbox_create(struct inbox_context *context)
{
	const struct vocab_activity *activity = context->activity;
	bool is_done = false;
	enum error error = inbox_drop(context, "no_object");
	for (size_t i = 0; i < activity->object_count && !error; i++) {
		if (i > 0 && !is_vote(&activity->objects[i]) && !MUTANT("inbox_create_many"))
			continue;
		error = create_one(context, &activity->objects[i]);
		is_done = is_done || context->outcome == INBOX_DONE;
		if (context->outcome == INBOX_PARKED)
			return error;
	}
	return error || !is_done ? error : inbox_done(context);
}

/* Written by its sender and no vote, alone in its activity; else NULL. */
static const struct vocab_object *plain_post(const struct inbox_context *context)
{
	const struct vocab_activity *activity = context->activity;
	if (activity->type != VOCAB_CREATE || activity->object_count != 1 || activity->objects[0].kind != VOCAB_KIND_OBJECT)
		return NULL;
	const struct vocab_object *object = activity->objects[0].object;
	if (!vocab_object_is_by(object, context->actor.uri) || vocab_object_is_vote(object))
		return NULL;
	bool is_pushed = context->row->verified_by != ACTIVITY_BY_FETCH;
	return is_pushed && inbox_post_is_locked(context, object) ? object : NULL;
}

enum error inbox_create_many(struct inbox_context *const *contexts, size_t count, bool *ret_is_done)
{
	if (count == 0)
		return ERROR_NONE;
	struct arena *arena = contexts[0]->arena;
	struct inbox_context **chosen = arena_alloc_array(arena, count, sizeof(struct inbox_context *));
	const struct vocab_object **objects = arena_alloc_array(arena, count, sizeof(struct vocab_object *));
	size_t *places = arena_alloc_array(arena, count, sizeof(*places));
	bool *is_done = arena_alloc_array(arena, count, sizeof(*is_done));
	size_t chosen_count = 0;
	for (size_t i = 0; i < count; i++) {
		const struct vocab_object *object = plain_post(contexts[i]);
		if (!object)
			continue;
		chosen[chosen_count] = contexts[i];
		objects[chosen_count] = object;
		places[chosen_count++] = i;
	}
	if (chosen_count < 2)
		return ERROR_NONE;
	enum error error = inbox_store_posts(chosen, objects, chosen_count, is_done);
	for (size_t i = 0; i < chosen_count && !error; i++)
		ret_is_done[places[i]] = is_done[i];
	return error;
}
