/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Deleting a post: here at once, elsewhere as soon as the others hear of it. */
#ifndef COMPTOIR_SERVER_ACTION_DELETE_POST_H
#define COMPTOIR_SERVER_ACTION_DELETE_POST_H

#include "storage/post.h"

/* In a transaction of its own: db must not be in one. Its files stay the author's unless deletes_media. *ret_post is as it
 * was. ERROR_NOT_FOUND when it is not there or
 * not the actor's, ERROR_FORBIDDEN when the actor may not act. */
enum error delete_post(struct db *db, struct arena *arena, int64_t actor_id, int64_t post_id, bool deletes_media,
	struct post *ret_post) MUST_CHECK;

#endif
