/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Posts that wait for their time. The job that publishes one takes the row away in the transaction that makes the post;
 * the files that it will have are kept with media_keep. */
#ifndef COMPTOIR_STORAGE_SCHEDULED_POST_H
#define COMPTOIR_STORAGE_SCHEDULED_POST_H

#include "storage/db.h"
#include "storage/id_page.h"

#define SCHEDULED_MAX_TOTAL 300 /* of one actor, as Mastodon has it */
#define SCHEDULED_MAX_PER_DAY 25

struct scheduled_post {
	int64_t id; /* id_new() */
	int64_t actor_id;
	int64_t application_id; /* 0 for none */
	int64_t user_id;        /* who wrote it; 0: before that was kept */
	int64_t scheduled_us;
	int64_t post_id;        /* id_new(): of the post that it will be */
	struct str request_json; /* an object */
	int64_t *media_ids;     /* in their order */
	size_t media_count;
};

/* In the caller's transaction, with its job. ERROR_CONFLICT when the id exists. */
enum error scheduled_post_create(struct db *db, struct arena *arena, const struct scheduled_post *post) MUST_CHECK;

/* actor_id's own: ERROR_NOT_FOUND otherwise. */
enum error scheduled_post_find(struct db *db, struct arena *arena, int64_t actor_id, int64_t id,
	struct scheduled_post *ret_post) MUST_CHECK;
/* Anybody's: for the job. */
enum error scheduled_post_find_any(struct db *db, struct arena *arena, int64_t id, struct scheduled_post *ret_post) MUST_CHECK;

/* Newest first, whatever the page's bounds. */
enum error scheduled_post_list(struct db *db, struct arena *arena, int64_t actor_id, const struct id_page *page,
	struct scheduled_post **ret_posts, size_t *ret_count) MUST_CHECK;

/* How many wait, and how many of them for that day (UTC). */
enum error scheduled_post_count(struct db *db, struct arena *arena, int64_t actor_id, int64_t scheduled_us,
	int64_t *ret_total, int64_t *ret_that_day) MUST_CHECK;

/* Whether one of these files is promised to a post that waits, other than except_id (0: any). */
enum error scheduled_post_holds(struct db *db, struct arena *arena, int64_t actor_id, int64_t except_id, const int64_t *media_ids,
	size_t count, bool *ret_holds) MUST_CHECK;

/* Both: ERROR_NOT_FOUND when it is not actor_id's. */
enum error scheduled_post_set_time(struct db *db, struct arena *arena, int64_t actor_id, int64_t id, int64_t scheduled_us) MUST_CHECK;
enum error scheduled_post_delete(struct db *db, struct arena *arena, int64_t actor_id, int64_t id) MUST_CHECK;

#endif
