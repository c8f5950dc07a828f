/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A page may lack an id of its own: it is then called by the URL that it came from. */
#include "federation/collection_walk.h"

#include "federation/federation.h"
#include "federation/remote_fetch_internal.h"
#include "federation/vocab_in_values.h"

#include "base/mutant.h"
#include "storage/fetch_queue.h"

#define WALK_ARENA_BYTES ((size_t)256 * 1024)
#define MAX_PAGES FETCH_ROOT_PAGES

struct walker {
	const struct collection_walk *walk;
	struct arena *arena; /* of the URLs */
	struct str visited[MAX_PAGES];
	unsigned page_count;
	size_t item_count;
	bool is_enough;
	bool is_broken;      /* a page was not had, or a bound was reached */
};

static bool was_visited(const struct walker *walker, struct str url)
{
	for (unsigned i = 0; i < walker->page_count; i++) {
		if (str_eq(walker->visited[i], url))
			return !MUTANT("collection_visited");
	}
	return false;
}

static void json_reference_auto(json_t **json)
{
	json_decref(*json);
}

static enum error read_page(struct arena *arena, const struct fetch_document *document, const struct vocab_rules *rules,
	struct vocab_collection *ret_page)
{
	AUTO(json_reference) json_t *named = NULL;
	const json_t *json = document->json;
	if (vocab_raw_id(json).len == 0) {
		named = json_copy(document->json);
		if (!named || json_object_set_new(named, "id", json_stringn(document->url.data, document->url.len)) != 0)
			return ERROR_BAD_REQUEST;
		json = named;
	}
	return vocab_read_collection(arena, json, rules, ret_page);
}

static enum error visit_items(struct walker *walker, struct arena *arena, const struct vocab_collection *page)
{
	const struct collection_walk *walk = walker->walk;
	enum error error = ERROR_NONE;
	for (size_t i = 0; !error && !walker->is_enough && i < page->item_count; i++) {
		if (walker->item_count++ >= walk->max_items) {
			walker->is_broken = true;
			walker->is_enough = true;
			break;
		}
		error = walk->visit(walk->argument, arena, page, &page->items[i], &walker->is_enough);
	}
	return error;
}

static struct str next_of(struct walker *walker, const struct vocab_collection *page)
{
	struct str next = page->next.len > 0 ? page->next : page->item_count == 0 && !page->is_page ? page->first : (struct str){ 0 };
	return next.len > 0 ? arena_str(walker->arena, next) : (struct str){ 0 };
}

/* One page; *url becomes the next one, or empty. */
static enum error walk_page(struct walker *walker, struct str *url, struct remote_fetched *fetched)
{
	const struct remote_fetch *fetch = walker->walk->fetch;
	const struct vocab_rules rules = remote_fetch_rules(fetch->federation);
	struct vocab_collection page;
	AUTO(arena) struct arena *arena = arena_new(REMOTE_FETCH_ARENA_BYTES);
	AUTO(fetch_document) struct fetch_document *document = fetch_wait(fetch->federation->fetcher, *url, FETCH_COLLECTION);
	*url = (struct str){ 0 };
	remote_fetch_fail(fetched, document);
	if (document->verdict == FETCH_OK)
		(void)remote_fetch_is_readable(fetched, read_page(arena, document, &rules, &page));
	if (fetched->verdict != FETCH_OK) {
		walker->is_broken = true;
		return ERROR_NONE;
	}
	enum error error = visit_items(walker, arena, &page);
	*url = next_of(walker, &page);
	return error;
}

/* Whether one more page may be asked for. */
static enum error pay_page(struct walker *walker, bool *ret_is_granted)
{
	const struct collection_walk *walk = walker->walk;
	*ret_is_granted = false;
	if (walker->page_count >= walk->max_pages || walker->page_count >= MAX_PAGES)
		return ERROR_NONE;
	return fetch_root_spend(walk->fetch->db, walker->arena, walk->fetch->root_uri, FETCH_SPENDS_PAGE, ret_is_granted);
}

enum error collection_walk(const struct collection_walk *walk, struct remote_fetched *ret_fetched, bool *ret_is_whole)
{
	AUTO(arena) struct arena *arena = arena_new(WALK_ARENA_BYTES);
	struct walker walker = { .walk = walk, .arena = arena };
	struct str url = walk->uri;
	enum error error = ERROR_NONE;
	remote_fetch_refuse(ret_fetched, "root_budget");
	while (!error && url.len > 0 && !walker.is_enough && !was_visited(&walker, url)) {
		struct remote_fetched fetched;
		bool is_granted;
		error = pay_page(&walker, &is_granted);
		if (error || !is_granted) {
			walker.is_broken = true;
			break;
		}
		walker.visited[walker.page_count++] = url;
		error = walk_page(&walker, &url, &fetched);
		if (walker.page_count == 1)
			*ret_fetched = fetched;
	}
	*ret_is_whole = !error && !walker.is_broken && !walker.is_enough;
	return error;
}
