/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Each thread takes one job at a time. They are woken when a job is added and otherwise look when the next one is due. */
#include "server/jobs/job_worker.h"

#include "server/app.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "storage/wake.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <time.h>

#define MAX_THREADS 8
#define LONGEST_WAIT_US 15000000
#define AFTER_ERROR_US 1000000
#define ARENA_LIMIT_BYTES ((size_t)128 * 1024 * 1024)

struct job_kind {
	struct str name;
	enum error (*run)(struct job_run *run);
	int max_attempts, lease_s, every_s;
};

#define JOB(kind, max_attempts, lease_s, every_s) { STR(#kind), job_##kind##_run, max_attempts, lease_s, every_s },
static const struct job_kind kinds[] = {
#include "server/jobs/job_kinds.inc"
};
#undef JOB
#define KIND_COUNT (sizeof(kinds) / sizeof(kinds[0]))

struct job_workers {
	struct app *app;
	struct wake_listener listener;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	unsigned rings;         /* under lock: counts what was heard */
	atomic_bool is_stopping;
	pthread_t threads[MAX_THREADS];
	unsigned thread_count;
};

static const int retry_s[] = { 10, 60, 300, 1800, 7200 };

static int64_t retry_at(int attempts)
{
	size_t last = sizeof(retry_s) / sizeof(retry_s[0]) - 1;
	size_t at = attempts > 0 ? (size_t)attempts - 1 : 0;
	int64_t pause_ms = (int64_t)retry_s[at < last ? at : last] * 1000;
	return clock_now_us() + (pause_ms + (int64_t)random_below((uint64_t)pause_ms / 4)) * 1000;
}

static const struct job_kind *kind_of(struct str name)
{
	for (size_t i = 0; i < KIND_COUNT; i++)
		if (str_eq(kinds[i].name, name))
			return &kinds[i];
	return NULL;
}

static enum error settle(struct job_run *run, const struct job_kind *kind, enum error outcome)
{
	const struct job *job = run->job;
	if (!outcome && !run->next_due_us && kind->every_s)
		run->next_due_us = clock_now_us() + (int64_t)kind->every_s * 1000000;
	if (!outcome && run->next_due_us)
		return job_put_off(run->db, run->arena, job->id, run->next_due_us, (struct str){ 0 });
	if (!outcome || outcome == ERROR_GONE)
		return job_done(run->db, run->arena, job->id);
	log_event(LOG_LEVEL_WARNING, "job_failed", LOG_STR("kind", job->kind), LOG_INT("job", job->id),
		LOG_INT("attempt", job->attempts), LOG_TEXT("error", error_name(outcome)));
	struct str name = str_from(error_name(outcome));
	if (job->attempts >= kind->max_attempts && !kind->every_s)
		return job_set_aside(run->db, run->arena, job->id, name);
	return job_put_off(run->db, run->arena, job->id, retry_at(job->attempts), name);
}

/* One job, or none: *ret_ran. */
static enum error run_next(struct job_workers *workers, struct db *db, struct arena *arena, bool *ret_ran)
{
	struct str names[KIND_COUNT + 1];
	int64_t leases_s[KIND_COUNT + 1];
	struct job *jobs;
	size_t count;
	for (size_t i = 0; i < KIND_COUNT; i++) {
		names[i] = kinds[i].name;
		leases_s[i] = kinds[i].lease_s;
	}
	enum error error = job_claim(db, arena, names, leases_s, KIND_COUNT, 1, &jobs, &count);
	if (error || !count) {
		*ret_ran = false;
		return error;
	}
	const struct job_kind *kind = kind_of(jobs[0].kind);
	struct job_run run = { .app = workers->app, .db = db, .arena = arena, .job = &jobs[0] };
	enum error outcome = kind->run(&run);
	if (db_is_in_transaction(db))
		db_rollback(db);
	*ret_ran = true;
	return settle(&run, kind, outcome);
}

static int64_t next_look_us(struct db *db, struct arena *arena)
{
	struct str names[KIND_COUNT + 1];
	int64_t due_us, now_us = clock_now_us();
	for (size_t i = 0; i < KIND_COUNT; i++)
		names[i] = kinds[i].name;
	if (job_next_due(db, arena, names, KIND_COUNT, &due_us))
		return AFTER_ERROR_US;
	if (due_us <= now_us)
		return 0;
	return due_us - now_us < LONGEST_WAIT_US ? due_us - now_us : LONGEST_WAIT_US;
}

