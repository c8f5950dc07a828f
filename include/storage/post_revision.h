/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What posts were before they were edited. */
#ifndef COMPTOIR_STORAGE_POST_REVISION_H
#define COMPTOIR_STORAGE_POST_REVISION_H

#include "storage/db.h"

struct post_revision {
	struct str html, spoiler_text;
	bool is_sensitive;
	struct str options_json; /* array of the titles of its poll; data NULL without one */
	int64_t written_us;
};

/* Oldest first, without the version that is there now; the caller has checked who may see the post. */
enum error post_revision_list(struct db *db, struct arena *arena, int64_t post_id, struct post_revision **ret_revisions,
	size_t *ret_count) MUST_CHECK;

#endif
