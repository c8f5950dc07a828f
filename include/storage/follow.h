/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Who follows whom. A follow of a locked or remote actor waits as pending until it is accepted; only
 * accepted ones count. */
#ifndef COMPTOIR_STORAGE_FOLLOW_H
#define COMPTOIR_STORAGE_FOLLOW_H

#include "storage/db.h"

enum follow_state { FOLLOW_PENDING, FOLLOW_ACCEPTED };

struct follow {
	int64_t id; /* id_new() */
	int64_t follower_id;
	int64_t followed_id;
	enum follow_state state;
	struct str uri; /* id of the Follow activity */
};

/* In the caller's transaction; keeps both actors' counters. ERROR_CONFLICT when there is one already (the
 * transaction stays usable), ERROR_UNPROCESSABLE for following oneself, ERROR_NOT_FOUND when either actor is
 * absent. */
enum error follow_create(struct db *db, struct arena *arena, const struct follow *follow) MUST_CHECK;

/* ERROR_NOT_FOUND when there is none. */
enum error follow_find(struct db *db, struct arena *arena, int64_t follower_id, int64_t followed_id,
	struct follow *ret_follow) MUST_CHECK;

#endif
