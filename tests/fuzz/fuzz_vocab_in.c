/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Documents of other servers, read as everything that they might be. */
#include "federation/vocab_in.h"

#include "base/json_in.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new(VOCAB_ARENA_BYTES);
	struct vocab_rules rules = { .received_us = INT64_C(1795348800000000) };
	struct vocab_activity activity;
	struct vocab_object object;
	struct vocab_actor actor;
	struct vocab_collection collection;
	struct vocab_key key;
	json_t *document;

	if (json_in_parse((struct str){ (const char *)data, size }, NULL, &document) != ERROR_NONE)
		return 0;
	if (vocab_read_activity(arena, document, &rules, &activity) == ERROR_NONE)
		assert(activity.published_us <= rules.received_us && vocab_id_is_acceptable(activity.actor_id, VOCAB_ID_DOCUMENT, &rules));
	arena_reset(arena);
	if (vocab_read_object(arena, document, &rules, &object) == ERROR_NONE)
		assert(object.published_us <= rules.received_us && vocab_same_origin(object.id, object.url));
	arena_reset(arena);
	if (vocab_read_actor(arena, document, &rules, &actor) == ERROR_NONE)
		assert(!actor.inbox.data || vocab_same_origin(actor.id, actor.inbox));
	arena_reset(arena);
	if (vocab_read_collection(arena, document, &rules, &collection) == ERROR_NONE)
		assert(collection.item_count <= VOCAB_ITEMS_MAX);
	if (vocab_read_key(arena, document, &rules, &key) == ERROR_NONE)
		assert(vocab_same_origin(key.id, key.owner));
	json_decref(document);
	return 0;
}
