/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Which servers know an actor: those that must hear when it goes. */
#ifndef COMPTOIR_STORAGE_ACQUAINTANCE_H
#define COMPTOIR_STORAGE_ACQUAINTANCE_H

#include "storage/db.h"

/* One remote actor for each inbox (the shared one where there is one) of those whom actor_id follows, mentioned,
 * answered or quoted, and of those who boosted, favourited, answered, quoted or voted on its posts. Its followers are
 * left out. */
enum error acquaintance_list(struct db *db, struct arena *arena, int64_t actor_id, int64_t **ret_actor_ids,
	size_t *ret_count) MUST_CHECK;

#endif
