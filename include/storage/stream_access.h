/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What decides whether a stream may go on, and who of those who watch gets what. */
#ifndef COMPTOIR_STORAGE_STREAM_ACCESS_H
#define COMPTOIR_STORAGE_STREAM_ACCESS_H

#include "storage/db.h"

/* Those of the tokens that are good no longer, by the rules of access_find. */
enum error stream_access_list_ended(struct db *db, struct arena *arena, const int64_t *token_ids, size_t count,
	int64_t **ret_ended_ids, size_t *ret_count) MUST_CHECK;

enum error stream_access_list_is_own(struct db *db, struct arena *arena, int64_t actor_id, int64_t list_id, bool *ret_is_own) MUST_CHECK;

/* What a post or boost is, as far as streams care. ERROR_NOT_FOUND when it is gone. */
struct stream_facts {
	int64_t actor_id;      /* who posted or boosted */
	bool is_boost;
	bool is_open;          /* public, of somebody who is not silenced: for public streams */
	bool is_local;
	bool has_media;
	bool answers_somebody; /* other than its author */
	struct str *tags;
	size_t tag_count;
};
enum error stream_access_facts(struct db *db, struct arena *arena, int64_t id, struct stream_facts *ret_facts) MUST_CHECK;

/* Those of the lists in which the post or boost is shown. */
enum error stream_access_lists_with(struct db *db, struct arena *arena, int64_t id, const int64_t *list_ids, size_t count,
	int64_t **ret_list_ids, size_t *ret_count) MUST_CHECK;

/* Those of the actors who may see the post and want to: not muted, not blocked, no blocked domain. */
enum error stream_access_wanted_by(struct db *db, struct arena *arena, int64_t id, const int64_t *actor_ids, size_t count,
	int64_t **ret_actor_ids, size_t *ret_count) MUST_CHECK;

/* Those of the actors who follow actor_id, and actor_id itself: who may have had a post of theirs that is gone. */
enum error stream_access_followers_among(struct db *db, struct arena *arena, int64_t actor_id, const int64_t *actor_ids,
	size_t count, int64_t **ret_actor_ids, size_t *ret_count) MUST_CHECK;

#endif
