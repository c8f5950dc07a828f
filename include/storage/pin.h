/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What actors show first on their profiles: featured posts and featured hashtags. */
#ifndef COMPTOIR_STORAGE_PIN_H
#define COMPTOIR_STORAGE_PIN_H

#include "storage/db.h"

#define PIN_MAX 20 /* of one actor; Mastodon has 5 */

/* The actor's own post. Twice is fine. ERROR_UNPROCESSABLE above PIN_MAX; ERROR_NOT_FOUND when it is not theirs. */
enum error pin_add(struct db *db, struct arena *arena, int64_t actor_id, int64_t post_id) MUST_CHECK;
enum error pin_remove(struct db *db, struct arena *arena, int64_t actor_id, int64_t post_id) MUST_CHECK; /* ERROR_NOT_FOUND */

/* URIs and ids of public and unlisted pinned posts, last pinned first. */
struct pin {
	int64_t post_id;
	struct str post_uri;
};
enum error pin_list(struct db *db, struct arena *arena, int64_t actor_id, struct pin **ret_pins, size_t *ret_count) MUST_CHECK;

/* Makes the pins of a remote actor what its featured collection says: those of post_ids that are its own. */
enum error pin_replace(struct db *db, struct arena *arena, int64_t actor_id, const int64_t *post_ids, size_t count) MUST_CHECK;

#define FEATURED_TAG_MAX 20 /* of one actor; Mastodon has 10 */

/* name without '#', lower case. Twice, or removing what is not there, is fine. ERROR_UNPROCESSABLE above
 * FEATURED_TAG_MAX, ERROR_NOT_FOUND when the actor is absent. */
enum error featured_tag_add(struct db *db, struct arena *arena, int64_t actor_id, struct str name) MUST_CHECK;
enum error featured_tag_remove(struct db *db, struct arena *arena, int64_t actor_id, struct str name) MUST_CHECK;
enum error featured_tag_list(struct db *db, struct arena *arena, int64_t actor_id, struct str **ret_names, size_t *ret_count) MUST_CHECK;

#endif
