/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What an actor wants of notifications from whom, and those that are held back by sender until they are accepted or
 * dismissed. The web role only. */
#ifndef COMPTOIR_STORAGE_NOTIFICATION_POLICY_H
#define COMPTOIR_STORAGE_NOTIFICATION_POLICY_H

#include "storage/db.h"
#include "storage/id_page.h"

enum notification_rule {
	NOTIFICATION_FOR_NOT_FOLLOWING, NOTIFICATION_FOR_NOT_FOLLOWERS, NOTIFICATION_FOR_NEW_ACCOUNTS,
	NOTIFICATION_FOR_PRIVATE_MENTIONS, NOTIFICATION_FOR_LIMITED_ACCOUNTS,
	NOTIFICATION_RULE_COUNT
};

struct notification_policy {
	struct str rules[NOTIFICATION_RULE_COUNT]; /* "accept", "filter" or "drop" */
	int64_t pending_requests;
	int64_t pending_notifications; /* counted up to 1,000 */
};

enum error notification_policy_find(struct db *db, struct arena *arena, int64_t actor_id,
	struct notification_policy *ret_policy) MUST_CHECK;
/* The words must be right. Rules whose data is NULL stay. */
enum error notification_policy_set(struct db *db, struct arena *arena, int64_t actor_id,
	const struct str rules[NOTIFICATION_RULE_COUNT]) MUST_CHECK;

struct notification_request {
	int64_t id;
	int64_t from_actor_id;
	int64_t created_us, updated_us;
	int64_t count;        /* held back, counted up to 100 */
	int64_t last_post_id; /* that mentions one; 0 for none */
};

/* Those of whom something is held back. */
enum error notification_request_list(struct db *db, struct arena *arena, int64_t actor_id, const struct id_page *page,
	struct notification_request **ret_requests, size_t *ret_count) MUST_CHECK;
enum error notification_request_find(struct db *db, struct arena *arena, int64_t actor_id, int64_t id,
	struct notification_request *ret_request) MUST_CHECK;

/* Of the ids those that are the actor's; *ret_changed says how many there were. Accepting lets the sender through from
 * now on and shows what was held back; emits EVENT_NOTIFICATIONS_MERGED. Dismissing deletes it. */
enum error notification_request_accept(struct db *db, struct arena *arena, int64_t actor_id, const int64_t *ids,
	size_t count, int64_t *ret_changed) MUST_CHECK;
enum error notification_request_dismiss(struct db *db, struct arena *arena, int64_t actor_id, const int64_t *ids,
	size_t count, int64_t *ret_changed) MUST_CHECK;

#endif
