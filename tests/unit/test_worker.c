/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Worker pools: the bounded queue, thread states, stopping. */
#include "base/worker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdatomic.h>

#define QUEUE_LIMIT 3

static char argument[] = "argument";

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static atomic_int ran, started, stopped, with_state;

static void *start_thread(void *given)
{
	assert_ptr_equal(given, argument);
	return memory_new((size_t)(1 + atomic_fetch_add(&started, 1)));
}

static void stop_thread(void *thread_state)
{
	atomic_fetch_add(&stopped, 1);
	memory_free(thread_state);
}

static void run_job(struct worker_job *job, void *thread_state)
{
	(void)job;
	if (thread_state)
		atomic_fetch_add(&with_state, 1);
	/* Waits while the test holds the gate. */
	pthread_mutex_lock(&gate);
	pthread_mutex_unlock(&gate);
	atomic_fetch_add(&ran, 1);
}

static struct worker_pool *new_pool(unsigned thread_count, unsigned queue_limit)
{
	struct worker_pool_options options = { .role = "test", .name = "pool", .thread_count = thread_count,
		.queue_limit = queue_limit, .stack_bytes = 256 * 1024, .argument = argument,
		.thread_start = start_thread, .thread_stop = stop_thread };
	atomic_store(&ran, 0);
	atomic_store(&started, 0);
	atomic_store(&stopped, 0);
	atomic_store(&with_state, 0);
	return worker_pool_new(&options);
}

static void a_full_queue_takes_no_more(void **state)
{
	(void)state;
	struct worker_job jobs[QUEUE_LIMIT + 2] = { 0 };
	pthread_mutex_lock(&gate);
	struct worker_pool *pool = new_pool(1, QUEUE_LIMIT);
	for (int i = 0; i < QUEUE_LIMIT + 2; i++)
		jobs[i].run = run_job;
	assert_true(worker_pool_submit(pool, &jobs[0]));
	while (worker_pool_waiting(pool)) /* until the thread has taken it and waits at the gate */
		continue;
	for (int i = 1; i <= QUEUE_LIMIT; i++)
		assert_true(worker_pool_submit(pool, &jobs[i]));
	assert_int_equal(worker_pool_waiting(pool), QUEUE_LIMIT);
	bool was_taken = worker_pool_submit(pool, &jobs[QUEUE_LIMIT + 1]);
	pthread_mutex_unlock(&gate);
	worker_pool_stop(&pool);
	assert_false(was_taken);
	assert_null(pool);
	assert_int_equal(atomic_load(&ran), QUEUE_LIMIT + 1);
}

static void stopping_runs_what_was_queued_and_ends_each_thread(void **state)
{
	(void)state;
	enum { JOBS = 5000, THREADS = 4 };
	struct worker_job *jobs = memory_new_array(JOBS, sizeof(*jobs));
	struct worker_pool *pool = new_pool(THREADS, JOBS);
	for (int i = 0; i < JOBS; i++) {
		jobs[i].run = run_job;
		assert_true(worker_pool_submit(pool, &jobs[i]));
		assert_true(jobs[i].queued_us > 0);
	}
	worker_pool_stop(&pool);
	assert_int_equal(atomic_load(&ran), JOBS);
	assert_int_equal(atomic_load(&with_state), JOBS);
	assert_int_equal(atomic_load(&started), THREADS);
	assert_int_equal(atomic_load(&stopped), THREADS);
	memory_free(jobs);
	worker_pool_stop(&pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_full_queue_takes_no_more),
		cmocka_unit_test(stopping_runs_what_was_queued_and_ends_each_thread),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
