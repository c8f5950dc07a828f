/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What a write with an Idempotency-Key gave, so that its repetition gives the same, for 24 hours. */
#ifndef COMPTOIR_STORAGE_IDEMPOTENCY_H
#define COMPTOIR_STORAGE_IDEMPOTENCY_H

#include "storage/db.h"

#define IDEMPOTENCY_KEY_MAX_CHARACTERS 255

enum idempotency_kind { IDEMPOTENT_POST, IDEMPOTENT_SCHEDULED };

struct idempotency {
	int64_t user_id;
	struct str key;            /* 1 to IDEMPOTENCY_KEY_MAX_CHARACTERS */
	struct str request_sha256; /* 32 bytes: another request under the same key is a mistake */
	enum idempotency_kind kind;
	int64_t result_id;
};

/* ERROR_NOT_FOUND when the key was not used within 24 hours. */
enum error idempotency_find(struct db *db, struct arena *arena, int64_t user_id, struct str key,
	struct idempotency *ret_idempotency) MUST_CHECK;

/* In the transaction of the write: whoever comes second waits for the first to end. ERROR_CONFLICT when that committed;
 * the transaction stays usable. */
enum error idempotency_add(struct db *db, struct arena *arena, const struct idempotency *idempotency) MUST_CHECK;

#endif
