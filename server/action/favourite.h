/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Favourites and emoji reactions: told to the author of the post. */
#ifndef COMPTOIR_SERVER_ACTION_FAVOURITE_H
#define COMPTOIR_SERVER_ACTION_FAVOURITE_H

#include "storage/reaction.h"

/* Each in a transaction of its own: db must not be in one. Beginning twice is fine. ERROR_NOT_FOUND when the post is not
 * there for the actor, or when there is nothing to stop; ERROR_FORBIDDEN when the actor may not act. */
enum error favourite_start(struct db *db, struct arena *arena, int64_t actor_id, int64_t post_id) MUST_CHECK;
enum error favourite_stop(struct db *db, struct arena *arena, int64_t actor_id, int64_t post_id) MUST_CHECK;

/* emoji: one of Unicode. ERROR_UNPROCESSABLE for anything else. */
enum error reaction_start(struct db *db, struct arena *arena, int64_t actor_id, int64_t post_id, struct str emoji) MUST_CHECK;
enum error reaction_stop(struct db *db, struct arena *arena, int64_t actor_id, int64_t post_id, struct str emoji) MUST_CHECK;

/* Whether text is one emoji, as people see it. */
bool reaction_is_emoji(struct str text);

#endif
