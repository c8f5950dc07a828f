/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Boosting: passing a post on to one's followers. What is not for everybody is passed on by its author only, and to
 * those who could see it before. */
#ifndef COMPTOIR_SERVER_ACTION_BOOST_H
#define COMPTOIR_SERVER_ACTION_BOOST_H

#include "storage/reaction.h"

/* In a transaction of its own: db must not be in one. Twice answers the first. A followers-only post is boosted for
 * followers whatever was asked. ERROR_NOT_FOUND when the post is not there for the actor, ERROR_FORBIDDEN when it may
 * not be boosted or the actor may not act, ERROR_UNPROCESSABLE for a direct boost. */
enum error boost_start(struct db *db, struct arena *arena, int64_t actor_id, int64_t post_id,
	enum post_visibility visibility, struct boost *ret_boost) MUST_CHECK;

/* ERROR_NOT_FOUND when there is none. */
enum error boost_stop(struct db *db, struct arena *arena, int64_t actor_id, int64_t post_id) MUST_CHECK;

#endif
