/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Consent to be quoted that is taken back (FEP-044f). */
#ifndef COMPTOIR_STORAGE_QUOTE_H
#define COMPTOIR_STORAGE_QUOTE_H

#include "storage/db.h"

/* The posts that rely on that authorization quote without consent from now on, if what they quote is actor_id's or is
 * not here. *ret_post_ids: the local ones among them; *ret_count may be 0 although some were changed. ERROR_NOT_FOUND
 * when no post relies on it. */
enum error quote_revoke(struct db *db, struct arena *arena, struct str authorization_uri, int64_t actor_id,
	int64_t **ret_post_ids, size_t *ret_count) MUST_CHECK;

#endif
