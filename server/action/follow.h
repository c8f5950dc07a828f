/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The functions through which every door follows, answers requests to follow, and ends either. Each is a transaction
 * of its own: db must not be in one. */
#ifndef COMPTOIR_SERVER_ACTION_FOLLOW_H
#define COMPTOIR_SERVER_ACTION_FOLLOW_H

#include "storage/follow.h"
#include "storage/severance.h"

/* Following somebody twice answers what there is. A local actor that is not locked accepts at once; others are asked,
 * and the follow waits. ERROR_FORBIDDEN for oneself, when the follower may not act, when either blocks the other, when the
 * follower blocks the domain of the other, or when that one has moved; ERROR_NOT_FOUND when the followed is not there. */
enum error follow_start(struct db *db, struct arena *arena, int64_t follower_id, int64_t followed_id,
	struct follow *ret_follow) MUST_CHECK;

/* The same with options, which change those of a follow that is there. NULL: as follow_start. */
enum error follow_start_with(struct db *db, struct arena *arena, int64_t follower_id, int64_t followed_id,
	const struct follow_options *options, struct follow *ret_follow) MUST_CHECK;

/* Whether it waits or was accepted. ERROR_NOT_FOUND when there is none. */
enum error follow_stop(struct db *db, struct arena *arena, int64_t follower_id, int64_t followed_id) MUST_CHECK;

/* A local actor answers one who asked to follow it. ERROR_NOT_FOUND when nobody asked; accepting twice is fine. */
enum error follow_request_accept(struct db *db, struct arena *arena, int64_t actor_id, int64_t follower_id) MUST_CHECK;
enum error follow_request_reject(struct db *db, struct arena *arena, int64_t actor_id, int64_t follower_id) MUST_CHECK;

/* A local actor no longer wants a follower. ERROR_NOT_FOUND when they do not follow it. */
enum error follower_remove(struct db *db, struct arena *arena, int64_t actor_id, int64_t follower_id) MUST_CHECK;

/* follow_stop and follower_remove as parts of an event that ends many follows at once: what was accepted is noted in the
 * transaction that ends it. */
enum error follow_stop_severed(struct db *db, struct arena *arena, int64_t follower_id, int64_t followed_id,
	const struct severance *severance) MUST_CHECK;
enum error follower_remove_severed(struct db *db, struct arena *arena, int64_t actor_id, int64_t follower_id,
	const struct severance *severance) MUST_CHECK;

#endif
