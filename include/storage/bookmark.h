/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Posts that people want to find again. Private: nobody is told. The caller has checked that the actor may see the
 * post. */
#ifndef COMPTOIR_STORAGE_BOOKMARK_H
#define COMPTOIR_STORAGE_BOOKMARK_H

#include "storage/db.h"

/* Twice is fine. ERROR_NOT_FOUND when the post is absent. */
enum error bookmark_add(struct db *db, struct arena *arena, int64_t actor_id, int64_t post_id) MUST_CHECK;
/* Removing what is not there is fine. */
enum error bookmark_remove(struct db *db, struct arena *arena, int64_t actor_id, int64_t post_id) MUST_CHECK;

#endif
