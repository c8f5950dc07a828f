/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The end of a wish: what was got, and what is nowhere (gone, refused, or failing for a day), wakes the activities that
 * wait for it in the transaction in which the row goes; what failed comes again later. A host that is not to be asked
 * just now costs no attempt, and all that is due there waits with it. */
#include "federation/fetch_step.h"

#include "federation/federation.h"
#include "federation/fetch_jobs.h"
#include "federation/inbox_worker.h"
#include "federation/remote_fetch_internal.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/mutant.h"
#include "storage/actor.h"
#include "storage/fetch_queue.h"

#include <string.h>

#define LEASE_MS 600000 /* more than all documents of one wish may take */
#define US_PER_S ((int64_t)1000000)
#define NOWHERE_AFTER_US (24 * 3600 * US_PER_S)
#define MAX_ATTEMPTS 30 /* a wish that ends the process is not for ever */
#define DATABASE_PAUSE_US (10 * US_PER_S)

int64_t fetch_step_delay_us(int attempts)
{
	static const int64_t delays_s[] = { 10, 60, 300, 1800, 7200 };
	const int count = sizeof(delays_s) / sizeof(delays_s[0]);
	int index = attempts < 1 ? 0 : attempts > count ? count - 1 : attempts - 1;
	return delays_s[index] * US_PER_S;
}

/* ---- the work ---- */

/* Somebody may have stored it since it was wished for. */
static enum error fetch_actor(const struct remote_fetch *fetch, struct arena *arena, const struct fetch_job *job,
	struct remote_fetched *fetched)
{
	static const struct remote_fetch_handle handle = { .confirms = true };
	struct actor actor;
	enum error error = actor_find_by_uri(fetch->db, arena, job->uri, &actor);
	if (error && error != ERROR_NOT_FOUND)
		return error;
	if (!error && (actor.is_local || actor.fetched_us >= job->created_us)) {
		*fetched = (struct remote_fetched){ .verdict = FETCH_OK, .reason = "here", .retry_after_s = -1, .actor_id = actor.id };
		return ERROR_NONE;
	}
	return remote_fetch_actor(fetch, job->uri, &handle, fetched);
}

static enum error run(const struct remote_fetch *fetch, struct arena *arena, const struct fetch_job *job,
	struct remote_fetched *fetched)
{
	struct str root_uri = fetch->root_uri.data ? fetch->root_uri : job->uri;
	struct remote_fetch anew = *fetch;
	anew.reads_anew = true;
	switch (job->kind) {
	case FETCH_ACTOR: return fetch_actor(fetch, arena, job, fetched);
	case FETCH_OBJECT: return remote_fetch_object(fetch, job->uri, fetched);
	case FETCH_UPDATE: return remote_fetch_object(&anew, job->uri, fetched);
	case FETCH_ACTIVITY: return remote_fetch_activity(fetch, job->uri, fetched);
	case FETCH_REPLIES: return fetch_replies(fetch, job->uri, fetched);
	case FETCH_OUTBOX: return fetch_outbox(fetch, job->uri, fetched);
	case FETCH_FEATURED: return fetch_featured(fetch, root_uri, job->uri, fetched);
	case FETCH_FOLLOWERS: return fetch_followers(fetch, root_uri, job->uri, fetched);
	}
	return ERROR_NONE;
}

/* ---- its end ---- */

static enum error end_for_good(struct db *db, struct arena *arena, const struct fetch_job *job, bool is_nowhere)
{
	enum error error = db_begin(db);
	if (!error)
		error = inbox_wake_parked(db, arena, job->uri, is_nowhere);
	if (!error)
		error = fetch_finish(db, arena, job);
	return remote_fetch_end(db, error ? error : db_commit(db));
}

static enum error come_again(struct db *db, struct arena *arena, const struct fetch_job *job, const struct remote_fetched *fetched)
{
	int64_t delay_us = fetch_step_delay_us(job->attempts);
	if (strcmp(fetched->reason, "stopping") == 0)
		return fetch_postpone(db, arena, job, 0, false, fetched->reason);
	if (fetched->retry_after_s > 0 && (fetched->is_host_at_fault || fetched->retry_after_s * US_PER_S > delay_us))
		delay_us = fetched->retry_after_s * US_PER_S;
	enum error error = fetch_postpone(db, arena, job, delay_us, !fetched->is_host_at_fault, fetched->reason);
	if (!error && fetched->is_host_at_fault)
		error = fetch_postpone_peer(db, arena, job->peer, delay_us);
	return error;
}

static enum error end(struct db *db, struct arena *arena, const struct fetch_job *job, const struct remote_fetched *fetched)
{
	if (fetched->verdict == FETCH_OK)
		return end_for_good(db, arena, job, false);
	bool is_over = clock_now_us() - job->created_us > NOWHERE_AFTER_US || job->attempts >= MAX_ATTEMPTS;
	log_event(LOG_LEVEL_DEBUG, "fetch_wish_unfulfilled", LOG_STR("uri", job->uri), LOG_TEXT("reason", fetched->reason),
		LOG_INT("attempts", job->attempts));
	if (fetched->verdict != FETCH_FAILED || is_over)
		return end_for_good(db, arena, job, true);
	return come_again(db, arena, job, fetched);
}

enum error fetch_step(struct federation *federation, struct db *db, struct arena *arena)
{
	struct fetch_job job;
	struct remote_fetched fetched = { .verdict = FETCH_FAILED, .reason = "database", .retry_after_s = -1 };
	enum error error = fetch_claim(db, arena, LEASE_MS, &job);
	if (error)
		return error;
	struct remote_fetch fetch = { .federation = federation, .db = db, .depth = job.depth, .is_item = job.is_item };
	if (!str_eq(job.root_uri, job.uri))
		fetch.root_uri = job.root_uri;
	if (job.attempts >= MAX_ATTEMPTS && !MUTANT("fetch_poison"))
		return end_for_good(db, arena, &job, true);
	error = run(&fetch, arena, &job, &fetched);
	if (error) {
		(void)!remote_fetch_end(db, error);
		enum error ignored = fetch_postpone(db, arena, &job, DATABASE_PAUSE_US, true, error_name(error));
		(void)ignored;
		return error;
	}
	return end(db, arena, &job, &fetched);
}
