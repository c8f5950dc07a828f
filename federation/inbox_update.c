/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Update of posts and actors, by whoever owns them. */
#include "federation/inbox_post.h"

#include "base/mutant.h"

static enum error update_object(struct inbox_context *context, const struct vocab_object *object)
{
	if (!vocab_object_is_by(object, context->actor.uri) && !MUTANT("inbox_update_owner"))
		return inbox_wish_for_post(context, object->id, true);
	if (vocab_object_is_vote(object))
		return inbox_drop(context, "vote");
	return inbox_store_post(context, object, true, context->row->verified_by != ACTIVITY_BY_FETCH);
}

enum error inbox_update(struct inbox_context *context)
{
	struct str id = inbox_object_id(context);
	if (id.len == 0)
		return inbox_drop(context, "no_object");
	if (str_eq(id, context->actor.uri))
		return inbox_update_actor(context);
	if (!inbox_speaks_for(context, id))
		return inbox_drop(context, "not_owner");
	const struct vocab_item *item = &context->activity->objects[0];
	switch (item->kind) {
	case VOCAB_KIND_OBJECT:
		return update_object(context, item->object);
	case VOCAB_KIND_ID:
		return inbox_wish_for_post(context, id, true);
	case VOCAB_KIND_NONE:
	case VOCAB_KIND_UNKNOWN:
	case VOCAB_KIND_ACTIVITY:
	case VOCAB_KIND_ACTOR:
	case VOCAB_KIND_COLLECTION:
	case VOCAB_KIND_KEY:
		break;
	}
	return inbox_drop(context, "type");
}
