/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A piece of work lives on the heap, beside the request: a client that goes away does not call it off. */
#include "server/http/password_work.h"

#include "base/clock.h"
#include "base/metrics.h"
#include "base/mutant.h"
#include "base/password.h"
#include "base/worker.h"

#include <string.h>

#define QUEUE_LIMIT 40 /* about two seconds of work */
#define STACK_BYTES ((size_t)512 * 1024)
#define ARENA_LIMIT_BYTES ((size_t)64 * 1024)

static struct metric duration = METRIC("comptoir_password_seconds", "How long passwords waited and were worked on",
	METRIC_HISTOGRAM);

struct password_work {
	struct worker_job job;
	struct arena *arena;
	struct password_question question; /* texts in secrets */
	struct password_outcome outcome;
	char *secrets;
	size_t secrets_len;
	int64_t began_us;
	void (*done)(void *owner, struct password_work *work);
	void *owner;
};

static struct str keep(struct password_work *work, struct str text)
{
	if (!text.data)
		return text;
	char *copy = work->secrets + work->secrets_len;
	if (text.len)
		memcpy(copy, text.data, text.len);
	work->secrets_len += text.len;
	return (struct str){ copy, text.len };
}

/* What is too long is no password: the rest of the function's answer does not depend on it. */
static struct str bounded(struct str text)
{
	if (text.len > PASSWORD_MAX_BYTES + 1)
		text.len = PASSWORD_MAX_BYTES + 1;
	return text;
}

void request_await_password(struct request *request, const struct password_question *question)
{
	struct password_work *work = memory_new(sizeof(*work));
	struct str given = bounded(question->given), hash = bounded(question->hash), wanted = bounded(question->wanted);
	work->arena = arena_new(ARENA_LIMIT_BYTES);
	work->secrets = memory_new(given.len + hash.len + wanted.len + 1);
	work->question.wants_check = question->wants_check;
	work->question.given = keep(work, given);
	work->question.hash = keep(work, hash);
	work->question.wanted = keep(work, wanted);
	password_work_free(&request->password_work);
	request->password_work = work;
}

void password_work_free(struct password_work **work)
{
	if (!*work)
		return;
	memory_wipe((*work)->secrets, (*work)->secrets_len);
	memory_free((*work)->secrets);
	arena_free(&(*work)->arena);
	memory_free(*work);
	*work = NULL;
}

static void run(struct worker_job *job, void *thread_state)
{
	struct password_work *work = (struct password_work *)(void *)((char *)job - offsetof(struct password_work, job));
	const struct password_question *question = &work->question;
	struct password_outcome *outcome = &work->outcome;
	bool wants_rehash = false;
	(void)thread_state;
	outcome->is_right = !question->wants_check || password_verify(question->given, question->hash, &wants_rehash);
	if (outcome->is_right && wants_rehash &&
	    password_hash(work->arena, question->given, &outcome->rehashed) != ERROR_NONE)
		outcome->rehashed = (struct str){ 0 };
	if (outcome->is_right && question->wanted.data)
		outcome->error = password_hash(work->arena, question->wanted, &outcome->hash);
	outcome->checked = arena_str(work->arena, question->hash);
	memory_wipe(work->secrets, work->secrets_len);
	metric_observe_us(&duration, clock_monotonic_us() - work->began_us);
	work->done(work->owner, work);
}

struct worker_pool *password_pool_new(void)
{
	const struct worker_pool_options options = {
		.role = "web",
		.name = "password",
		.thread_count = 1,
		.queue_limit = MUTANT("password_queue") ? 100000 : QUEUE_LIMIT,
		.stack_bytes = STACK_BYTES,
	};
	return worker_pool_new(&options);
}

bool password_work_start(struct password_work *work, struct worker_pool *pool, void (*done)(void *owner, struct password_work *work),
	void *owner)
{
	work->job.run = run;
	work->done = done;
	work->owner = owner;
	work->began_us = clock_monotonic_us();
	return worker_pool_submit(pool, &work->job);
}

struct password_outcome *password_work_outcome(const struct password_work *work, struct arena *arena)
{
	struct password_outcome *outcome = arena_alloc(arena, sizeof(*outcome));
	*outcome = work->outcome;
	outcome->checked = arena_str(arena, outcome->checked);
	if (outcome->rehashed.data)
		outcome->rehashed = arena_str(arena, outcome->rehashed);
	if (outcome->hash.data)
		outcome->hash = arena_str(arena, outcome->hash);
	return outcome;
}
