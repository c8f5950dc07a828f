/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The step in detail: claim; load the actors of all rows with one statement; in groups, read the documents, begin, lock
 * all that they name in one order, look whose turn it is, handle each, mark them done, commit. */
#include "federation/inbox_step.h"

#include "federation/inbox_batch.h"
#include "federation/inbox_worker.h"
#include "storage/uri_lock.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/mutant.h"

#include <assert.h>

#define CLAIM_LIMIT INBOX_STEP_ROWS
#define GROUP_LIMIT INBOX_STEP_ROWS
/* Of bodies in a group: what is read of them takes up to 32 times as much. */
#define GROUP_MAX_BYTES ((size_t)1 << 20)
#define LEASE_MS 120000
#define BEHIND_PAUSE_US 100000          /* while another worker has the earlier one */
#define DATABASE_PAUSE_US 1000000
#define FIRST_BACKOFF_US ((int64_t)30 * 1000000) /* times four each */

static struct metric set_aside_metric = METRIC_LABELLED("comptoir_inbox_activities_total",
	"Accepted activities by what came of them", METRIC_COUNTER, "outcome", "set_aside");

static bool is_too_old(const struct activity_in_claimed *row)
{
	return row->activity.received_us < clock_now_us() - INBOX_MAX_AGE_US && !MUTANT("inbox_age");
}

static enum error set_aside(const struct inbox_claim *claim, const struct activity_in_claimed *row, const char *reason)
{
	metric_add(&set_aside_metric, 1);
	log_event(LOG_LEVEL_INFO, "activity_set_aside", LOG_INT("id", row->activity.id), LOG_STR("type", row->activity.type),
		LOG_TEXT("reason", reason));
	return activity_in_set_aside(claim->step->db, claim->step->arena, row, reason);
}

static enum error park(const struct inbox_claim *claim, size_t index)
{
	const struct activity_in_claimed *row = &claim->rows[index];
	const struct inbox_result *result = &claim->results[index];
	if (is_too_old(row))
		return set_aside(claim, row, "waited for a document for too long");
	if (row->parks >= INBOX_MAX_PARKS && !MUTANT("inbox_parks"))
		return set_aside(claim, row, "waited for too many documents");
	struct fetch_wish wish = { .uri = result->uri, .kind = result->kind };
	/* Whoever ends a wish for it right now does so before, and there is a new wish, or after, and wakes this row. */
	enum error error = uri_lock(claim->step->db, claim->step->arena, &wish.uri, 1);
	if (!error)
		error = fetch_wish(claim->step->db, claim->step->arena, &wish);
	return error ? error : activity_in_park(claim->step->db, claim->step->arena, row, result->uri, true);
}

static enum error wait_behind(const struct inbox_claim *claim, size_t index)
{
	const struct activity_in_claimed *row = &claim->rows[index];
	const struct inbox_result *result = &claim->results[index];
	if (result->uri.data)
		return activity_in_park(claim->step->db, claim->step->arena, row, result->uri, false);
	int64_t soon_us = clock_now_us() + BEHIND_PAUSE_US;
	int64_t due_us = result->due_us > soon_us ? result->due_us : soon_us;
	return activity_in_postpone(claim->step->db, claim->step->arena, row, due_us, false, NULL);
}

static enum error end_rows(const struct inbox_claim *claim, size_t first, size_t count)
{
	int64_t *ids = arena_alloc_array(claim->step->arena, count, sizeof(*ids));
	size_t done = 0;
	enum error error = ERROR_NONE;
	for (size_t i = first; i < first + count && !error; i++) {
		switch (claim->results[i].end) {
		case INBOX_END_DONE:
			ids[done++] = claim->rows[i].activity.id;
			break;
		case INBOX_END_DROPPED:
			error = activity_in_drop(claim->step->db, claim->step->arena, &claim->rows[i], claim->results[i].reason);
			break;
		case INBOX_END_PARKED:
			error = park(claim, i);
			break;
		case INBOX_END_BEHIND:
			error = wait_behind(claim, i);
			break;
		case INBOX_END_NONE:
		case INBOX_END_LOST:
			break;
		}
	}
	if (!error && done)
		error = activity_in_done(claim->step->db, claim->step->arena, ids, done);
	return error;
}

