/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Which part of a list is wanted, by ids, as the Mastodon API pages. Whatever is asked for comes newest first: a page by
 * min_id is the one just above it and is turned round by whoever reads it. Bounds need not exist. */
#ifndef COMPTOIR_STORAGE_ID_PAGE_H
#define COMPTOIR_STORAGE_ID_PAGE_H

#include <stdbool.h>
#include <stdint.h>

struct id_page {
	int64_t max_id;   /* below it only; 0 for no bound */
	int64_t since_id; /* above it only, the newest first; 0 for no bound */
	int64_t min_id;   /* above it only, those next to it; goes before since_id; 0 for no bound */
	int limit;        /* 1 to 200 */
};

/* The bounds as values of a statement: id < before and id > after; *ret_is_ascending says in which order the limit
 * counts. */
static inline void id_page_bounds(const struct id_page *page, int64_t *ret_before, int64_t *ret_after,
	bool *ret_is_ascending)
{
	*ret_before = page->max_id ? page->max_id : INT64_MAX;
	*ret_after = page->min_id ? page->min_id : page->since_id;
	*ret_is_ascending = page->min_id != 0;
}

#endif
