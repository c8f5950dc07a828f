/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Lists of posts and boosts by id, newest first, as one reader (0: anyone) wants to see them: visible, and neither author
 * nor booster blocked, muted or of an unwanted domain. Home timelines are in home.h. */
#ifndef COMPTOIR_STORAGE_TIMELINE_H
#define COMPTOIR_STORAGE_TIMELINE_H

#include "storage/db.h"
#include "storage/id_page.h"

struct timeline_options {
	bool is_local_only, is_remote_only, is_media_only;
};

/* Public posts that answer nobody else. */
enum error timeline_list_public(struct db *db, struct arena *arena, int64_t reader_id, const struct timeline_options *options,
	const struct id_page *page, int64_t **ret_ids, size_t *ret_count) MUST_CHECK;

#define TIMELINE_MAX_TAGS 8
struct timeline_tags {
	const struct str *any; /* hashtag_key of at least one */
	size_t any_count;
	const struct str *all;
	size_t all_count;
	const struct str *none;
	size_t none_count;
};
enum error timeline_list_tagged(struct db *db, struct arena *arena, int64_t reader_id, const struct timeline_tags *tags,
	const struct timeline_options *options, const struct id_page *page, int64_t **ret_ids, size_t *ret_count) MUST_CHECK;

/* Of the members of a list of the reader's: ERROR_NOT_FOUND when it is not theirs. */
enum error timeline_list_members(struct db *db, struct arena *arena, int64_t reader_id, int64_t list_id,
	const struct id_page *page, int64_t **ret_ids, size_t *ret_count) MUST_CHECK;

/* Direct posts that the reader wrote or is mentioned in. */
enum error timeline_list_direct(struct db *db, struct arena *arena, int64_t reader_id, const struct id_page *page,
	int64_t **ret_ids, size_t *ret_count) MUST_CHECK;

struct timeline_account {
	int64_t actor_id;
	bool with_replies; /* to others; those to oneself are always there */
	bool with_boosts;
	bool is_media_only;
	struct str tag; /* data NULL: all */
};
/* Posts and boosts of one actor, muted or not. */
enum error timeline_list_account(struct db *db, struct arena *arena, int64_t reader_id, const struct timeline_account *wanted,
	const struct id_page *page, int64_t **ret_ids, size_t *ret_count) MUST_CHECK;
/* Its featured posts, the one featured last first. */
enum error timeline_list_pinned(struct db *db, struct arena *arena, int64_t reader_id, int64_t actor_id, int64_t **ret_ids,
	size_t *ret_count) MUST_CHECK;

/* Posts that quote a post with its author's consent. */
enum error timeline_list_quotes(struct db *db, struct arena *arena, int64_t reader_id, int64_t post_id,
	const struct id_page *page, int64_t **ret_ids, size_t *ret_count) MUST_CHECK;

/* Pages of these go by the id of the relation. */
struct timeline_relation {
	int64_t id;
	int64_t target_id; /* the post, or the actor */
};
enum error timeline_list_bookmarks(struct db *db, struct arena *arena, int64_t reader_id, const struct id_page *page,
	struct timeline_relation **ret_items, size_t *ret_count) MUST_CHECK;
enum error timeline_list_favourites(struct db *db, struct arena *arena, int64_t reader_id, const struct id_page *page,
	struct timeline_relation **ret_items, size_t *ret_count) MUST_CHECK;
/* Who boosted or favourited a post, those left out that the reader does not want to see. Boosts that are for followers
 * are nobody else's business. */
enum error timeline_list_boosters(struct db *db, struct arena *arena, int64_t reader_id, int64_t post_id,
	const struct id_page *page, struct timeline_relation **ret_items, size_t *ret_count) MUST_CHECK;
enum error timeline_list_favouriters(struct db *db, struct arena *arena, int64_t reader_id, int64_t post_id,
	const struct id_page *page, struct timeline_relation **ret_items, size_t *ret_count) MUST_CHECK;

/* Those of the posts that the reader wants to see, in no order: for threads. */
enum error timeline_filter_wanted(struct db *db, struct arena *arena, int64_t reader_id, const int64_t *post_ids, size_t count,
	int64_t **ret_ids, size_t *ret_count) MUST_CHECK;

#endif
