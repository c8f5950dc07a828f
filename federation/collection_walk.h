/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Collections of other servers, page by page: never the same page twice, never more pages than the root's budget has
 * (CHECKLIST D8), never off the collection's own origin. */
#ifndef COMPTOIR_FEDERATION_COLLECTION_WALK_H
#define COMPTOIR_FEDERATION_COLLECTION_WALK_H

#include "federation/remote_fetch.h"

/* arena lasts for the page. page->id has the origin of what was asked. *ret_is_enough ends the walk. */
typedef enum error (*collection_visit)(void *argument, struct arena *arena, const struct vocab_collection *page,
	const struct vocab_item *item, bool *ret_is_enough);

struct collection_walk {
	const struct remote_fetch *fetch; /* with a root_uri */
	struct str uri;
	unsigned max_pages;  /* the collection itself counts as one */
	size_t max_items;    /* that are looked at */
	collection_visit visit;
	void *argument;
};

/* *ret_fetched is that of the first document; *ret_is_whole: every page was had and every item visited. */
enum error collection_walk(const struct collection_walk *walk, struct remote_fetched *ret_fetched, bool *ret_is_whole) MUST_CHECK;

#endif
