/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Repeated requests. */
#include "server/action/repetition.h"

#include "server/action/composition.h"

#include "base/mutant.h"

enum error repetition_find(struct db *db, struct arena *arena, const struct repetition *repetition,
	struct idempotency *ret_first, struct str *ret_message)
{
	struct idempotency first;
	if (!repetition->key.len)
		return ERROR_NOT_FOUND;
	enum error error = idempotency_find(db, arena, repetition->user_id, repetition->key, &first);
	if (error)
		return error;
	if (!str_eq(first.request_sha256, repetition->sha256) && !MUTANT("repetition_body"))
		return composition_refuse("Validation failed: Idempotency-Key was used for another request", ret_message);
	*ret_first = first;
	return ERROR_NONE;
}

enum error repetition_note(struct db *db, struct arena *arena, const struct repetition *repetition,
	enum idempotency_kind kind, int64_t result_id)
{
	if (!repetition->key.len || MUTANT("repetition_note"))
		return ERROR_NONE;
	const struct idempotency idempotency = { .user_id = repetition->user_id, .key = repetition->key,
		.request_sha256 = repetition->sha256, .kind = kind, .result_id = result_id };
	return idempotency_add(db, arena, &idempotency);
}
