/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What an actor takes along when it goes elsewhere: the rows of Mastodon's CSV files, page by page. */
#ifndef COMPTOIR_STORAGE_EXPORT_H
#define COMPTOIR_STORAGE_EXPORT_H

#include "storage/db.h"

enum export_kind {
	EXPORT_FOLLOWING,     /* handle, shows boosts, notifies, languages */
	EXPORT_FOLLOWERS,     /* handle */
	EXPORT_LISTS,         /* title, handle */
	EXPORT_MUTES,         /* handle, hides notifications */
	EXPORT_BLOCKS,        /* handle */
	EXPORT_DOMAIN_BLOCKS, /* domain */
	EXPORT_BOOKMARKS,     /* uri of the post */
};

#define EXPORT_MAX_CELLS 4

struct export_row {
	int64_t id; /* pages go by it, upwards */
	struct str cells[EXPORT_MAX_CELLS]; /* data NULL behind the last one */
};

enum error export_list(struct db *db, struct arena *arena, enum export_kind kind, int64_t actor_id, int64_t after_id, int limit,
	struct export_row **ret_rows, size_t *ret_count) MUST_CHECK;

#endif
