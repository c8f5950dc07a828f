/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What people leave behind that has a time: sessions, codes, tokens, keys of repeated requests, mutes. It counts no more once its
 * time has passed; this only takes the rows away. */
#ifndef COMPTOIR_STORAGE_EXPIRY_H
#define COMPTOIR_STORAGE_EXPIRY_H

#include "storage/db.h"

#define EXPIRY_BATCH 1000

/* One batch of each kind; *ret_has_more when one was full. */
enum error expiry_forget(struct db *db, struct arena *arena, bool *ret_has_more) MUST_CHECK;

#endif
