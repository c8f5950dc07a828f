/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Requests that carry an Idempotency-Key: an app that got no answer sends them again and means the same. */
#ifndef COMPTOIR_SERVER_ACTION_REPETITION_H
#define COMPTOIR_SERVER_ACTION_REPETITION_H

#include "storage/idempotency.h"

struct repetition {
	int64_t user_id;
	struct str key;    /* empty: the request may be done any number of times */
	struct str sha256; /* of what is asked */
};

/* What the first request gave. ERROR_NOT_FOUND: there was none, or there is no key. ERROR_UNPROCESSABLE with a sentence:
 * the key came with another request. */
enum error repetition_find(struct db *db, struct arena *arena, const struct repetition *repetition,
	struct idempotency *ret_first, struct str *ret_message) MUST_CHECK;

/* In the transaction of the deed, before it. ERROR_CONFLICT: somebody else was first, and has committed. */
enum error repetition_note(struct db *db, struct arena *arena, const struct repetition *repetition,
	enum idempotency_kind kind, int64_t result_id) MUST_CHECK;

#endif
