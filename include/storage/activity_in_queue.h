/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * How the rows of the inbox are worked on. A claim leases due rows in the order (due_at, id) and counts as an attempt
 * in the same statement, so that a crash counts. Rows that have never failed ("fresh") are claimed many at a time, each
 * share of them by one worker, so that two workers never write the counters of one actor against each other; those
 * that have ("suspects") one at a time by one worker, so that a row which ends the process takes no other with it.
 *
 * Order: what one actor says about one object is handled in the order of the ids. What others say about it does not
 * wait for that (whoever names an object first could hold it up for everybody), but the object is locked meanwhile.
 *
 * A lease names the process of PostgreSQL that serves the worker: when that is gone, so is the lease. */
#ifndef COMPTOIR_STORAGE_ACTIVITY_IN_QUEUE_H
#define COMPTOIR_STORAGE_ACTIVITY_IN_QUEUE_H

#include "storage/activity_in.h"

#define ACTIVITY_IN_CLAIM_MAX 64

struct activity_in_claim {
	bool is_suspect;  /* one row that has failed before */
	int limit;        /* of fresh rows; at most ACTIVITY_IN_CLAIM_MAX */
	int share;        /* of the fresh rows, from 0 */
	int share_count;
	int64_t lease_ms;
};

struct activity_in_claimed {
	struct activity_in activity; /* attempts: with this one */
	int64_t leased_by;
	int parks;
	bool is_wanted_nowhere;
};

/* Alone. In the order in which they are to be handled. */
enum error activity_in_claim(struct db *db, struct arena *arena, const struct activity_in_claim *claim,
	struct activity_in_claimed **ret_rows, size_t *ret_count) MUST_CHECK;

/* ---- in the transaction that handles claimed rows ---- */

enum activity_in_turn {
	ACTIVITY_IN_OURS,    /* to be handled now; the row is locked */
	ACTIVITY_IN_LOST,    /* somebody else has it, or it is done */
	ACTIVITY_IN_BEHIND,  /* an earlier one of the same actor and object waits */
};
struct activity_in_place {
	enum activity_in_turn turn;
	struct str parked_uri; /* BEHIND: what the earlier one is parked for; data NULL when it only waits */
	int64_t due_us;        /* BEHIND: when that one is due */
};

/* With the ids of the rows' actors and objects locked (uri_lock.h). ret_places: one for each row, arena. Earlier rows
 * among those given do not count. COMMIT of this transaction will not wait for the disk: what a crash of PostgreSQL
 * takes back it takes back with the mark that the row is done, and it is handled again. */
enum error activity_in_check(struct db *db, struct arena *arena, const struct activity_in_claimed *rows, size_t count,
	struct activity_in_place **ret_places) MUST_CHECK;

/* Ends rows that had their effect. */
enum error activity_in_done(struct db *db, struct arena *arena, const int64_t *ids, size_t count) MUST_CHECK;

/* ---- in a transaction or alone; nothing happens when the lease is no longer that of the row ---- */

/* Ends one without effect. */
enum error activity_in_drop(struct db *db, struct arena *arena, const struct activity_in_claimed *row, const char *reason) MUST_CHECK;

/* The document must be here first. is_wanted: false for rows that only wait behind such a one. */
enum error activity_in_park(struct db *db, struct arena *arena, const struct activity_in_claimed *row, struct str uri,
	bool is_wanted) MUST_CHECK;

/* Due again then; counts: this attempt was its own fault. error: for operators, data NULL for none. */
enum error activity_in_postpone(struct db *db, struct arena *arena, const struct activity_in_claimed *row, int64_t due_us,
	bool counts, const char *error) MUST_CHECK;

enum error activity_in_set_aside(struct db *db, struct arena *arena, const struct activity_in_claimed *row,
	const char *reason) MUST_CHECK;

/* Gives claimed rows back untouched. */
enum error activity_in_release(struct db *db, struct arena *arena, const int64_t *ids, size_t count, int64_t leased_by) MUST_CHECK;

/* ---- around it ---- */

/* Those parked for uri are due; is_nowhere: it cannot be had. Rings WAKE_ACTIVITIES_IN when there were any. */
enum error activity_in_wake(struct db *db, struct arena *arena, struct str uri, bool is_nowhere) MUST_CHECK;

/* Ends the leases of workers that are no longer connected, such as those of a process that died. */
enum error activity_in_take_over(struct db *db, struct arena *arena, int64_t *ret_count) MUST_CHECK;

/* Those parked for what nobody fetches are due: they look anew, or wish for it again. At most 1,000. */
enum error activity_in_wake_forgotten(struct db *db, struct arena *arena, int64_t *ret_count) MUST_CHECK;

/* Sets aside what has been parked since before that moment; at most 1,000. */
enum error activity_in_set_aside_parked(struct db *db, struct arena *arena, int64_t received_before_us, int64_t *ret_count) MUST_CHECK;

/* Lets a Follow that is done come again under its id. Nothing happens when there is none by that actor. */
enum error activity_in_forget_follow(struct db *db, struct arena *arena, struct str uri, struct str actor_uri) MUST_CHECK;

/* ---- for operators ---- */

enum activity_in_state { ACTIVITY_IN_WAITING, ACTIVITY_IN_PARKED, ACTIVITY_IN_DONE, ACTIVITY_IN_SET_ASIDE };
const char *activity_in_state_name(enum activity_in_state state);

struct activity_in_view {
	struct activity_in activity; /* body only from activity_in_find */
	enum activity_in_state state;
	int parks;
	int64_t due_us;
	int64_t ended_us;      /* 0 while it has not */
	struct str last_error; /* data NULL for none */
};

/* Of one state (not ACTIVITY_IN_DONE), oldest first. after_id: the last one of the page before. */
enum error activity_in_list(struct db *db, struct arena *arena, enum activity_in_state state, int64_t after_id, int limit,
	struct activity_in_view **ret_views, size_t *ret_count) MUST_CHECK;
enum error activity_in_find(struct db *db, struct arena *arena, int64_t id, struct activity_in_view *ret_view) MUST_CHECK; /* ERROR_NOT_FOUND */

/* Due at once, as if it had just come. ERROR_NOT_FOUND; ERROR_CONFLICT when it is done or worked on. */
enum error activity_in_retry(struct db *db, struct arena *arena, int64_t id) MUST_CHECK;

/* Ends it without effect. The same errors. */
enum error activity_in_discard(struct db *db, struct arena *arena, int64_t id) MUST_CHECK;

#endif
