/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Reports about actors and their posts, from here and from elsewhere (Flag). */
#ifndef COMPTOIR_STORAGE_REPORT_H
#define COMPTOIR_STORAGE_REPORT_H

#include "storage/db.h"

#define REPORT_MAX_POSTS 256
#define REPORT_COMMENT_MAX_CHARACTERS 20000

struct report {
	int64_t id; /* id_new() */
	int64_t reporter_id; /* often the instance actor of a peer */
	int64_t target_id;
	const int64_t *post_ids;
	size_t post_count; /* the first REPORT_MAX_POSTS are kept, of those the target's own */
	struct str comment; /* at most REPORT_COMMENT_MAX_CHARACTERS */
	struct str uri; /* of the Flag */
};

/* ERROR_CONFLICT when the uri is there already, ERROR_NOT_FOUND when reporter or target is absent. */
enum error report_create(struct db *db, struct arena *arena, const struct report *report) MUST_CHECK;

#endif
