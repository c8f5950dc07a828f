/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What is talked about. Summed up now and then over the public posts of those who want to be found; each use counts the
 * less the longer ago it was, and each person once. What is read is what was last summed up. */
#ifndef COMPTOIR_STORAGE_TREND_H
#define COMPTOIR_STORAGE_TREND_H

#include "storage/tag.h"

/* Sums up anew. */
enum error trend_count_tags(struct db *db, struct arena *arena) MUST_CHECK;
enum error trend_count_posts(struct db *db, struct arena *arena) MUST_CHECK;

/* The strongest first. */
enum error trend_list_tags(struct db *db, struct arena *arena, int64_t reader_id, int offset, int limit,
	struct tag_view **ret_tags, size_t *ret_count) MUST_CHECK;
/* Those that the reader wants to see. */
enum error trend_list_posts(struct db *db, struct arena *arena, int64_t reader_id, int offset, int limit, int64_t **ret_ids,
	size_t *ret_count) MUST_CHECK;

#endif
