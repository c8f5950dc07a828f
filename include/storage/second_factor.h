/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The second factor of users (struct user holds its sealed secret) and the codes that help when it is lost. */
#ifndef COMPTOIR_STORAGE_SECOND_FACTOR_H
#define COMPTOIR_STORAGE_SECOND_FACTOR_H

#include "storage/db.h"

/* In the caller's transaction. step: the one that proved that the secret had arrived; it counts as used. */
enum error second_factor_set(struct db *db, struct arena *arena, int64_t user_id, struct str sealed, int64_t step) MUST_CHECK;
/* In the caller's transaction; recovery codes go as well. */
enum error second_factor_clear(struct db *db, struct arena *arena, int64_t user_id) MUST_CHECK;
/* ERROR_CONFLICT when this step or a later one was used before. */
enum error second_factor_use_step(struct db *db, struct arena *arena, int64_t user_id, int64_t step) MUST_CHECK;

/* In the caller's transaction. hashes: SHA-256, in place of those that were there. */
enum error recovery_code_replace(struct db *db, struct arena *arena, int64_t user_id, const struct str *hashes,
	size_t count) MUST_CHECK;
/* ERROR_NOT_FOUND when it is none of the user's, or was used. */
enum error recovery_code_use(struct db *db, struct arena *arena, int64_t user_id, struct str hash) MUST_CHECK;
enum error recovery_code_count(struct db *db, struct arena *arena, int64_t user_id, int64_t *ret_count) MUST_CHECK;

#endif
