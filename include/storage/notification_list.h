/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Notifications as they are read by whom they are for: one by one, in groups, and what their policy has held back. Whoever
 * was blocked, muted with notifications, or suspended since is left out. The web role only. */
#ifndef COMPTOIR_STORAGE_NOTIFICATION_LIST_H
#define COMPTOIR_STORAGE_NOTIFICATION_LIST_H

#include "storage/id_page.h"
#include "storage/notification.h"

struct notification {
	int64_t id;
	enum notification_kind kind;
	int64_t from_actor_id;
	int64_t post_id;   /* 0 for none */
	int64_t report_id; /* 0 for none */
	int64_t severance_event_id; /* 0 for none */
	int64_t created_us;
	bool is_filtered;
};

struct notification_query {
	int64_t actor_id;
	unsigned kinds;        /* bits 1u << kind */
	int64_t from_actor_id; /* 0 for anyone */
	bool with_filtered;
	struct id_page page;   /* its limit up to 1,000 */
};

/* Newest first. *ret_until_us: the list may change then though nothing is written; 0 when that is not known. */
enum error notification_list(struct db *db, struct arena *arena, const struct notification_query *query,
	struct notification **ret_notifications, size_t *ret_count, int64_t *ret_until_us) MUST_CHECK;
/* One's own, filtered or not: ERROR_NOT_FOUND otherwise. */
enum error notification_find(struct db *db, struct arena *arena, int64_t actor_id, int64_t id,
	struct notification *ret_notification) MUST_CHECK;

/* Fine when they are not there. */
enum error notification_dismiss(struct db *db, struct arena *arena, int64_t actor_id, const int64_t *ids, size_t count) MUST_CHECK;
enum error notification_clear(struct db *db, struct arena *arena, int64_t actor_id) MUST_CHECK;

/* What filters look for words in. Posts that are not here are left out. */
struct notification_post {
	int64_t id;
	int64_t actor_id;
	struct str html;
	struct str spoiler_text;
};
enum error notification_list_posts(struct db *db, struct arena *arena, const int64_t *post_ids, size_t count,
	struct notification_post **ret_posts, size_t *ret_count) MUST_CHECK;

/* A group holds what is of one kind, about one post or none, and of the same half day. */
#define NOTIFICATION_GROUP_SPAN_US (12LL * 3600 * 1000000)
#define NOTIFICATION_GROUP_SAMPLES 8

struct notification_group {
	/* what it is of */
	enum notification_kind kind; /* reactions are with NOTIFICATION_FAVOURITE */
	int64_t post_id;             /* 0 for none */
	int64_t span;                /* id / NOTIFICATION_GROUP_SPAN_US */
	/* what is in it */
	int64_t count;
	int64_t newest_id;
	int64_t oldest_id;
	int64_t sample_actor_ids[NOTIFICATION_GROUP_SAMPLES]; /* the newest, each once */
	size_t sample_count;
};

/* Fills in what is in each of the groups of actor_id; count 0 for one that is empty. */
enum error notification_fill_groups(struct db *db, struct arena *arena, int64_t actor_id, struct notification_group *groups,
	size_t count) MUST_CHECK;
enum error notification_list_group(struct db *db, struct arena *arena, int64_t actor_id,
	const struct notification_group *group, const struct id_page *page, struct notification **ret_notifications,
	size_t *ret_count) MUST_CHECK;
enum error notification_dismiss_group(struct db *db, struct arena *arena, int64_t actor_id,
	const struct notification_group *group) MUST_CHECK;

#endif
