/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Files that local actors put into their posts: which file belongs to which post, and in what order. A file is in one
 * post at most; one that leaves its post stays its owner's. */
#ifndef COMPTOIR_STORAGE_POST_MEDIA_H
#define COMPTOIR_STORAGE_POST_MEDIA_H

#include "storage/db.h"

struct post_media_item {
	int64_t id;
	bool is_image;     /* neither video nor sound */
	bool is_ready;
	int64_t holder_id; /* the post or the scheduled post that has it; 0 for none */
};

/* Those of the ids that are actor_id's uploads, in no order. */
enum error post_media_look(struct db *db, struct arena *arena, int64_t actor_id, const int64_t *ids, size_t count,
	struct post_media_item **ret_items, size_t *ret_count) MUST_CHECK;

/* In the caller's transaction: the post has these files from now on, in this order, and no others. ERROR_UNPROCESSABLE
 * when one is not actor_id's, not ready, or held by something else; nothing was changed for good then. */
enum error post_media_set(struct db *db, struct arena *arena, int64_t actor_id, int64_t post_id, const int64_t *ids,
	size_t count) MUST_CHECK;

/* The files that a post has, in their order. */
enum error post_media_list(struct db *db, struct arena *arena, int64_t post_id, int64_t **ret_ids, size_t *ret_count) MUST_CHECK;

/* What is said about a file of actor_id's; pointers that are NULL leave the value. focus: -1 to 1 each, other values are
 * taken to the nearer end. *ret_changed is set when something is different now, else left. */
struct post_media_details {
	int64_t id;
	const struct str *alt; /* at most 10,000 characters; what is beyond is cut */
	const double *focus_x, *focus_y;
};
enum error post_media_describe(struct db *db, struct arena *arena, int64_t actor_id,
	const struct post_media_details *details, bool *ret_changed) MUST_CHECK;

/* Before the post is deleted, with its files. */
enum error post_media_delete(struct db *db, struct arena *arena, int64_t post_id) MUST_CHECK;

#endif
