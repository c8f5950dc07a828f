/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A pool of threads that run jobs top to bottom and may block, behind a bounded queue. Each thread may
 * carry state of its own, such as a database connection. */
#ifndef COMPTOIR_BASE_WORKER_H
#define COMPTOIR_BASE_WORKER_H

#include "base/memory.h"

#include <stdbool.h>
#include <stdint.h>

struct worker_pool;

/* Embedded in what is to be done; the pool does not touch it after run was called. */
struct worker_job {
	struct worker_job *next;
	void (*run)(struct worker_job *job, void *thread_state);
	int64_t queued_us; /* clock_monotonic_us when it was queued; set by the pool */
};

struct worker_pool_options {
	const char *role;  /* for logs, such as "web"; static */
	const char *name;  /* such as "api"; static; threads are "api 0", "api 1" ... */
	unsigned thread_count;
	unsigned queue_limit;
	size_t stack_bytes;
	void *argument;                          /* given to thread_start */
	void *(*thread_start)(void *argument);   /* may be NULL; its result is the thread_state */
	void (*thread_stop)(void *thread_state); /* may be NULL */
};

struct worker_pool *worker_pool_new(const struct worker_pool_options *options) MUST_CHECK;

/* False when the queue is full or the pool is stopping: nothing was queued. Any thread. */
bool worker_pool_submit(struct worker_pool *pool, struct worker_job *job) MUST_CHECK;

/* Jobs waiting now. Any thread. */
unsigned worker_pool_waiting(const struct worker_pool *pool);

/* Takes no more jobs, runs those queued, joins the threads and frees. Accepts NULL. */
void worker_pool_stop(struct worker_pool **pool);

#endif