/* In one call, so that two transactions do not wait for one another in a ring. */
static enum error lock_group(const struct inbox_claim *claim, size_t first, size_t count)
{
	struct str *uris = arena_alloc_array(claim->step->work_arena, count * INBOX_BATCH_LOCKS, sizeof(*uris));
	size_t uri_count = 0;
	for (size_t i = first; i < first + count; i++)
		uri_count += inbox_batch_add_locks(claim, i, &uris[uri_count]);
	return uri_lock(claim->step->db, claim->step->work_arena, uris, uri_count);
}

static enum error handle_all(const struct inbox_claim *claim, size_t first, size_t count, bool *ret_is_dropped)
{
	struct activity_in_place *places = NULL;
	enum error error = lock_group(claim, first, count);
	if (!error)
		error = activity_in_check(claim->step->db, claim->step->arena, &claim->rows[first], count, &places);
	return error ? error : inbox_batch_handle(claim, first, count, places, ret_is_dropped);
}

/* One transaction. *ret_is_dropped: rolled back because a handler wrote something and then dropped its activity. */
static enum error handle_group(const struct inbox_claim *claim, size_t first, size_t count, bool *ret_is_dropped)
{
	struct db *db = claim->step->db;
	*ret_is_dropped = false;
	inbox_batch_read(claim, first, count);
	enum error error = db_begin(db);
	if (!error)
		error = handle_all(claim, first, count, ret_is_dropped);
	inbox_batch_forget(claim, first, count);
	if (!error && !*ret_is_dropped)
		error = end_rows(claim, first, count);
	if (error || *ret_is_dropped) {
		db_rollback(db);
		return error;
	}
	return db_commit(db);
}

/* ---- failures ---- */

static bool is_fault_of_database(enum error error)
{
	return error == ERROR_DATABASE_UNREACHABLE || error == ERROR_COMMIT_UNKNOWN || error == ERROR_UNAVAILABLE ||
		error == ERROR_STORAGE_FULL;
}

static enum error fail_row(const struct inbox_claim *claim, size_t index, enum error failure)
{
	const struct activity_in_claimed *row = &claim->rows[index];
	bool is_own_fault = !is_fault_of_database(failure);
	int attempts = row->activity.attempts;
	claim->results[index].end = INBOX_END_NONE;
	inbox_batch_count(claim, index, 1);
	if (is_too_old(row) || (is_own_fault && attempts >= INBOX_MAX_ATTEMPTS && !MUTANT("inbox_attempts")))
		return set_aside(claim, row, error_name(failure));
	int64_t pause_us = DATABASE_PAUSE_US;
	if (is_own_fault)
		pause_us = FIRST_BACKOFF_US << (2 * (attempts < INBOX_MAX_ATTEMPTS ? attempts - 1 : INBOX_MAX_ATTEMPTS));
	return activity_in_postpone(claim->step->db, claim->step->arena, row, clock_now_us() + pause_us, is_own_fault,
		error_name(failure));
}

static enum error handle_alone(const struct inbox_claim *claim, size_t index)
{
	bool is_dropped = false;
	enum error error = handle_group(claim, index, 1, &is_dropped);
	if (error)
		return fail_row(claim, index, error);
	inbox_batch_count(claim, index, 1);
	if (!is_dropped)
		return ERROR_NONE;
	return activity_in_drop(claim->step->db, claim->step->arena, &claim->rows[index], claim->results[index].reason);
}

static size_t group_size(const struct inbox_claim *claim, size_t first)
{
	size_t bytes = claim->rows[first].activity.body.len;
	size_t count = 1;
	while (first + count < claim->count && count < GROUP_LIMIT) {
		bytes += claim->rows[first + count].activity.body.len;
		if (bytes > GROUP_MAX_BYTES)
			break;
		count++;
	}
	return count;
}

