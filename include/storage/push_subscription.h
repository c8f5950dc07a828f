/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Where apps are rung: one subscription a token. The web role only. */
#ifndef COMPTOIR_STORAGE_PUSH_SUBSCRIPTION_H
#define COMPTOIR_STORAGE_PUSH_SUBSCRIPTION_H

#include "storage/db.h"

struct push_subscription {
	int64_t id; /* below 2^31 */
	int64_t token_id;
	int64_t actor_id;
	struct str endpoint;
	struct str public_key, auth_secret; /* bytes */
	struct str token_sealed;            /* in the context push_subscription:TOKEN_ID */
	bool is_standard;
	struct str alerts; /* types of notifications, as the API names them, with a space between each two */
	struct str policy; /* "all", "followed", "follower" or "none" */
	int64_t paused_until_us; /* 0: it is not */
};

/* Takes the place of the token's former one. Its id is made here. */
enum error push_subscription_set(struct db *db, struct arena *arena, struct push_subscription *subscription) MUST_CHECK;
enum error push_subscription_find(struct db *db, struct arena *arena, int64_t token_id,
	struct push_subscription *ret_subscription) MUST_CHECK;
/* What is NULL stays. */
enum error push_subscription_change(struct db *db, struct arena *arena, int64_t token_id, const struct str *alerts,
	const struct str *policy) MUST_CHECK;
enum error push_subscription_delete_by_token(struct db *db, struct arena *arena, int64_t token_id) MUST_CHECK;
enum error push_subscription_delete(struct db *db, struct arena *arena, int64_t id) MUST_CHECK;

/* Those that want to be rung about a notification of their actor, whose tokens are still good; at most 30. */
enum error push_subscription_list(struct db *db, struct arena *arena, int64_t notification_id,
	struct push_subscription **ret_subscriptions, size_t *ret_count) MUST_CHECK;

/* Its service did not take a message: nothing is sent before *ret_until_us, longer each time. after_s: as its service says;
 * 0 when it does not. ERROR_GONE when it has failed for days: it is deleted then. */
enum error push_subscription_pause(struct db *db, struct arena *arena, int64_t id, int64_t after_s, int64_t *ret_until_us) MUST_CHECK;
enum error push_subscription_resume(struct db *db, struct arena *arena, int64_t id) MUST_CHECK;

#endif
