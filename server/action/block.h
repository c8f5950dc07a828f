/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The functions through which every door blocks. Each is a transaction of its own: db must not be in one. */
#ifndef COMPTOIR_SERVER_ACTION_BLOCK_H
#define COMPTOIR_SERVER_ACTION_BLOCK_H

#include "storage/block.h"

/* Ends the follows of both directions too, and tells the other's server all of it. Twice is fine. ERROR_FORBIDDEN for
 * oneself or when the blocker may not act, ERROR_NOT_FOUND when the other is not there. */
enum error block_start(struct db *db, struct arena *arena, int64_t blocker_id, int64_t blocked_id) MUST_CHECK;

/* ERROR_NOT_FOUND when there was no block. */
enum error block_stop(struct db *db, struct arena *arena, int64_t blocker_id, int64_t blocked_id) MUST_CHECK;

#endif
