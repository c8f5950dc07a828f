/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Reads Add and Remove. Mastodon names the collection of posts as the target of hashtags too, so the thing itself tells
 * what it is. */
#include "federation/inbox_feature.h"

#include "base/hashtag.h"
#include "base/json_in.h"
#include "base/mutant.h"

static bool is_own_collection(const struct inbox_context *context)
{
	struct str target = context->activity->target.id;
	if (MUTANT("inbox_feature_target"))
		return true;
	return target.data && (str_eq(target, context->actor.featured_url) || str_eq(target, context->actor.featured_tags_url));
}

/* vocab_in reads no name of things that it does not know. */
static struct str read_tag(const struct inbox_context *context)
{
	const json_t *object = json_object_get(context->document, "object");
	if (json_is_array(object))
		object = json_array_get(object, 0);
	struct str name = json_in_str(object, "name");
	if (str_starts_with(name, STR_LITERAL("#")))
		name = str_slice(name, 1, name.len);
	return hashtag_key(context->arena, name);
}

bool inbox_read_feature(const struct inbox_context *context, struct inbox_feature *ret_feature, const char **ret_reason)
{
	const struct vocab_activity *activity = context->activity;
	*ret_feature = (struct inbox_feature){ 0 };
	*ret_reason = "not_theirs";
	if (!is_own_collection(context))
		return false;
	*ret_reason = "no_object";
	if (activity->object_count != 1)
		return false;
	if (str_eq(activity->objects[0].type_name, STR_LITERAL("Hashtag"))) {
		ret_feature->tag = read_tag(context);
		return !str_is_empty(ret_feature->tag);
	}
	ret_feature->post_uri = activity->objects[0].id;
	return ret_feature->post_uri.data != NULL;
}
