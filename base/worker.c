/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A bounded queue in front of threads that may block. One mutex and one condition: at some ten thousand
 * jobs a second they are never the bottleneck, and what they guard is easy to see. */
#include "base/worker.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mutant.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>

#define THREAD_NAME_BYTES 16

struct worker_pool {
	struct worker_pool_options options;
	pthread_mutex_t lock;
	pthread_cond_t has_work;
	struct worker_job *first;
	struct worker_job **end; /* where the next job is linked */
	unsigned waiting;
	bool is_stopping;
	unsigned thread_count;
	struct worker_thread *threads;
};

struct worker_thread {
	struct worker_pool *pool;
	pthread_t thread;
	char name[THREAD_NAME_BYTES];
};

/* NULL when the pool stops and nothing waits. */
static struct worker_job *take_job(struct worker_pool *pool)
{
	pthread_mutex_lock(&pool->lock);
	while (!pool->first && !pool->is_stopping)
		pthread_cond_wait(&pool->has_work, &pool->lock);
	struct worker_job *job = pool->first;
	if (job) {
		pool->first = job->next;
		if (!pool->first)
			pool->end = &pool->first;
		pool->waiting--;
	}
	pthread_mutex_unlock(&pool->lock);
	return job;
}

static void *run_thread(void *argument)
{
	struct worker_thread *thread = argument;
	struct worker_pool *pool = thread->pool;
	log_set_thread(pool->options.role, thread->name);
	void *state = pool->options.thread_start ? pool->options.thread_start(pool->options.argument) : NULL;
	struct worker_job *job;
	while ((job = take_job(pool)))
		job->run(job, state);
	if (pool->options.thread_stop)
		pool->options.thread_stop(state);
	return NULL;
}

static void start_threads(struct worker_pool *pool)
{
	pthread_attr_t attributes;
	pthread_attr_init(&attributes);
	if (pool->options.stack_bytes && pthread_attr_setstacksize(&attributes, pool->options.stack_bytes))
		memory_fatal("the stack size of a worker is not possible");
	/* Signals are the main thread's business. */
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	for (unsigned i = 0; i < pool->thread_count; i++) {
		struct worker_thread *thread = &pool->threads[i];
		thread->pool = pool;
		snprintf(thread->name, sizeof(thread->name), "%s %u", pool->options.name, i);
		if (pthread_create(&thread->thread, &attributes, run_thread, thread))
			memory_fatal("cannot start a worker thread");
		pthread_setname_np(thread->thread, thread->name);
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attributes);
}

struct worker_pool *worker_pool_new(const struct worker_pool_options *options)
{
	struct worker_pool *pool = memory_new(sizeof(*pool));
	pool->options = *options;
	pool->end = &pool->first;
	pool->thread_count = options->thread_count;
	pool->threads = memory_new_array(options->thread_count, sizeof(*pool->threads));
	pthread_mutex_init(&pool->lock, NULL);
	pthread_cond_init(&pool->has_work, NULL);
	start_threads(pool);
	return pool;
}

bool worker_pool_submit(struct worker_pool *pool, struct worker_job *job)
{
	job->next = NULL;
	job->queued_us = clock_monotonic_us();
	pthread_mutex_lock(&pool->lock);
	bool is_full = pool->waiting >= pool->options.queue_limit && !MUTANT("worker_queue_limit");
	bool is_taken = !is_full && !pool->is_stopping;
	if (is_taken) {
		*pool->end = job;
		pool->end = &job->next;
		pool->waiting++;
	}
	pthread_mutex_unlock(&pool->lock);
	if (is_taken)
		pthread_cond_signal(&pool->has_work);
	return is_taken;
}

unsigned worker_pool_waiting(const struct worker_pool *pool)
{
	struct worker_pool *writable = (struct worker_pool *)pool;
	pthread_mutex_lock(&writable->lock);
	unsigned waiting = pool->waiting;
	pthread_mutex_unlock(&writable->lock);
	return waiting;
}

void worker_pool_stop(struct worker_pool **pool_pointer)
{
	struct worker_pool *pool = *pool_pointer;
	if (!pool)
		return;
	pthread_mutex_lock(&pool->lock);
	pool->is_stopping = true;
	pthread_mutex_unlock(&pool->lock);
	pthread_cond_broadcast(&pool->has_work);
	for (unsigned i = 0; i < pool->thread_count; i++)
		pthread_join(pool->threads[i].thread, NULL);
	pthread_cond_destroy(&pool->has_work);
	pthread_mutex_destroy(&pool->lock);
	memory_free(pool->threads);
	memory_free(pool);
	*pool_pointer = NULL;
}
