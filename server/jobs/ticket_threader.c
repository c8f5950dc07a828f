/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Woken by the posts that are stored, most of which are nothing to it: it looks once for all that come at once. Looks by
 * itself twice a second, for what it did not hear. A batch that fails is
 * taken one by one, so that a post that cannot be threaded is found and put off. */
#include "server/jobs/ticket_threader.h"

#include "server/action/ticket_threading.h"
#include "server/app.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "storage/event.h"
#include "storage/ticket_arrival.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>

#define BATCH 40
#define LOOK_EVERY_MS 500
#define GATHER_MS 40 /* between two looks at least, when all was found */
#define STATE_EVERY_US 10000000
#define ARENA_LIMIT_BYTES ((size_t)64 * 1024 * 1024)

struct ticket_threader {
	struct db *db;
	struct arena *arena;
	struct event_listener listener;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool is_stopping; /* under lock */
	bool has_news;    /* under lock */
	int batch;
	int64_t state_read_us;
};

static struct metric threaded_total = METRIC("comptoir_ticket_arrivals_total", "Posts that concern a brand account and were looked at",
	METRIC_COUNTER);
static struct metric waiting_now = METRIC("comptoir_ticket_arrivals_waiting", "Posts that have not found their ticket yet, up to 10,000",
	METRIC_GAUGE);
static struct metric set_aside_now = METRIC("comptoir_ticket_arrivals_set_aside", "Posts that could not be threaded, up to 10,000",
	METRIC_GAUGE);

static void hear(struct event_listener *listener, const struct event *event)
{
	struct ticket_threader *threader = LIST_OBJECT(listener, struct ticket_threader, listener);
	(void)event;
	pthread_mutex_lock(&threader->lock);
	threader->has_news = true;
	pthread_cond_signal(&threader->changed);
	pthread_mutex_unlock(&threader->lock);
}

/* Under the lock: until wait_ms have passed, or there is news, or it stops. */
static void wait_for(struct ticket_threader *threader, int64_t wait_ms, bool ends_with_news)
{
	struct timespec until;
	int result = 0;
	clock_wait_until(wait_ms, &until);
	while (!threader->is_stopping && !(ends_with_news && threader->has_news) && result != ETIMEDOUT)
		result = pthread_cond_timedwait(&threader->changed, &threader->lock, &until);
}

/* As long as that at most, and says whether to go on. */
static bool rest(struct ticket_threader *threader, int64_t wait_ms)
{
	pthread_mutex_lock(&threader->lock);
	if (wait_ms > GATHER_MS) {
		wait_for(threader, GATHER_MS, false);
		wait_for(threader, wait_ms - GATHER_MS, true);
	}
	threader->has_news = false;
	bool goes_on = !threader->is_stopping;
	pthread_mutex_unlock(&threader->lock);
	return goes_on;
}

static void tell_state(struct ticket_threader *threader)
{
	struct ticket_arrivals_state state;
	int64_t now_us = clock_monotonic_us();
	if (threader->state_read_us && now_us - threader->state_read_us < STATE_EVERY_US)
		return;
	threader->state_read_us = now_us;
	if (ticket_arrival_read_state(threader->db, threader->arena, &state))
		return;
	metric_set(&waiting_now, state.waiting);
	metric_set(&set_aside_now, state.set_aside);
}

static bool comes_again_by_itself(enum error error)
{
	return error == ERROR_DATABASE_UNREACHABLE || error == ERROR_COMMIT_UNKNOWN || error == ERROR_UNAVAILABLE ||
	       error == ERROR_TIMEOUT || error == ERROR_STORAGE_FULL;
}

static void mend(struct ticket_threader *threader, enum error error)
{
	if (comes_again_by_itself(error))
		return;
	if (threader->batch > 1) {
		threader->batch = 1;
		return;
	}
	log_event(LOG_LEVEL_WARNING, "ticket_arrival_put_off", LOG_TEXT("error", error_name(error)));
	if (!ticket_arrival_put_off(threader->db, threader->arena, str_from(error_name(error))))
		threader->batch = BATCH;
}

/* Returns how long to rest. */
static int64_t turn(struct ticket_threader *threader)
{
	int64_t count = 0;
	arena_reset(threader->arena);
	tell_state(threader);
	enum error error = ticket_threading_run(threader->db, threader->arena, threader->batch, &count);
	metric_add(&threaded_total, count);
	if (error) {
		mend(threader, error);
		return LOOK_EVERY_MS;
	}
	int64_t wait_ms = count == threader->batch ? 0 : LOOK_EVERY_MS;
	if (count)
		threader->batch = BATCH;
	return wait_ms;
}

static void *run_thread(void *argument)
{
	struct ticket_threader *threader = argument;
	log_set_thread("web", "tickets");
	while (rest(threader, turn(threader)))
		continue;
	return NULL;
}

struct ticket_threader *ticket_threader_start(struct app *app)
{
	struct ticket_threader *threader = memory_new(sizeof(*threader));
	sigset_t all, previous;
	pthread_condattr_t attributes;
	*threader = (struct ticket_threader){ .db = db_new(app->config, DB_WEB), .arena = arena_new(ARENA_LIMIT_BYTES), .batch = BATCH };
	pthread_mutex_init(&threader->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&threader->changed, &attributes);
	pthread_condattr_destroy(&attributes);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &previous);
	if (pthread_create(&threader->thread, NULL, run_thread, threader))
		memory_fatal("cannot start the thread of the tickets");
	pthread_sigmask(SIG_SETMASK, &previous, NULL);
	threader->listener = (struct event_listener){ .heard = hear,
		.kinds = 1U << EVENT_POST_CREATED | 1U << EVENT_POST_EDITED | 1U << EVENT_POST_DELETED };
	event_listen(&threader->listener);
	return threader;
}

void ticket_threader_stop(struct ticket_threader **threader_pointer)
{
	struct ticket_threader *threader = *threader_pointer;
	if (!threader)
		return;
	event_unlisten(&threader->listener);
	pthread_mutex_lock(&threader->lock);
	threader->is_stopping = true;
	pthread_cond_broadcast(&threader->changed);
	pthread_mutex_unlock(&threader->lock);
	pthread_join(threader->thread, NULL);
	pthread_cond_destroy(&threader->changed);
	pthread_mutex_destroy(&threader->lock);
	arena_free(&threader->arena);
	db_free(&threader->db);
	memory_free(threader);
	*threader_pointer = NULL;
}
