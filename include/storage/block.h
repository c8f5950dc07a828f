/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Who wants nothing to do with whom. A block ends the follows of both directions. */
#ifndef COMPTOIR_STORAGE_BLOCK_H
#define COMPTOIR_STORAGE_BLOCK_H

#include "storage/db.h"

struct block {
	int64_t id;
	int64_t blocker_id;
	int64_t blocked_id;
};

/* In the caller's transaction: also removes the follows between the two, with their counters. Blocking twice is fine
 * and keeps the first uri. ERROR_NOT_FOUND when either is absent, ERROR_UNPROCESSABLE for blocking oneself,
 * ERROR_CONFLICT when another pair has the uri. */
enum error block_create(struct db *db, struct arena *arena, int64_t id, int64_t blocker_id, int64_t blocked_id,
	struct str uri) MUST_CHECK;

/* ERROR_NOT_FOUND when there was none; *ret_uri is that of its activity. */
enum error block_remove(struct db *db, struct arena *arena, int64_t blocker_id, int64_t blocked_id, struct str *ret_uri) MUST_CHECK;

/* For Undo by the id of the Block. ERROR_NOT_FOUND. */
enum error block_find_by_uri(struct db *db, struct arena *arena, struct str uri, struct block *ret_block) MUST_CHECK;

/* Whether either blocks the other. */
enum error block_is_between(struct db *db, struct arena *arena, int64_t one_id, int64_t other_id, bool *ret_is) MUST_CHECK;
/* Whether blocker blocks blocked. */
enum error block_exists(struct db *db, struct arena *arena, int64_t blocker_id, int64_t blocked_id, bool *ret_exists) MUST_CHECK;

#endif
