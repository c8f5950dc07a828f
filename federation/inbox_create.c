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
