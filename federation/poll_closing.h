/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Polls whose time is over: the result of ours goes to all who have the post, and those of ours who voted or asked are
 * told that any poll has ended. */
#ifndef COMPTOIR_FEDERATION_POLL_CLOSING_H
#define COMPTOIR_FEDERATION_POLL_CLOSING_H

#include "storage/db.h"

/* Closes up to limit polls in one transaction of its own; fewer than limit means that no more are due. Any process may
 * call it at any time: one that is being closed elsewhere is passed over. After ERROR_COMMIT_UNKNOWN call it again: what
 * was done is not done twice. */
enum error poll_closing_run(struct db *db, struct arena *arena, int limit, size_t *ret_count) MUST_CHECK;

#endif
