/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * People by the beginning of their name, as somebody types it. */
#ifndef COMPTOIR_STORAGE_ACCOUNT_SEARCH_H
#define COMPTOIR_STORAGE_ACCOUNT_SEARCH_H

#include "storage/db.h"

struct account_search {
	int64_t reader_id;      /* who searches; 0 for nobody */
	struct str text;        /* "ann", "@ann", "Ann B", "ann@far.ex" */
	bool is_following_only; /* of those whom the reader follows */
	int limit;              /* 1 to 80 */
	int offset;
};

/* Whom the reader follows first, then by handle and by display name; among equals those whom more follow. Left out: who is
 * suspended, has moved, is silenced and not followed, or blocks the reader; whom the reader blocks is found, to be unblocked. */
enum error account_search_list(struct db *db, struct arena *arena, const struct account_search *search, int64_t **ret_ids,
	size_t *ret_count) MUST_CHECK;

#endif
