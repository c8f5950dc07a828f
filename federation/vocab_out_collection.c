/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Writes collections and their pages. */
#include "federation/vocab_out_parts.h"

void vocab_write_collection(struct buf *out, const struct vocab_collection_out *collection)
{
	struct json_out json;

	json_out_init(&json, out);
	vocab_begin(&json, VOCAB_CONTEXT_PLAIN, collection->uri, collection->is_ordered ? "OrderedCollection" : "Collection");
	vocab_put_given(&json, "attributedTo", collection->attributed_to);
	if (collection->total_items >= 0)
		json_out_key_int(&json, "totalItems", collection->total_items);
	vocab_put_given(&json, "first", collection->first);
	json_out_object_end(&json);
}

static const char *page_type(const struct vocab_page_out *page)
{
	if (page->part_of.len > 0)
		return page->is_ordered ? "OrderedCollectionPage" : "CollectionPage";
	return page->is_ordered ? "OrderedCollection" : "Collection";
}

static void put_items(struct json_out *json, struct arena *arena, const struct vocab_page_out *page)
{
	json_out_key_array_begin(json, page->is_ordered ? "orderedItems" : "items");
	for (size_t i = 0; i < page->uri_count; i++)
		json_out_str(json, page->uris[i]);
	for (size_t i = 0; i < page->activity_count; i++)
		vocab_put_activity(json, VOCAB_CONTEXT_NONE, arena, &page->activities[i], false);
	for (size_t i = 0; i < page->post_count; i++)
		vocab_put_post(json, VOCAB_CONTEXT_NONE, arena, &page->posts[i], false);
	for (size_t i = 0; i < page->hashtag_count; i++)
		vocab_put_hashtag(json, arena, &page->hashtags[i]);
	json_out_array_end(json);
}

void vocab_write_page(struct buf *out, struct arena *arena, const struct vocab_page_out *page)
{
	struct json_out json;
	bool is_plain = page->activity_count + page->post_count + page->hashtag_count == 0;

	json_out_init(&json, out);
	vocab_begin(&json, is_plain ? VOCAB_CONTEXT_PLAIN : VOCAB_CONTEXT_POST, page->uri, page_type(page));
	if (page->part_of.len > 0) {
		json_out_key_str(&json, "partOf", page->part_of);
	} else {
		json_out_key_int(&json, "totalItems",
			(int64_t)(page->uri_count + page->activity_count + page->post_count + page->hashtag_count));
	}
	vocab_put_given(&json, "attributedTo", page->attributed_to);
	vocab_put_given(&json, "next", page->next);
	vocab_put_given(&json, "prev", page->prev);
	put_items(&json, arena, page);
	json_out_object_end(&json);
}