static void wait_for_work(struct job_workers *workers, unsigned heard, int64_t wait_us)
{
	struct timespec until;
	int result = 0;
	clock_wait_until(wait_us / 1000 + 1, &until);
	pthread_mutex_lock(&workers->lock);
	while (!workers->is_stopping && workers->rings == heard && result != ETIMEDOUT)
		result = pthread_cond_timedwait(&workers->changed, &workers->lock, &until);
	pthread_mutex_unlock(&workers->lock);
}

static unsigned rings_heard(struct job_workers *workers)
{
	pthread_mutex_lock(&workers->lock);
	unsigned rings = workers->rings;
	pthread_mutex_unlock(&workers->lock);
	return rings;
}

static void *run_thread(void *argument)
{
	struct job_workers *workers = argument;
	log_set_thread("web", "job");
	struct db *db = db_new(workers->app->config, DB_WEB);
	struct arena *arena = arena_new(ARENA_LIMIT_BYTES);
	while (!workers->is_stopping) {
		bool ran = false;
		unsigned heard = rings_heard(workers);
		arena_reset(arena);
		enum error error = run_next(workers, db, arena, &ran);
		if (!error && ran)
			continue;
		int64_t wait_us = error ? AFTER_ERROR_US : next_look_us(db, arena);
		if (wait_us > 0)
			wait_for_work(workers, heard, wait_us);
	}
	arena_free(&arena);
	db_free(&db);
	return NULL;
}

static void hear(struct wake_listener *listener, enum wake_kind kind)
{
	struct job_workers *workers = LIST_OBJECT(&listener->link, struct job_workers, listener.link);
	(void)kind;
	pthread_mutex_lock(&workers->lock);
	workers->rings++;
	pthread_cond_broadcast(&workers->changed);
	pthread_mutex_unlock(&workers->lock);
}

/* Those that run again and again are begun by whoever starts first; the key keeps them single. */
static void begin_periodic(struct job_workers *workers)
{
	struct db *db = db_new(workers->app->config, DB_WEB);
	struct arena *arena = arena_new(ARENA_LIMIT_BYTES);
	for (size_t i = 0; i < KIND_COUNT; i++) {
		if (kinds[i].every_s && job_add(db, arena, kinds[i].name, STR_LITERAL("periodic"), (struct str){ 0 }, 0))
			break;
	}
	arena_free(&arena);
	db_free(&db);
}

struct job_workers *job_workers_start(struct app *app, unsigned thread_count)
{
	struct job_workers *workers = memory_new(sizeof(*workers));
	sigset_t all, previous;
	pthread_condattr_t attributes;
	workers->app = app;
	workers->thread_count = thread_count < MAX_THREADS ? thread_count : MAX_THREADS;
	pthread_mutex_init(&workers->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&workers->changed, &attributes);
	pthread_condattr_destroy(&attributes);
	workers->listener = (struct wake_listener){ .heard = hear, .kinds = 1U << WAKE_JOBS };
	wake_listen(&workers->listener);
	begin_periodic(workers);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &previous);
	for (unsigned i = 0; i < workers->thread_count; i++)
		if (pthread_create(&workers->threads[i], NULL, run_thread, workers))
			memory_fatal("cannot start a job thread");
	pthread_sigmask(SIG_SETMASK, &previous, NULL);
	return workers;
}

bool job_workers_are_stopping(const struct job_workers *workers)
{
	return workers->is_stopping;
}

void job_workers_stop(struct job_workers **workers_pointer)
{
	struct job_workers *workers = *workers_pointer;
	if (!workers)
		return;
	wake_unlisten(&workers->listener);
	pthread_mutex_lock(&workers->lock);
	workers->is_stopping = true;
	pthread_cond_broadcast(&workers->changed);
	pthread_mutex_unlock(&workers->lock);
	for (unsigned i = 0; i < workers->thread_count; i++)
		pthread_join(workers->threads[i], NULL);
	pthread_cond_destroy(&workers->changed);
	pthread_mutex_destroy(&workers->lock);
	memory_free(workers);
	*workers_pointer = NULL;
}
