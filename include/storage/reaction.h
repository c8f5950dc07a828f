/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What actors do to posts: boosts, favourites and emoji reactions, each kept with its counters. The caller has checked
 * that the actor may see (and boost) the post. */
#ifndef COMPTOIR_STORAGE_REACTION_H
#define COMPTOIR_STORAGE_REACTION_H

#include "storage/post.h"

struct boost {
	int64_t id; /* id_new(): boosts share the id space of posts */
	int64_t actor_id;
	int64_t post_id;
	struct str uri; /* of the Announce */
	enum post_visibility visibility; /* not POST_DIRECT */
	int64_t created_us;
};

/* Each: ERROR_CONFLICT when there is one already (same actor and post, or same uri), ERROR_NOT_FOUND when actor or
 * post is absent. The transaction stays usable after both. */
enum error boost_create(struct db *db, struct arena *arena, const struct boost *boost) MUST_CHECK;
enum error favourite_create(struct db *db, struct arena *arena, int64_t id, int64_t actor_id, int64_t post_id, struct str uri) MUST_CHECK;
enum error reaction_create(struct db *db, struct arena *arena, int64_t id, int64_t actor_id, int64_t post_id,
	struct str emoji, struct str image_url, struct str uri) MUST_CHECK; /* image_url data NULL for Unicode ones */

/* ERROR_NOT_FOUND when there is none. */
enum error boost_find(struct db *db, struct arena *arena, int64_t actor_id, int64_t post_id, struct boost *ret_boost) MUST_CHECK;
enum error boost_find_by_id(struct db *db, struct arena *arena, int64_t id, struct boost *ret_boost) MUST_CHECK;
enum error boost_find_by_uri(struct db *db, struct arena *arena, struct str uri, struct boost *ret_boost) MUST_CHECK;

/* Each removes and tells the uri of the activity; ERROR_NOT_FOUND when there was none. */
enum error boost_remove(struct db *db, struct arena *arena, int64_t actor_id, int64_t post_id, struct str *ret_uri) MUST_CHECK;
enum error favourite_remove(struct db *db, struct arena *arena, int64_t actor_id, int64_t post_id, struct str *ret_uri) MUST_CHECK;
enum error reaction_remove(struct db *db, struct arena *arena, int64_t actor_id, int64_t post_id, struct str emoji,
	struct str *ret_uri) MUST_CHECK;

/* For Undo by the activity's id: whichever of boost, favourite, reaction it is, if it is actor_id's. */
enum reaction_kind { REACTION_BOOST, REACTION_FAVOURITE, REACTION_EMOJI };
enum error reaction_remove_by_uri(struct db *db, struct arena *arena, int64_t actor_id, struct str uri,
	enum reaction_kind *ret_kind, int64_t *ret_post_id) MUST_CHECK;

#endif
