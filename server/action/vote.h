/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Voting in polls, once each. */
#ifndef COMPTOIR_SERVER_ACTION_VOTE_H
#define COMPTOIR_SERVER_ACTION_VOTE_H

#include "storage/poll.h"

/* In a transaction of its own: db must not be in one. All positions are chosen at once; choosing again is
 * ERROR_CONFLICT. ERROR_NOT_FOUND when there is no poll for the actor, ERROR_UNPROCESSABLE for options that are not
 * there, twice or too many, ERROR_GONE when it is over, ERROR_FORBIDDEN for one's own poll or when the actor may not act. */
enum error vote_cast(struct db *db, struct arena *arena, int64_t actor_id, int64_t post_id, const int *positions,
	size_t count) MUST_CHECK;

#endif
