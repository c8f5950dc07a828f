/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Bodies that anyone may send to an inbox, as far as they are read before a key is looked for. */
#include "federation/inbox_head.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new(VOCAB_ARENA_BYTES);
	AUTO(inbox_head) struct inbox_head head = { 0 };
	struct vocab_rules rules = { .received_us = INT64_C(1795348800000000) };
	if (inbox_head_read(arena, (struct str){ (const char *)data, size }, &rules, &head)) {
		assert(!head.document);
		return 0;
	}
	const struct vocab_activity *activity = &head.activity;
	assert(json_is_object(head.document) && activity->id.len > 0 && activity->id.len <= VOCAB_ID_MAX_BYTES);
	assert(vocab_id_is_acceptable(activity->actor_id, VOCAB_ID_DOCUMENT, &rules));
	assert(!head.is_handled || (activity->type_name.len > 0 && activity->type_name.len <= 100));
	assert(!head.order_uri.data || (head.order_uri.len > 0 && head.order_uri.len <= VOCAB_ID_MAX_BYTES));
	if (head.is_about_itself)
		assert(str_eq(activity->objects[0].id, activity->actor_id));
	return 0;
}
