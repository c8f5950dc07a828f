/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What local actors are told about. The same thing is told once. Whether it is told, held back or dropped is decided
 * when it is written; what has been muted since is left out by those who read (notification_list.h). */
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
	NOTIFICATION_STATUS,  /* somebody whose posts you want to be told of has posted */
	NOTIFICATION_SIGN_UP, /* for moderators */
	NOTIFICATION_REPORT,  /* for moderators */
	NOTIFICATION_SEVERED, /* follows have ended (severance.h); it comes from whom it is for */
	NOTIFICATION_KIND_COUNT
};

/* Nothing happens when actor_id is no local actor, is from_actor_id (but for NOTIFICATION_POLL), blocks it, has muted it
 * or its domain or the thread, or its policy drops such things. What the policy filters is written and held back. Emits
 * EVENT_NOTIFICATION and rings the apps when it was written and is shown. post_id 0 for none. */
enum error notification_add(struct db *db, struct arena *arena, int64_t actor_id, enum notification_kind kind,
	int64_t from_actor_id, int64_t post_id) MUST_CHECK;

/* The same for several, no two of which are the same, in one statement. */
struct notification_new {
	int64_t actor_id;
	enum notification_kind kind;
	int64_t from_actor_id;
	int64_t post_id; /* 0 for none */
};
enum error notification_add_many(struct db *db, struct arena *arena, const struct notification_new *news, size_t count) MUST_CHECK;

/* When what it told of was taken back. */
enum error notification_remove(struct db *db, struct arena *arena, int64_t actor_id, enum notification_kind kind,
	int64_t from_actor_id, int64_t post_id) MUST_CHECK;

/* In the transaction that wrote new posts: those who want to be told whenever their authors post will be, by a job. Costs
 * one look at an index for posts whose authors nobody watches. Answers to others and direct posts are not told of. */
enum error notification_tell_watchers(struct db *db, struct arena *arena, const int64_t *post_ids, size_t count) MUST_CHECK;

/* The web role only: what that job does, and the same for moderators: NOTIFICATION_REPORT of a report, and
 * NOTIFICATION_SIGN_UP of a new local actor. Outside of a transaction; may be done again. */
enum error notification_add_watched(struct db *db, struct arena *arena, int64_t post_id) MUST_CHECK;
enum error notification_add_report(struct db *db, struct arena *arena, int64_t report_id) MUST_CHECK;
enum error notification_add_sign_up(struct db *db, struct arena *arena, int64_t actor_id) MUST_CHECK;

#endif
