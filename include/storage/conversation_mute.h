/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Threads of which an actor wants to hear no more. */
#ifndef COMPTOIR_STORAGE_CONVERSATION_MUTE_H
#define COMPTOIR_STORAGE_CONVERSATION_MUTE_H

#include "storage/db.h"

/* conversation_id: that of the thread's posts. Doing either twice is fine. */
enum error conversation_mute_add(struct db *db, struct arena *arena, int64_t actor_id, int64_t conversation_id) MUST_CHECK;
enum error conversation_mute_remove(struct db *db, struct arena *arena, int64_t actor_id, int64_t conversation_id) MUST_CHECK;

#endif
