/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The one function through which every door follows. */
#ifndef COMPTOIR_SERVER_ACTION_FOLLOW_H
#define COMPTOIR_SERVER_ACTION_FOLLOW_H

#include "storage/follow.h"

/* In a transaction of its own: db must not be in one. Following somebody twice answers what there is. A
 * locked actor gets a request that waits. ERROR_FORBIDDEN for oneself or when the follower may not act,
 * ERROR_NOT_FOUND when the followed is not there, ERROR_NOT_IMPLEMENTED when they live elsewhere. */
enum error follow_start(struct db *db, struct arena *arena, int64_t follower_id, int64_t followed_id,
	struct follow *ret_follow) MUST_CHECK;

#endif
