/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Update of an actor. Whatever was pushed, keys above all, could have been made by whoever took a key: the document is
 * read anew from the actor's own server (CHECKLIST A4, ADVISORIES 111). */
#include "federation/inbox_handler.h"

enum error inbox_update_actor(struct inbox_context *context)
{
	if (context->actor.fetched_us > context->row->received_us)
		return inbox_done(context);
	struct fetch_wish wish = { .uri = context->actor.uri, .kind = FETCH_ACTOR };
	enum error error = fetch_wish(context->db, context->arena, &wish);
	return error ? error : inbox_done(context);
}
