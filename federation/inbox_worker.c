/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The threads. Each makes steps until nothing is due, then sleeps until somebody rings or POLL_MS have passed. The first
 * one also looks for rows that failed before (finding them is dearer, so once a second unless there are some), takes over
 * what others left when their connection ended, and tidies. */
#include "federation/inbox_worker.h"

#include "federation/federation.h"
#include "federation/inbox_step.h"
#include "storage/activity_in_queue.h"
#include "storage/db.h"
#include "storage/uri_lock.h"
#include "storage/wake.h"
#include "base/clock.h"
#include "base/worker.h"

#include <pthread.h>
#include <time.h>

#define POLL_MS 250
/* After some work, for more to come: many at once cost less each. */
#define GATHER_MS 8
#define FAILURE_PAUSE_MS 1000
#define SUSPECTS_INTERVAL_US 1000000
#define TAKE_OVER_INTERVAL_US 5000000
#define TIDY_INTERVAL_US ((int64_t)60 * 1000000)
#define STACK_BYTES ((size_t)1 << 20)

struct inbox_workers {
	struct federation *federation;
	struct worker_pool *pool;
	struct worker_job *jobs;
	unsigned count;
	struct wake_listener listener;
	pthread_mutex_t mutex; /* guards the rest */
	pthread_cond_t bell;
	uint64_t rings;
	unsigned started;
	bool must_stop;
};

struct worker_state {
	struct inbox_workers *workers;
	struct inbox_step step;
	uint64_t heard_rings;
	int64_t suspects_due_us, take_over_due_us, tidy_due_us;
};

static void hear(struct wake_listener *listener, enum wake_kind kind)
{
	(void)kind;
	struct inbox_workers *workers = LIST_OBJECT(listener, struct inbox_workers, listener);
	pthread_mutex_lock(&workers->mutex);
	workers->rings++;
	pthread_cond_broadcast(&workers->bell);
	pthread_mutex_unlock(&workers->mutex);
}

/* Until a ring that was not heard yet, or the end of the time. False: stop. */
static bool wait_for_ring(struct worker_state *state, int64_t limit_ms, bool hears_rings)
{
	struct inbox_workers *workers = state->workers;
	struct timespec until;
	clock_wait_until(limit_ms, &until);
	pthread_mutex_lock(&workers->mutex);
	while (!workers->must_stop && (!hears_rings || workers->rings == state->heard_rings)) {
		if (pthread_cond_timedwait(&workers->bell, &workers->mutex, &until))
			break;
	}
	bool goes_on = !workers->must_stop;
	pthread_mutex_unlock(&workers->mutex);
	return goes_on;
}

/* Rings from here on mean rows that the next claim may not see. */
static bool note_rings(struct worker_state *state)
{
	struct inbox_workers *workers = state->workers;
	pthread_mutex_lock(&workers->mutex);
	state->heard_rings = workers->rings;
	bool goes_on = !workers->must_stop;
	pthread_mutex_unlock(&workers->mutex);
	return goes_on;
}

static enum error make_step(struct worker_state *state, size_t *ret_claimed)
{
	int64_t now_us = clock_monotonic_us();
	bool is_first = state->step.share == 0;
	if (is_first && now_us >= state->take_over_due_us) {
		enum error error = inbox_take_over(&state->step);
		if (error)
			return error;
		state->take_over_due_us = now_us + TAKE_OVER_INTERVAL_US;
	}
	if (is_first && now_us >= state->tidy_due_us) {
		enum error error = inbox_tidy(&state->step);
		if (error)
			return error;
		state->tidy_due_us = now_us + TIDY_INTERVAL_US;
	}
	size_t suspects = 0;
	if (is_first && now_us >= state->suspects_due_us) {
		state->step.is_for_suspects = true;
		enum error error = inbox_work_once(&state->step, &suspects);
		state->step.is_for_suspects = false;
		if (error)
			return error;
		if (!suspects)
			state->suspects_due_us = now_us + SUSPECTS_INTERVAL_US;
	}
	enum error error = inbox_work_once(&state->step, ret_claimed);
	if (suspects) /* they come one by one */
		*ret_claimed = INBOX_STEP_ROWS;
	return error;
}