static enum error handle_together(const struct inbox_claim *claim, size_t first, size_t count)
{
	bool is_dropped = false;
	enum error error = handle_group(claim, first, count, &is_dropped);
	if (error == ERROR_DATABASE_UNREACHABLE || error == ERROR_COMMIT_UNKNOWN)
		return error;
	if (!error && !is_dropped) {
		inbox_batch_count(claim, first, count);
		return ERROR_NONE;
	}
	error = ERROR_NONE;
	for (size_t i = first; i < first + count && !error; i++)
		error = handle_alone(claim, i);
	return error;
}

static enum error handle_claim(const struct inbox_claim *claim)
{
	enum error error = ERROR_NONE;
	size_t count = 0;
	for (size_t first = 0; first < claim->count && !error; first += count) {
		count = group_size(claim, first);
		error = count > 1 ? handle_together(claim, first, count) : handle_alone(claim, first);
	}
	return error;
}

/* ---- the step ---- */

static enum error take(const struct inbox_step *step, struct inbox_claim *ret_claim)
{
	struct activity_in_claim wanted = {
		.is_suspect = step->is_for_suspects,
		.limit = CLAIM_LIMIT,
		.share = step->share,
		.share_count = step->share_count,
		.lease_ms = LEASE_MS,
	};
	arena_reset(step->arena);
	*ret_claim = (struct inbox_claim){ .step = step };
	enum error error = activity_in_claim(step->db, step->arena, &wanted, &ret_claim->rows, &ret_claim->count);
	if (error || !ret_claim->count)
		return error;
	ret_claim->results = arena_alloc_array(step->arena, ret_claim->count, sizeof(*ret_claim->results));
	ret_claim->readings = arena_alloc_array(step->arena, ret_claim->count, sizeof(*ret_claim->readings));
	return inbox_batch_load_senders(ret_claim);
}

/* Whatever the row did to the five workers before, this one does not try it. */
static bool has_crashed_too_often(const struct inbox_claim *claim)
{
	return claim->rows[0].activity.attempts > INBOX_MAX_ATTEMPTS && !MUTANT("inbox_crashes");
}

/* Best effort: what is not released here is due again when the lease ends. */
static void release(const struct inbox_claim *claim)
{
	int64_t *ids = arena_alloc_array(claim->step->arena, claim->count, sizeof(*ids));
	for (size_t i = 0; i < claim->count; i++)
		ids[i] = claim->rows[i].activity.id;
	enum error error = activity_in_release(claim->step->db, claim->step->arena, ids, claim->count, claim->rows[0].leased_by);
	(void)error;
}

enum error inbox_work_once(const struct inbox_step *step, size_t *ret_claimed)
{
	struct inbox_claim claim;
	enum error error = take(step, &claim);
	if (!error && claim.count) {
		if (step->is_for_suspects && has_crashed_too_often(&claim))
			error = set_aside(&claim, &claim.rows[0], "its handling ended with the process");
		else
			error = handle_claim(&claim);
	}
	if (error && claim.count)
		release(&claim);
	*ret_claimed = claim.count;
	return error;
}

enum error inbox_take_over(const struct inbox_step *step)
{
	int64_t taken = 0;
	arena_reset(step->arena);
	enum error error = activity_in_take_over(step->db, step->arena, &taken);
	if (taken)
		log_event(LOG_LEVEL_INFO, "activities_taken_over", LOG_INT("count", taken));
	return error;
}

enum error inbox_tidy(const struct inbox_step *step)
{
	int64_t woken = 0;
	int64_t aside = 0;
	arena_reset(step->arena);
	enum error error = activity_in_wake_forgotten(step->db, step->arena, &woken);
	if (!error)
		error = activity_in_set_aside_parked(step->db, step->arena, clock_now_us() - INBOX_MAX_AGE_US, &aside);
	if (woken || aside)
		log_event(LOG_LEVEL_INFO, "inbox_tidied", LOG_INT("woken", woken), LOG_INT("set_aside", aside));
	return error;
}
