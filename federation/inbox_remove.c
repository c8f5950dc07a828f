/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Remove: from the actor's featured posts or hashtags. */
#include "federation/inbox_feature.h"

#include "storage/pin.h"

enum error inbox_remove(struct inbox_context *context)
{
	struct inbox_feature feature;
	struct post post;
	const char *reason;
	if (!inbox_read_feature(context, &feature, &reason))
		return inbox_drop(context, reason);
	enum error error;
	if (feature.tag.data) {
		error = featured_tag_remove(context->db, context->arena, context->actor.id, feature.tag);
	} else {
		error = post_find_any_by_uri(context->db, context->arena, feature.post_uri, &post);
		if (!error)
			error = pin_remove(context->db, context->arena, context->actor.id, post.id);
	}
	if (error == ERROR_NOT_FOUND)
		return inbox_drop(context, "not_pinned");
	return error ? error : inbox_done(context);
}
