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
	EXPORT_SEVERED_FOLLOWING, /* what was lost by an event (severance.h), as EXPORT_FOLLOWING */
	EXPORT_SEVERED_FOLLOWERS, /* the same, as EXPORT_FOLLOWERS */
};

#define EXPORT_MAX_CELLS 4

struct export_row {
	int64_t id; /* pages go by it, upwards */
	struct str cells[EXPORT_MAX_CELLS]; /* data NULL behind the last one */
};

struct export_query {
	enum export_kind kind;
	int64_t actor_id;
	int64_t event_id; /* of the severed kinds alone; nothing is listed of one by which the actor lost nothing */
	int64_t after_id; /* 0 for the first page */
	int limit;
};

/* Those who have left their servers, or are suspended, are left out; of the severed kinds the former only. */
enum error export_list(struct db *db, struct arena *arena, const struct export_query *query, struct export_row **ret_rows,
	size_t *ret_count) MUST_CHECK;

#endif
