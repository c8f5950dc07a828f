/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Who stores, deletes or waits for what bears an id holds that id's lock until the transaction ends. So a post does not
 * arrive beside the answer that looks for it, and none comes in beside the tombstone that forbids it. */
#ifndef COMPTOIR_STORAGE_URI_LOCK_H
#define COMPTOIR_STORAGE_URI_LOCK_H

#include "storage/db.h"

/* In the caller's transaction, before the rows are read. Ids without data are passed over. All that a transaction
 * needs should be locked by one call, which knows the order in which nobody waits for one another in a ring. */
enum error uri_lock(struct db *db, struct arena *arena, const struct str *uris, size_t count) MUST_CHECK;

/* Without waiting for anyone: ret_is_locked says which are held now. Ids without data count as locked. */
enum error uri_lock_try(struct db *db, struct arena *arena, const struct str *uris, size_t count, bool *ret_is_locked) MUST_CHECK;

#endif
