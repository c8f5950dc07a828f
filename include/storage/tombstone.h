/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Ids that must not come back: deleted objects and actors, and activities that were undone before they arrived. The
 * caller has checked that whoever says so speaks for that id's origin. */
#ifndef COMPTOIR_STORAGE_TOMBSTONE_H
#define COMPTOIR_STORAGE_TOMBSTONE_H

#include "storage/db.h"

struct tombstone {
	struct str uri;
	bool is_local;
	bool was_known; /* something was here; others are forgotten after 30 days */
};

/* Twice is fine; was_known only ever becomes true. */
enum error tombstone_add(struct db *db, struct arena *arena, const struct tombstone *tombstone) MUST_CHECK;
enum error tombstone_exists(struct db *db, struct arena *arena, struct str uri, bool *ret_exists) MUST_CHECK;

#endif
