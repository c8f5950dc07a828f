/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Hashtags by hashtag_key (base/hashtag.h): how they were used of late, and who follows or features them. A tag is there
 * as soon as somebody names it; nothing has to exist. */
#ifndef COMPTOIR_STORAGE_TAG_H
#define COMPTOIR_STORAGE_TAG_H

#include "storage/db.h"
#include "storage/id_page.h"

#define TREND_DAYS 7
struct tag_view {
	int64_t id;      /* made from the name; always the same one */
	struct str name;
	int64_t newest_day_us;        /* midnight, UTC */
	int64_t uses[TREND_DAYS];     /* by public posts, the newest day first */
	int64_t accounts[TREND_DAYS];
	bool is_followed, is_featured; /* by the reader */
};

#define TAG_VIEW_MAX 100

/* One for each name, in their order; of the newest thousand uses of each. */
enum error tag_view_list(struct db *db, struct arena *arena, int64_t reader_id, const struct str *names, size_t count,
	struct tag_view **ret_tags) MUST_CHECK;
/* Names that begin like this and were used, in their order. */
enum error tag_search(struct db *db, struct arena *arena, struct str beginning, int offset, int limit, struct str **ret_names,
	size_t *ret_count) MUST_CHECK;

#define TAG_FOLLOW_MAX 1000
/* Twice, or unfollowing what was not followed, is fine. ERROR_UNPROCESSABLE above TAG_FOLLOW_MAX. */
enum error tag_follow(struct db *db, struct arena *arena, int64_t actor_id, struct str name) MUST_CHECK;
enum error tag_unfollow(struct db *db, struct arena *arena, int64_t actor_id, struct str name) MUST_CHECK;
struct tag_follow_item {
	int64_t id; /* of the follow: pages go by it */
	struct str name;
};
enum error tag_follow_list(struct db *db, struct arena *arena, int64_t actor_id, const struct id_page *page,
	struct tag_follow_item **ret_items, size_t *ret_count) MUST_CHECK;

struct featured_tag {
	int64_t id; /* as of struct tag_view */
	struct str name;
	int64_t uses;
	int64_t last_post_us; /* 0 for never */
};
/* With how the actor used them in posts for everybody: of its newest ten thousand. */
enum error tag_list_featured(struct db *db, struct arena *arena, int64_t actor_id, struct featured_tag **ret_tags,
	size_t *ret_count) MUST_CHECK;
/* What it used most of late and does not feature. */
enum error tag_list_used(struct db *db, struct arena *arena, int64_t actor_id, int limit, struct str **ret_names,
	size_t *ret_count) MUST_CHECK;

#endif
