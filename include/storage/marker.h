/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * How far a user has read the timelines of an actor that they speak as. */
#ifndef COMPTOIR_STORAGE_MARKER_H
#define COMPTOIR_STORAGE_MARKER_H

#include "storage/db.h"

enum marker_timeline { MARKER_HOME, MARKER_NOTIFICATIONS, MARKER_TIMELINE_COUNT };

const char *marker_timeline_name(enum marker_timeline timeline);
bool marker_timeline_from_name(struct str name, enum marker_timeline *ret_timeline) MUST_CHECK;

struct marker {
	int64_t last_read_id;
	int32_t version; /* grows by one with each change */
	int64_t updated_us;
};

/* version 0 for those that were never set. */
enum error marker_find(struct db *db, struct arena *arena, int64_t user_id, int64_t actor_id,
	struct marker ret_markers[MARKER_TIMELINE_COUNT]) MUST_CHECK;

/* version: the one that was read before; ERROR_CONFLICT when it is no longer that. */
enum error marker_set(struct db *db, struct arena *arena, int64_t user_id, int64_t actor_id, enum marker_timeline timeline,
	int64_t last_read_id, int32_t version, struct marker *ret_marker) MUST_CHECK;

#endif
