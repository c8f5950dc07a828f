/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What is known of other servers as those who take our deliveries: a host, with a port that is not the default. */
#ifndef COMPTOIR_STORAGE_PEER_H
#define COMPTOIR_STORAGE_PEER_H

#include "storage/db.h"

enum peer_state {
	PEER_ALIVE,
	PEER_DEAD,   /* no success for seven days: one probe a day */
	PEER_PAUSED, /* by an operator */
	PEER_STATE_COUNT
};
const char *peer_state_name(enum peer_state state); /* as in the table; static */

struct peer_record {
	struct str name;
	enum peer_state state;
	int window;
	int failures;             /* in a row */
	int64_t failing_since_us; /* 0: it is well */
	int64_t due_us;           /* nothing is sent before; 0 for no pause */
	int64_t last_success_us;  /* these are 0 when there was none */
	int64_t last_failure_us;
	int64_t last_heard_us;
	struct str last_error;    /* data NULL for none */
	bool prefers_rfc9421;
};

/* Those of the names that are known, in no order. */
enum error peer_find_many(struct db *db, struct arena *arena, const struct str *names, size_t count,
	struct peer_record **ret_records, size_t *ret_count) MUST_CHECK;

/* Inserts or replaces; an operator's pause stays, and so does what was heard. Who has deliveries parked is looked at
 * when its pause ends. */
enum error peer_save_many(struct db *db, struct arena *arena, const struct peer_record *records, size_t count) MUST_CHECK;

/* Peers whose parked deliveries are to be looked at, at most limit; not again before again_us. */
enum error peer_take_due(struct db *db, struct arena *arena, int64_t now_us, int64_t again_us, int limit,
	struct peer_record **ret_records, size_t *ret_count) MUST_CHECK;

/* Names of all that an operator has paused. */
enum error peer_list_paused(struct db *db, struct arena *arena, struct str **ret_names, size_t *ret_count) MUST_CHECK;

/* A verified request came from there: it lives, and what waits for it is looked at now. */
enum error peer_note_heard(struct db *db, struct arena *arena, struct str name, int64_t now_us, bool prefers_rfc9421)
	MUST_CHECK;

/* Parked deliveries whose peer does not say when to look at them, which takes two processes and bad luck: *ret_count
 * peers are looked at now. Reads all peers. */
enum error peer_mend(struct db *db, struct arena *arena, int64_t now_us, int64_t *ret_count) MUST_CHECK;

enum error peer_count_states(struct db *db, struct arena *arena, int64_t ret_counts[PEER_STATE_COUNT]) MUST_CHECK;

/* ---- for the operator ---- */

struct peer_page {
	struct str after_name; /* empty for the first page */
	int limit;             /* 1 to 1,000 */
	bool only_troubled;    /* dead, paused or failing */
};
enum error peer_list(struct db *db, struct arena *arena, const struct peer_page *page, struct peer_record **ret_records,
	size_t *ret_count) MUST_CHECK;

/* Deliveries that wait for it, counted up to limit. */
enum error peer_count_waiting(struct db *db, struct arena *arena, struct str name, int limit, int64_t *ret_count) MUST_CHECK;

/* These ring WAKE_POLICY. A paused peer keeps its deliveries; a resumed one starts as a healthy one. Pausing makes it
 * known; ERROR_NOT_FOUND when an unknown one is to be resumed or forgotten. Forgetting makes it a new one. After both,
 * what waits is tried at once. */
enum error peer_pause(struct db *db, struct arena *arena, struct str name) MUST_CHECK;
enum error peer_resume(struct db *db, struct arena *arena, struct str name, int64_t now_us) MUST_CHECK;
enum error peer_forget(struct db *db, struct arena *arena, struct str name, int64_t now_us) MUST_CHECK;

#endif
