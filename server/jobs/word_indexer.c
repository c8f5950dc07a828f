/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What is new goes before what is old; between two batches of old posts it rests as long as one took. */
#include "server/jobs/word_indexer.h"

#include "server/app.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "storage/post_words.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>

#define BATCH 100
#define LOOK_EVERY_MS 1000
#define STATE_EVERY_US 10000000
#define ARENA_LIMIT_BYTES ((size_t)256 * 1024 * 1024)

struct word_indexer {
	struct app *app;
	struct db *db;
	struct arena *arena;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool is_stopping; /* under lock */
	int64_t batch;
	int64_t state_read_us;
};

static struct metric indexed_total = METRIC("comptoir_search_indexed_total", "Posts looked at for the index of words",
	METRIC_COUNTER);
static struct metric waiting_now = METRIC("comptoir_search_waiting", "Changed posts that are not indexed yet, up to 10,000",
	METRIC_GAUGE);
static struct metric lag_now = METRIC("comptoir_search_lag_seconds", "How long the first of them has waited", METRIC_GAUGE);

/* Rests, and says whether to go on. */
static bool rest(struct word_indexer *indexer, int64_t wait_ms)
{
	struct timespec until;
	int result = 0;
	clock_wait_until(wait_ms, &until);
	pthread_mutex_lock(&indexer->lock);
	while (!indexer->is_stopping && result != ETIMEDOUT)
		result = pthread_cond_timedwait(&indexer->changed, &indexer->lock, &until);
	bool goes_on = !indexer->is_stopping;
	pthread_mutex_unlock(&indexer->lock);
	return goes_on;
}

static void tell_state(struct word_indexer *indexer)
{
	struct post_words_state state;
	int64_t now_us = clock_monotonic_us();
	if (indexer->state_read_us && now_us - indexer->state_read_us < STATE_EVERY_US)
		return;
	indexer->state_read_us = now_us;
	if (post_words_read_state(indexer->db, indexer->arena, &state))
		return;
	metric_set(&waiting_now, state.waiting);
	metric_set(&lag_now, state.lag_us / 1000000);
}

/* One that cannot be indexed is found by going one by one, and given up. */
static void mend(struct word_indexer *indexer, enum error error)
{
	if (error != ERROR_DATABASE)
		return;
	if (indexer->batch > 1) {
		indexer->batch = 1;
		return;
	}
	log_event(LOG_LEVEL_WARNING, "search_index_gave_up", LOG_TEXT("error", error_name(error)));
	if (post_words_drop_first(indexer->db, indexer->arena))
		return;
	indexer->batch = BATCH;
}

/* Returns how long to rest. */
static int64_t turn(struct word_indexer *indexer)
{
	int64_t fresh = 0, of_author = 0, old = 0, began_us = clock_monotonic_us();
	struct db *db = indexer->db;
	arena_reset(indexer->arena);
	tell_state(indexer);
	enum error error = post_words_index(db, indexer->arena, indexer->batch, &fresh);
	if (error) {
		mend(indexer, error);
		return LOOK_EVERY_MS;
	}
	if (fresh)
		indexer->batch = BATCH;
	if (!fresh)
		error = post_words_index_author(db, indexer->arena, BATCH, &of_author);
	if (!error && !fresh && !of_author)
		error = post_words_index_old(db, indexer->arena, BATCH, &old);
	metric_add(&indexed_total, fresh + of_author + old);
	if (error)
		return LOOK_EVERY_MS;
	if (fresh == BATCH || of_author)
		return 0;
	return old ? (clock_monotonic_us() - began_us) / 1000 + 1 : LOOK_EVERY_MS;
}

static void *run_thread(void *argument)
{
	struct word_indexer *indexer = argument;
	log_set_thread("web", "words");
	while (rest(indexer, turn(indexer)))
		continue;
	return NULL;
}

struct word_indexer *word_indexer_start(struct app *app)
{
	struct word_indexer *indexer = memory_new(sizeof(*indexer));
	sigset_t all, previous;
	pthread_condattr_t attributes;
	*indexer = (struct word_indexer){ .app = app, .db = db_new(app->config, DB_WEB), .arena = arena_new(ARENA_LIMIT_BYTES),
		.batch = BATCH };
	pthread_mutex_init(&indexer->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&indexer->changed, &attributes);
	pthread_condattr_destroy(&attributes);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &previous);
	if (pthread_create(&indexer->thread, NULL, run_thread, indexer))
		memory_fatal("cannot start the thread of the index of words");
	pthread_sigmask(SIG_SETMASK, &previous, NULL);
	return indexer;
}

void word_indexer_stop(struct word_indexer **indexer_pointer)
{
	struct word_indexer *indexer = *indexer_pointer;
	if (!indexer)
		return;
	pthread_mutex_lock(&indexer->lock);
	indexer->is_stopping = true;
	pthread_cond_broadcast(&indexer->changed);
	pthread_mutex_unlock(&indexer->lock);
	pthread_join(indexer->thread, NULL);
	pthread_cond_destroy(&indexer->changed);
	pthread_mutex_destroy(&indexer->lock);
	arena_free(&indexer->arena);
	db_free(&indexer->db);
	memory_free(indexer);
	*indexer_pointer = NULL;
}
