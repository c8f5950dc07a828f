/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What is talked about. Summed up now and then over the public posts of those who want to be found; each use counts the
 * less the longer ago it was, and each person once. What is read is what was last summed up. */
#ifndef COMPTOIR_STORAGE_TREND_H
#define COMPTOIR_STORAGE_TREND_H

#include "storage/db.h"

/* Sums up anew. */
enum error trend_count_tags(struct db *db, struct arena *arena) MUST_CHECK;
enum error trend_count_posts(struct db *db, struct arena *arena) MUST_CHECK;

#define TREND_DAYS 7
struct trending_tag {
	int64_t id;      /* made from the name; always the same one */
	struct str name;
	int64_t newest_day_us;        /* midnight, UTC */
	int64_t uses[TREND_DAYS];     /* the newest day first */
	int64_t accounts[TREND_DAYS];
	bool is_followed, is_featured; /* by the reader */
};
/* The strongest first. */
enum error trend_list_tags(struct db *db, struct arena *arena, int64_t reader_id, int offset, int limit,
	struct trending_tag **ret_tags, size_t *ret_count) MUST_CHECK;
/* Those that the reader wants to see. */
enum error trend_list_posts(struct db *db, struct arena *arena, int64_t reader_id, int offset, int limit, int64_t **ret_ids,
	size_t *ret_count) MUST_CHECK;

#endif
