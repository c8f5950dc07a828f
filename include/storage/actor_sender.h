/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * As much of actors as whoever takes in what they say must know of each. The whole of an actor (actor.h) costs several
 * times as much. */
#ifndef COMPTOIR_STORAGE_ACTOR_SENDER_H
#define COMPTOIR_STORAGE_ACTOR_SENDER_H

#include "storage/db.h"

struct actor_sender {
	int64_t id;
	struct str uri;
	bool is_local, is_suspended, is_silenced, is_deleted;
	bool is_locked;   /* asks for consent before it is followed */
	bool is_instance; /* an Application: only relays follow ours */
	bool is_handle_confirmed;
	int64_t fetched_us; /* 0 for never */
};

/* By id, so that whoever writes rows for each takes them in the order of all others; those that are not here are missing. */
enum error actor_sender_find_many(struct db *db, struct arena *arena, const struct str *uris, size_t count,
	struct actor_sender **ret_senders, size_t *ret_count) MUST_CHECK;

#endif
