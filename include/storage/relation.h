/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * How one actor stands to others: all of it at once for many, and the lists of one kind, paged by the ids of the
 * relations themselves. Besides: what an actor notes about others, and whom it shows on its profile. */
#ifndef COMPTOIR_STORAGE_RELATION_H
#define COMPTOIR_STORAGE_RELATION_H

#include "storage/db.h"
#include "storage/id_page.h"

struct relation {
	int64_t actor_id; /* the other one */
	bool is_following, is_requested; /* accepted, or waiting */
	bool shows_boosts, notifies;     /* of the follow */
	struct str languages_json;       /* array of those that are wanted; data NULL for all */
	bool is_followed_by, is_requested_by;
	bool is_blocking, is_blocked_by;
	bool is_muting, hides_notifications;
	int64_t mute_expires_us; /* 0 for never */
	bool is_domain_blocking;
	bool is_endorsed;
	struct str note; /* empty for none */
};

#define RELATION_FIND_MANY_MAX 1000

/* Of those that are here and not deleted, in the order of the ids. */
enum error relation_find_many(struct db *db, struct arena *arena, int64_t actor_id, const int64_t *ids, size_t count,
	bool with_suspended, struct relation **ret_relations, size_t *ret_count) MUST_CHECK;

enum relation_kind {
	RELATION_FOLLOWERS, /* accepted */
	RELATION_FOLLOWING, /* accepted */
	RELATION_REQUESTS,  /* who wants to follow it */
	RELATION_BLOCKS,
	RELATION_MUTES,     /* that count today */
	RELATION_ENDORSEMENTS,
};
struct relation_item {
	int64_t id; /* of the relation: pages go by it */
	int64_t actor_id;
	int64_t expires_us; /* of a mute; 0 for never */
};
/* Newest first; suspended and deleted actors are left out. */
enum error relation_list(struct db *db, struct arena *arena, enum relation_kind kind, int64_t actor_id,
	const struct id_page *page, struct relation_item **ret_items, size_t *ret_count) MUST_CHECK;

/* Whom of those that actor_id follows do the targets have as followers; at most 40 of each. None of a target that hides
 * its collections. */
struct familiar_follower {
	int64_t target_id;
	int64_t follower_id;
};
enum error relation_list_familiar(struct db *db, struct arena *arena, int64_t actor_id, const int64_t *target_ids,
	size_t target_count, struct familiar_follower **ret_items, size_t *ret_count) MUST_CHECK;

#define NOTE_MAX_CHARACTERS 2000

/* An empty comment takes the note away. ERROR_NOT_FOUND when the target is absent, ERROR_UNPROCESSABLE when it is longer
 * than NOTE_MAX_CHARACTERS. */
enum error note_set(struct db *db, struct arena *arena, int64_t actor_id, int64_t target_id, struct str comment) MUST_CHECK;

/* Twice is fine. ERROR_UNPROCESSABLE for one whom it does not follow. */
enum error endorsement_add(struct db *db, struct arena *arena, int64_t actor_id, int64_t endorsed_id) MUST_CHECK;
/* Removing what is not there is fine. */
enum error endorsement_remove(struct db *db, struct arena *arena, int64_t actor_id, int64_t endorsed_id) MUST_CHECK;

#endif
