/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Pinning one's own posts to the profile. */
#ifndef COMPTOIR_SERVER_ACTION_PIN_POST_H
#define COMPTOIR_SERVER_ACTION_PIN_POST_H

#include "storage/pin.h"

/* Each in a transaction of its own: db must not be in one. Pinning twice is fine. ERROR_NOT_FOUND when the post is not
 * the actor's or was not pinned, ERROR_UNPROCESSABLE above PIN_MAX and for direct posts, ERROR_FORBIDDEN when the actor
 * may not act. */
enum error pin_post(struct db *db, struct arena *arena, int64_t actor_id, int64_t post_id) MUST_CHECK;
enum error unpin_post(struct db *db, struct arena *arena, int64_t actor_id, int64_t post_id) MUST_CHECK;

#endif
