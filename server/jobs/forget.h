/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The part of retention that only the web role may do: what people were told. */
#ifndef COMPTOIR_SERVER_JOBS_FORGET_H
#define COMPTOIR_SERVER_JOBS_FORGET_H

#include "base/config.h"
#include "storage/db.h"

/* Outside of a transaction, in batches: what retention.notifications lets go at now_us (microseconds since 1970). The count
 * of notifications that went is added to *sum. */
enum error forget_told(const struct config *config, struct db *db, struct arena *arena, int64_t now_us, int64_t *sum) MUST_CHECK;

#endif
