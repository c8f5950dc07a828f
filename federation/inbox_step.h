/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * One step of an inbox worker: a claim, and what the claimed activities do. Several of one claim share a transaction,
 * which halves what each costs; when anything goes wrong in it, or one is dropped after something was written for it, all
 * is rolled back and each gets a transaction of its own. So no activity sees or spoils what another one did by halves.
 *
 * A failure that is the activity's own is tried again after 30 s, 2 min, 8 min and 32 min, then the row is set aside; one
 * of the database is tried again soon and does not count. A row that was being handled when the process ended counts
 * as failed. What is older than three days is set aside when it fails or wants to wait. */
#ifndef COMPTOIR_FEDERATION_INBOX_STEP_H
#define COMPTOIR_FEDERATION_INBOX_STEP_H

#include "base/arena.h"
#include "base/error.h"

#include <stdbool.h>

struct db;
struct federation;

#define INBOX_MAX_ATTEMPTS 5
#define INBOX_MAX_PARKS 16 /* documents that one activity may wait for, one after the other */
#define INBOX_MAX_AGE_US ((int64_t)3 * 86400 * 1000000)

struct inbox_step {
	struct federation *federation;
	struct db *db;            /* DB_FEDERATION, no transaction open */
	struct arena *arena;      /* for the claim; reset by the step; INBOX_STEP_ARENA_BYTES */
	struct arena *work_arena; /* for a group of activities; INBOX_WORK_ARENA_BYTES */
	int share, share_count;   /* which fresh rows are ours */
	bool is_for_suspects;     /* this time one row that failed before; for one worker only */
};

#define INBOX_STEP_ROWS 32 /* that a step claims at most */
#define INBOX_STEP_ARENA_BYTES ((size_t)96 << 20)
#define INBOX_WORK_ARENA_BYTES ((size_t)160 << 20)

/* Claims and handles. *ret_claimed: how many rows it took; 0: nothing is due. An error: the database failed, to be tried
 * again after a pause. */
enum error inbox_work_once(const struct inbox_step *step, size_t *ret_claimed) MUST_CHECK;

/* Once at the start, and every few seconds: ends the leases of those whose connection has ended. */
enum error inbox_take_over(const struct inbox_step *step) MUST_CHECK;

/* Once at the start, and every few minutes: wakes what waits for nothing, sets aside what was parked too long. */
enum error inbox_tidy(const struct inbox_step *step) MUST_CHECK;

#endif
