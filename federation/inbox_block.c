/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Block: of a local actor. The follows of both directions end with it. Lemmy's bans, which name a community as their
 * target, are no blocks. */
#include "federation/inbox_handler.h"

#include "storage/block.h"
#include "storage/id.h"

enum error inbox_block(struct inbox_context *context)
{
	struct actor blocked;
	bool is_undone = false;
	if (context->activity->target.id.data)
		return inbox_drop(context, "ban");
	enum error error = inbox_find_local(context, inbox_object_id(context), &blocked);
	if (error == ERROR_NOT_FOUND)
		return inbox_drop(context, "not_ours");
	if (!error)
		error = inbox_is_undone(context, &is_undone);
	if (error)
		return error;
	if (is_undone)
		return inbox_drop(context, "undone");
	error = block_create(context->db, context->arena, id_new(), context->actor.id, blocked.id, context->activity->id);
	if (error == ERROR_CONFLICT)
		return inbox_drop(context, "id_of_another");
	return error ? error : inbox_done(context);
}
