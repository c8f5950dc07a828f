/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The threads that run jobs (storage/job.h), of the kinds in job_kinds.inc. They may block on PostgreSQL and on the
 * network, with no transaction open meanwhile. */
#ifndef COMPTOIR_SERVER_JOBS_JOB_WORKER_H
#define COMPTOIR_SERVER_JOBS_JOB_WORKER_H

#include "base/arena.h"
#include "base/error.h"
#include "storage/job.h"

struct app;
struct job_workers;

/* One run: db is not in a transaction. ERROR_NONE: the job is done, unless run set next_due_us, when it comes again with
 * the attempts begun anew. Any error: again after 10 s, 1 min, 5 min, 30 min and then every 2 h, until max_attempts; then
 * it is set aside. ERROR_GONE: it has no purpose any more, and is done. */
struct job_run {
	struct app *app;
	struct db *db;
	struct arena *arena;
	const struct job *job;
	int64_t next_due_us;
};

#define JOB(kind, max_attempts, lease_s, every_s) enum error job_##kind##_run(struct job_run *run) MUST_CHECK;
#include "server/jobs/job_kinds.inc"
#undef JOB

/* The app must be prepared and outlive them. */
struct job_workers *job_workers_start(struct app *app, unsigned thread_count) MUST_CHECK;
void job_workers_stop(struct job_workers **workers); /* waits for what runs; accepts NULL */

/* Whether the process is about to end: for jobs that wait for something long. */
bool job_workers_are_stopping(const struct job_workers *workers);

#endif
