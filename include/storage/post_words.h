/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The index of words that search reads (post_search.h). What changes is queued by triggers in the transaction of the
 * change; whoever calls post_words_index takes a batch off the queue and writes it, in one transaction, so that neither a
 * crash nor a change meanwhile is lost. Indexed is what concerns somebody here (theirs, mentions them, favourited or
 * bookmarked by them), and public posts of authors who consent. For the web role and the owner. */
#ifndef COMPTOIR_STORAGE_POST_WORDS_H
#define COMPTOIR_STORAGE_POST_WORDS_H

#include "storage/db.h"

/* Takes at most limit of what was queued. *ret_taken is how many posts were looked at: 0 for nothing to do, or others do
 * it. Not in a transaction. */
enum error post_words_index(struct db *db, struct arena *arena, int64_t limit, int64_t *ret_taken) MUST_CHECK;

/* The same with one author's posts, of those whose consent has changed. */
enum error post_words_index_author(struct db *db, struct arena *arena, int64_t limit, int64_t *ret_taken) MUST_CHECK;

/* The same with what was there before the index, or since post_words_rebuild; the newest first. */
enum error post_words_index_old(struct db *db, struct arena *arena, int64_t limit, int64_t *ret_taken) MUST_CHECK;

/* Gives up the one that waits longest: for one that cannot be indexed and would be in the way of all others. */
enum error post_words_drop_first(struct db *db, struct arena *arena) MUST_CHECK;

/* All posts are old ones again. */
enum error post_words_rebuild(struct db *db, struct arena *arena) MUST_CHECK;

struct post_words_state {
	int64_t waiting;    /* counted up to 10,000 */
	int64_t lag_us;     /* how long the first of them has waited; 0 for none */
	int64_t old_done;   /* since the last rebuild began */
	bool is_old_done;
	int64_t post_count; /* about */
};
enum error post_words_read_state(struct db *db, struct arena *arena, struct post_words_state *ret_state) MUST_CHECK;

#endif
