/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Verified activities that are handled in one transaction, whether they were claimed by a worker (inbox_step.h) or came
 * just now (inbox_direct.h). What becomes of their rows afterwards is the caller's. */
#ifndef COMPTOIR_FEDERATION_INBOX_BATCH_H
#define COMPTOIR_FEDERATION_INBOX_BATCH_H

#include "federation/inbox_handler.h"
#include "federation/inbox_step.h"
#include "storage/activity_in_queue.h"
#include "storage/actor_sender.h"

enum inbox_end {
	INBOX_END_NONE, /* not handled, or rolled back */
	INBOX_END_DONE,
	INBOX_END_DROPPED,
	INBOX_END_PARKED,
	INBOX_END_BEHIND,
	INBOX_END_LOST,
};

struct inbox_result {
	enum inbox_end end;
	bool is_early;        /* INBOX_END_DONE, together with others of its group */
	bool has_written;     /* INBOX_END_DROPPED: what its handler wrote must go */
	const char *reason;   /* INBOX_END_DROPPED */
	struct str uri;       /* INBOX_END_PARKED, INBOX_END_BEHIND a parked one */
	enum fetch_kind kind; /* INBOX_END_PARKED */
	int64_t due_us;       /* INBOX_END_BEHIND */
};

/* An activity as it was read, for the time of its group. */
struct inbox_reading {
	const char *reason; /* to drop it at once; NULL for none */
	struct vocab_activity activity;
	json_t *document;
};

/* What is loaded when the first needs it: the whole of the actors whose activities go one by one, and whom those who come
 * by the queue want to follow. */
struct inbox_known_actors {
	bool is_loaded;
	struct actor *actors;
	size_t count;
	struct actor_sender *followed;
	size_t followed_count;
};

struct inbox_claim {
	const struct inbox_step *step;
	struct activity_in_claimed *rows;
	struct inbox_reading *readings; /* one for each row */
	struct inbox_result *results;   /* one for each row */
	size_t count;
	struct actor_sender *known; /* the senders of all rows, and whom those that are read already want to follow */
	size_t known_count;
	struct inbox_known_actors *whole;
};

/* Of all rows, with those who are followed by rows that are read. Wishes for those senders that were not read for long. */
enum error inbox_batch_load_senders(struct inbox_claim *claim) MUST_CHECK;

/* The readings of these rows, until inbox_batch_forget. The first resets the work arena. */
void inbox_batch_read(const struct inbox_claim *claim, size_t first, size_t count);
void inbox_batch_forget(const struct inbox_claim *claim, size_t first, size_t count);

/* NULL, or why an activity that was read already is to be dropped at once. */
const char *inbox_batch_judge(const struct federation *federation, const struct activity_in *row,
	const struct vocab_activity *activity);

/* The ids that one activity locks: at most INBOX_BATCH_LOCKS. Returns how many; data may be NULL. */
#define INBOX_BATCH_LOCKS 4
size_t inbox_batch_add_locks(const struct inbox_claim *claim, size_t index, struct str *uris);

/* Handles the rows from `first` on, whose turns are in `places`, in the open transaction in which their ids are locked.
 * *ret_is_dropped: a handler wrote something and then dropped its activity, so that all is to be rolled back. */
enum error inbox_batch_handle(const struct inbox_claim *claim, size_t first, size_t count,
	const struct activity_in_place *places, bool *ret_is_dropped) MUST_CHECK;

/* What became of them, for the metrics. */
void inbox_batch_count(const struct inbox_claim *claim, size_t first, size_t count);

#endif
