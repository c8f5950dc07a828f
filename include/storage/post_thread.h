/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What a post answers and what answers it, as a reader may see it. */
#ifndef COMPTOIR_STORAGE_POST_THREAD_H
#define COMPTOIR_STORAGE_POST_THREAD_H

#include "storage/post.h"

/* Answers to answers are followed as deep as this for anyone, and a thread is looked through up to so many posts. */
#define POST_THREAD_ANYONE_DEPTH 20
#define POST_THREAD_MAX_POSTS 400

/* The posts above, the first one first; nearest ones when there are more than limit. Those that viewer_actor_id (0:
 * anyone) may not see are left out. */
enum error post_thread_ancestors(struct db *db, struct arena *arena, int64_t viewer_actor_id, int64_t post_id, int limit,
	struct post **ret_posts, size_t *ret_count) MUST_CHECK;

/* The posts below, each behind what it answers, otherwise in order of time. */
enum error post_thread_descendants(struct db *db, struct arena *arena, int64_t viewer_actor_id, int64_t post_id, int limit,
	struct post **ret_posts, size_t *ret_count) MUST_CHECK;

#endif
