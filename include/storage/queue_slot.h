/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * When accounts like to publish: weekdays and local times in the time zone of their organisation. A time that the clocks leave
 * out in spring is the same distance past midnight (02:30 becomes 03:30); one that comes twice in autumn is taken once, the
 * second time (that of winter). */
#ifndef COMPTOIR_STORAGE_QUEUE_SLOT_H
#define COMPTOIR_STORAGE_QUEUE_SLOT_H

#include "storage/db.h"

#define QUEUE_SLOTS_MAX 200 /* of an account */
#define SLOT_TIMES_MAX 1000

struct queue_slot {
	int weekday;           /* 1: Monday, to 7 */
	int minute_of_the_day; /* 0 to 1439 */
};

/* By weekday and time. *ret_version is 0 where none were ever set. */
enum error queue_slot_list(struct db *db, struct arena *arena, int64_t actor_id, struct queue_slot **ret_slots, size_t *ret_count,
	int64_t *ret_version) MUST_CHECK;
/* All of them at once, in the caller's transaction. ERROR_CONFLICT when the version is another one by now. */
enum error queue_slot_replace(struct db *db, struct arena *arena, int64_t actor_id, int64_t version, const struct queue_slot *slots,
	size_t count) MUST_CHECK;

struct slot_time {
	int64_t actor_id;
	int64_t at_us;
	bool is_free; /* nothing of the account is scheduled for that moment */
};
/* After from_us and up to until_us (at most 100 days are looked at), by time; the first SLOT_TIMES_MAX. */
enum error slot_time_list(struct db *db, struct arena *arena, const int64_t *actor_ids, size_t actor_count, int64_t from_us,
	int64_t until_us, struct slot_time **ret_times, size_t *ret_count) MUST_CHECK;

/* The first free one after a moment, within 90 days; ERROR_NOT_FOUND when there is none. Two who ask at once get the same:
 * whoever takes it holds slot_lock meanwhile. */
enum error slot_next_free(struct db *db, struct arena *arena, int64_t actor_id, int64_t after_us, int64_t *ret_us) MUST_CHECK;
/* Nobody else takes a slot of that account until the transaction ends. */
enum error slot_lock(struct db *db, struct arena *arena, int64_t actor_id) MUST_CHECK;

#endif
