/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Collections and their pages. Pages are only followed on the collection's own origin, so that a list cannot send
 * us elsewhere (CHECKLIST D8); whether an item may be believed is for whoever uses it. */
#include "federation/vocab_in_values.h"

#include "base/mutant.h"

static const json_t *items_of(const struct vocab_reader *reader, const json_t *json)
{
	const json_t *items = vocab_get(reader, json, PROPERTY_ORDERED_ITEMS);
	return items ? items : vocab_get(reader, json, PROPERTY_ITEMS);
}

static void read_items(struct vocab_reader *reader, const json_t *value, struct vocab_collection *collection)
{
	size_t count = vocab_count(value);
	if (count > VOCAB_ITEMS_MAX && !MUTANT("vocab_items_limit"))
		count = VOCAB_ITEMS_MAX;
	if (count > 0)
		collection->items = arena_alloc_array(reader->arena, count, sizeof(*collection->items));
	for (size_t i = 0; i < count; i++) {
		struct vocab_item *item = &collection->items[collection->item_count];
		vocab_fill_item(reader, vocab_at(value, i), NULL, item);
		if (item->kind != VOCAB_KIND_NONE)
			collection->item_count++;
	}
}

static void fill_collection(struct vocab_reader *reader, const json_t *json, struct vocab_collection *ret_collection)
{
	struct vocab_collection collection = {
		.is_ordered = vocab_has_type(json, "OrderedCollection") || vocab_has_type(json, "OrderedCollectionPage"),
		.is_page = vocab_has_type(json, "CollectionPage") || vocab_has_type(json, "OrderedCollectionPage"),
		.id = vocab_id(reader, json, VOCAB_ID_DOCUMENT),
		.total = vocab_get_count(reader, json, PROPERTY_TOTAL_ITEMS, -1),
	};
	const json_t *first = vocab_at(vocab_get(reader, json, PROPERTY_FIRST), 0);
	const json_t *items = items_of(reader, json);

	collection.first = vocab_get_own_id(reader, json, PROPERTY_FIRST, collection.id);
	collection.next = vocab_get_own_id(reader, json, PROPERTY_NEXT, collection.id);
	collection.prev = vocab_get_own_id(reader, json, PROPERTY_PREV, collection.id);
	collection.part_of = vocab_get_own_id(reader, json, PROPERTY_PART_OF, collection.id);
	if (vocab_count(items) == 0 && json_is_object(first))
		items = items_of(reader, first);
	if (collection.next.len == 0)
		collection.next = vocab_get_own_id(reader, first, PROPERTY_NEXT, collection.id);
	read_items(reader, items, &collection);
	*ret_collection = collection;
}

enum error vocab_read_collection(struct arena *arena, const json_t *document, const struct vocab_rules *rules,
	struct vocab_collection *ret_collection)
{
	AUTO(vocab_reader) struct vocab_reader reader = { 0 };
	struct vocab_collection collection;
	enum error error = vocab_reader_open(arena, document, rules, &reader);
	if (error != ERROR_NONE)
		return error;
	if (vocab_kind_of(document) != VOCAB_KIND_COLLECTION)
		return ERROR_UNPROCESSABLE;
	fill_collection(&reader, document, &collection);
	if (collection.id.len == 0)
		return ERROR_UNPROCESSABLE;
	*ret_collection = collection;
	return ERROR_NONE;
}
