/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The threads. Each takes one wish after the other, then sleeps until somebody rings or the next one is due. The first
 * one also looks after what none of them owns: leases of workers that are gone, the key that all fetches are signed
 * with, and actors who were not heard from (pull.h). */
#include "federation/fetch_worker.h"

#include "federation/federation.h"
#include "federation/fetch.h"
#include "federation/fetch_step.h"
#include "federation/pull.h"

#include "base/clock.h"
#include "base/log.h"
#include "storage/db.h"
#include "storage/fetch_queue.h"
#include "storage/wake.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>

#define ARENA_BYTES ((size_t)64 << 20)
#define POLL_US ((int64_t)5 * 1000000) /* rings may be lost with a connection */
#define LEAST_SLEEP_MS 250
#define FAILURE_PAUSE_MS 1000
#define TIDY_INTERVAL_US ((int64_t)60 * 1000000)
#define STACK_BYTES ((size_t)1 << 20)

struct fetch_thread {
	struct fetch_workers *workers;
	pthread_t thread;
	char name[24];
	bool is_first;
	uint64_t heard_rings;
	int64_t tidy_due_us, pull_due_us;
	struct pull pull;
};

struct fetch_workers {
	struct federation *federation;
	struct fetch_thread *threads;
	unsigned count;
	struct wake_listener listener;
	pthread_mutex_t mutex; /* guards the rest */
	pthread_cond_t bell;
	uint64_t rings;
	bool must_stop;
};

static void hear(struct wake_listener *listener, enum wake_kind kind)
{
	(void)kind;
	struct fetch_workers *workers = LIST_OBJECT(listener, struct fetch_workers, listener);
	pthread_mutex_lock(&workers->mutex);
	workers->rings++;
	pthread_cond_broadcast(&workers->bell);
	pthread_mutex_unlock(&workers->mutex);
}

/* False: stop. Rings from here on mean rows that the next claim may not see. */
static bool note_rings(struct fetch_thread *thread)
{
	struct fetch_workers *workers = thread->workers;
	pthread_mutex_lock(&workers->mutex);
	thread->heard_rings = workers->rings;
	bool goes_on = !workers->must_stop;
	pthread_mutex_unlock(&workers->mutex);
	return goes_on;
}

static void sleep_until_ring(struct fetch_thread *thread, int64_t limit_ms, bool hears_rings)
{
	struct fetch_workers *workers = thread->workers;
	struct timespec until;
	clock_wait_until(limit_ms, &until);
	pthread_mutex_lock(&workers->mutex);
	while (!workers->must_stop && (!hears_rings || workers->rings == thread->heard_rings)) {
		if (pthread_cond_timedwait(&workers->bell, &workers->mutex, &until))
			break;
	}
	pthread_mutex_unlock(&workers->mutex);
}

static void tidy(struct fetch_thread *thread, struct db *db, struct arena *arena)
{
	struct federation *federation = thread->workers->federation;
	int64_t now_us = clock_monotonic_us(), count = 0;
	enum error error = ERROR_NONE;
	/* Failures are logged where they are known, and the next round does what this one did not. */
	if (thread->is_first && now_us >= thread->tidy_due_us) {
		thread->tidy_due_us = now_us + TIDY_INTERVAL_US;
		error = fetch_take_over(db, arena, &count);
		if (!error)
			error = fetcher_read_key(federation->fetcher, db, arena);
	}
	if (thread->is_first && now_us >= thread->pull_due_us && !error) {
		thread->pull_due_us = now_us + PULL_INTERVAL_US;
		error = pull_round(&thread->pull, db, arena);
	}
	(void)error;
}

static void sleep_until_due(struct fetch_thread *thread, struct db *db, struct arena *arena)
{
	int64_t delay_us = POLL_US;
	if (fetch_next_due(db, arena, POLL_US, &delay_us) != ERROR_NONE) {
		sleep_until_ring(thread, FAILURE_PAUSE_MS, false);
		return;
	}
	/* What is due now belongs to hosts that others are busy with. */
	int64_t delay_ms = delay_us / 1000;
	sleep_until_ring(thread, delay_ms < LEAST_SLEEP_MS ? LEAST_SLEEP_MS : delay_ms, true);
}

static void *run_thread(void *argument)
{
	struct fetch_thread *thread = argument;
	struct fetch_workers *workers = thread->workers;
	AUTO(arena) struct arena *arena = arena_new(ARENA_BYTES);
	struct db *db = db_new(workers->federation->config, DB_FEDERATION);
	log_set_thread("federation", thread->name);
	while (note_rings(thread)) {
		arena_reset(arena);
		tidy(thread, db, arena);
		enum error error = fetch_step(workers->federation, db, arena);
		if (error == ERROR_NOT_FOUND)
			sleep_until_due(thread, db, arena);
		else if (error)
			sleep_until_ring(thread, FAILURE_PAUSE_MS, false);
	}
	db_free(&db);
	return NULL;
}

static void start_thread(struct fetch_thread *thread)
{
	pthread_attr_t attributes;
	sigset_t all, before;
	/* Signals are the main thread's business. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, STACK_BYTES);
	if (pthread_create(&thread->thread, &attributes, run_thread, thread))
		memory_fatal("cannot start a fetch worker");
	pthread_attr_destroy(&attributes);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_setname_np(thread->thread, thread->name);
}

struct fetch_workers *fetch_workers_start(struct federation *federation, unsigned count)
{
	struct fetch_workers *workers = memory_new(sizeof(*workers));
	pthread_condattr_t monotonic;
	workers->federation = federation;
	workers->count = count;
	workers->threads = memory_new_array(count, sizeof(*workers->threads));
	pthread_mutex_init(&workers->mutex, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&workers->bell, &monotonic);
	pthread_condattr_destroy(&monotonic);
	workers->listener = (struct wake_listener){ .heard = hear, .kinds = 1u << WAKE_FETCHES };
	wake_listen(&workers->listener);
	for (unsigned i = 0; i < count; i++) {
		struct fetch_thread *thread = &workers->threads[i];
		thread->workers = workers;
		thread->is_first = i == 0;
		snprintf(thread->name, sizeof(thread->name), "fetch %u", i % 100);
		start_thread(thread);
	}
	return workers;
}

void fetch_workers_stop(struct fetch_workers **workers_pointer)
{
	struct fetch_workers *workers = *workers_pointer;
	if (!workers)
		return;
	wake_unlisten(&workers->listener);
	pthread_mutex_lock(&workers->mutex);
	workers->must_stop = true;
	pthread_cond_broadcast(&workers->bell);
	pthread_mutex_unlock(&workers->mutex);
	fetcher_interrupt(workers->federation->fetcher);
	for (unsigned i = 0; i < workers->count; i++)
		pthread_join(workers->threads[i].thread, NULL);
	pthread_cond_destroy(&workers->bell);
	pthread_mutex_destroy(&workers->mutex);
	memory_free(workers->threads);
	memory_free(workers);
	*workers_pointer = NULL;
}
