/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Whom to ask for what they may have said while we, or they, were not there: followed remote actors. */
#ifndef COMPTOIR_STORAGE_PULL_H
#define COMPTOIR_STORAGE_PULL_H

#include "storage/db.h"

/* Notes that we run now. *ret_previous_us: when that was last noted, 0 for never. */
enum error pull_beat(struct db *db, struct arena *arena, int64_t *ret_previous_us) MUST_CHECK;

struct pull_actor {
	int64_t id;
	struct str uri;
	struct str outbox_url;
};

#define PULL_MAX 50 /* actors of one step */

/* One step of a walk through all remote actors: those with local followers whose outbox was not read since before_us and
 * who did not write since unheard_since_us. *ret_cursor goes into the next step; 0: the walk is over. */
enum error pull_step(struct db *db, struct arena *arena, int64_t cursor, int64_t before_us, int64_t unheard_since_us,
	struct pull_actor **ret_actors, size_t *ret_count, int64_t *ret_cursor) MUST_CHECK;

/* Their outboxes are being read now. */
enum error pull_note(struct db *db, struct arena *arena, const struct pull_actor *actors, size_t count) MUST_CHECK;

/* Collections of answers to their posts since then, at most three of each; at most 3 * PULL_MAX. */
struct pull_thread {
	struct str post_uri;
	struct str replies_url;
};
enum error pull_threads(struct db *db, struct arena *arena, const struct pull_actor *actors, size_t count, int64_t since_us,
	struct pull_thread **ret_threads, size_t *ret_count) MUST_CHECK;

#endif
