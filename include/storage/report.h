/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Reports about actors and their posts, from here and from elsewhere (Flag). */
#ifndef COMPTOIR_STORAGE_REPORT_H
#define COMPTOIR_STORAGE_REPORT_H

#include "storage/db.h"

struct report {
	int64_t id; /* id_new() */
	int64_t reporter_id; /* often the instance actor of a peer */
	int64_t target_id;
	const int64_t *post_ids;
	size_t post_count;
	struct str comment;
	struct str uri; /* of the Flag */
};

/* ERROR_CONFLICT when the uri is there already. */
enum error report_create(struct db *db, struct arena *arena, const struct report *report) MUST_CHECK;

#endif