static void run(struct worker_job *job, void *thread_state)
{
	(void)job;
	struct worker_state *state = thread_state;
	bool goes_on = note_rings(state);
	while (goes_on) {
		size_t claimed = 0;
		enum error error = make_step(state, &claimed);
		if (error)
			goes_on = wait_for_ring(state, FAILURE_PAUSE_MS, false);
		else if (!claimed)
			goes_on = wait_for_ring(state, POLL_MS, true);
		else if (claimed < INBOX_STEP_ROWS)
			goes_on = wait_for_ring(state, GATHER_MS, false) && wait_for_ring(state, POLL_MS, true);
		goes_on = note_rings(state) && goes_on;
	}
}

static void *start_thread(void *argument)
{
	struct inbox_workers *workers = argument;
	struct worker_state *state = memory_new(sizeof(*state));
	state->workers = workers;
	state->step = (struct inbox_step){
		.federation = workers->federation,
		.db = db_new(workers->federation->config, DB_FEDERATION),
		.arena = arena_new(INBOX_STEP_ARENA_BYTES),
		.work_arena = arena_new(INBOX_WORK_ARENA_BYTES),
		.share_count = (int)workers->count,
	};
	pthread_mutex_lock(&workers->mutex);
	state->step.share = (int)workers->started++;
	pthread_mutex_unlock(&workers->mutex);
	return state;
}

static void stop_thread(void *thread_state)
{
	struct worker_state *state = thread_state;
	db_free(&state->step.db);
	arena_free(&state->step.arena);
	arena_free(&state->step.work_arena);
	memory_free(state);
}

struct inbox_workers *inbox_workers_start(struct federation *federation, unsigned count)
{
	struct inbox_workers *workers = memory_new(sizeof(*workers));
	workers->federation = federation;
	workers->count = count;
	pthread_mutex_init(&workers->mutex, NULL);
	pthread_condattr_t attributes;
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&workers->bell, &attributes);
	pthread_condattr_destroy(&attributes);
	workers->listener = (struct wake_listener){ .heard = hear, .kinds = 1u << WAKE_ACTIVITIES_IN };
	workers->pool = worker_pool_new(&(struct worker_pool_options){
		.role = "federation",
		.name = "inbox",
		.thread_count = count,
		.queue_limit = count,
		.stack_bytes = STACK_BYTES,
		.argument = workers,
		.thread_start = start_thread,
		.thread_stop = stop_thread,
	});
	workers->jobs = memory_new_array(count, sizeof(*workers->jobs));
	wake_listen(&workers->listener);
	for (unsigned i = 0; i < count; i++) {
		workers->jobs[i].run = run;
		if (!worker_pool_submit(workers->pool, &workers->jobs[i]))
			memory_fatal("a new pool of inbox workers takes no jobs");
	}
	return workers;
}

void inbox_workers_stop(struct inbox_workers **workers)
{
	struct inbox_workers *stopping = *workers;
	if (!stopping)
		return;
	wake_unlisten(&stopping->listener);
	pthread_mutex_lock(&stopping->mutex);
	stopping->must_stop = true;
	pthread_cond_broadcast(&stopping->bell);
	pthread_mutex_unlock(&stopping->mutex);
	worker_pool_stop(&stopping->pool);
	pthread_cond_destroy(&stopping->bell);
	pthread_mutex_destroy(&stopping->mutex);
	memory_free(stopping->jobs);
	memory_free(stopping);
	*workers = NULL;
}

enum error inbox_wake_parked(struct db *db, struct arena *arena, struct str uri, bool is_nowhere)
{
	/* See park() in inbox_step.c. */
	enum error error = uri_lock(db, arena, &uri, 1);
	return error ? error : activity_in_wake(db, arena, uri, is_nowhere);
}
