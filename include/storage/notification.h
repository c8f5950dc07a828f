/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What local actors are told about. The same thing is told once. */
#ifndef COMPTOIR_STORAGE_NOTIFICATION_H
#define COMPTOIR_STORAGE_NOTIFICATION_H

#include "storage/db.h"

enum notification_kind {
	NOTIFICATION_MENTION,
	NOTIFICATION_FOLLOW,
	NOTIFICATION_FOLLOW_REQUEST,
	NOTIFICATION_FAVOURITE,
	NOTIFICATION_REACTION,
	NOTIFICATION_BOOST,
	NOTIFICATION_POLL,   /* one that you voted in or made has ended */
	NOTIFICATION_UPDATE, /* a post that you boosted was edited */
	NOTIFICATION_QUOTE,
	NOTIFICATION_QUOTED_UPDATE,
	NOTIFICATION_MOVE,
};

/* Nothing happens when actor_id is no local actor, is from_actor_id (but for NOTIFICATION_POLL), or blocks it.
 * post_id 0 for none. */
enum error notification_add(struct db *db, struct arena *arena, int64_t actor_id, enum notification_kind kind,
	int64_t from_actor_id, int64_t post_id) MUST_CHECK;

/* When what it told of was taken back. */
enum error notification_remove(struct db *db, struct arena *arena, int64_t actor_id, enum notification_kind kind,
	int64_t from_actor_id, int64_t post_id) MUST_CHECK;

#endif
