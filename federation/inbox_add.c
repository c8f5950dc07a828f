/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Add: to the actor's featured posts (pins) or hashtags. A pinned post that is not here is fetched first. */
#include "federation/inbox_feature.h"

#include "storage/pin.h"

static enum error add_post(struct inbox_context *context, struct str uri)
{
	struct post post;
	enum error error = post_find_any_by_uri(context->db, context->arena, uri, &post);
	if (error == ERROR_NOT_FOUND)
		return inbox_speaks_for(context, uri) ? inbox_park(context, uri, FETCH_OBJECT) : inbox_drop(context, "foreign");
	if (!error)
		error = pin_add(context->db, context->arena, context->actor.id, post.id);
	if (error == ERROR_NOT_FOUND)
		return inbox_drop(context, "not_owner");
	if (error == ERROR_UNPROCESSABLE)
		return inbox_drop(context, "too_many");
	return error ? error : inbox_done(context);
}

enum error inbox_add(struct inbox_context *context)
{
	struct inbox_feature feature;
	const char *reason;
	if (!inbox_read_feature(context, &feature, &reason))
		return inbox_drop(context, reason);
	if (!feature.tag.data)
		return add_post(context, feature.post_uri);
	enum error error = featured_tag_add(context->db, context->arena, context->actor.id, feature.tag);
	if (error == ERROR_UNPROCESSABLE)
		return inbox_drop(context, "too_many");
	return error ? error : inbox_done(context);
}
