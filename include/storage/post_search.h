/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Posts by their words. Whoever searches finds what concerns them: their own posts, those that mention them, those that
 * they favourited or bookmarked; and public posts of others who consent (FEP-5feb). Of each of these five kinds the newest
 * POST_SEARCH_MAX_LOOKED_AT are looked through, so that a search has a bounded cost. */
#ifndef COMPTOIR_STORAGE_POST_SEARCH_H
#define COMPTOIR_STORAGE_POST_SEARCH_H

#include "storage/db.h"

#define POST_SEARCH_MAX_LOOKED_AT 1000

struct post_search {
	int64_t reader_id;
	struct str words;    /* as people type them: "two words", -not, or; empty: any */
	int64_t author_id;   /* 0: anyone's */
	struct str language; /* empty: any */
	bool has_media, is_in_library; /* in library: none of the public posts of others */
	int64_t max_id, min_id; /* 0 for none */
	int offset, limit;
};

/* The newest first. Accents and case make no difference; words of posts in French and English match in their other forms. */
enum error post_search_list(struct db *db, struct arena *arena, const struct post_search *search, int64_t **ret_ids,
	size_t *ret_count) MUST_CHECK;

#endif
