/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The counter of tagged links. */
#include "server/brand/link_counter.h"

#include "server/app.h"
#include "storage/tagged_link.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/map.h"
#include "base/mutant.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define WRITE_EVERY_MS 2000
#define TELL_APART_MAX 2000
#define COUNT_MAX 4000
#define HOUR_US (INT64_C(3600) * 1000 * 1000)
#define ARENA_LIMIT_BYTES ((size_t)16 * 1024 * 1024)

struct counted {
	struct link_hit hit;
	char referrer[256];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed;
static struct map *counts;   /* under lock, all three; NULL while it does not run */
static bool is_stopping;
static pthread_t thread;
static struct db *db;        /* of the thread */
static struct arena *arena;

void link_counter_add(int64_t link_id, bool is_machine, struct str referrer)
{
	char key[320];
	int64_t hour_us = clock_now_us() / HOUR_US * HOUR_US;
	if (referrer.len > 253)
		referrer = STR_LITERAL("");
	pthread_mutex_lock(&lock);
	if (counts && map_count(counts) >= TELL_APART_MAX && referrer.len)
		referrer = STR_LITERAL(LINK_REFERRER_OTHERS);
	int len = snprintf(key, sizeof(key), "%lld %lld %d %.*s", (long long)link_id, (long long)hour_us, is_machine, STR_ARG(referrer));
	struct str name = { key, (size_t)len };
	struct counted *one = counts ? map_get(counts, name) : NULL;
	if (one) {
		one->hit.hits++;
	} else if (counts && (map_count(counts) < COUNT_MAX || MUTANT("link_counter_bound"))) {
		one = memory_new(sizeof(*one));
		memcpy(one->referrer, referrer.data, referrer.len);
		one->hit = (struct link_hit){ .link_id = link_id, .hour_us = hour_us, .is_machine = is_machine,
			.referrer = { one->referrer, referrer.len }, .hits = 1 };
		map_set(counts, name, one);
	}
	pthread_mutex_unlock(&lock);
}

static void drop(struct map **map)
{
	size_t cursor = 0;
	struct str key;
	void *value;
	while (*map && map_next(*map, &cursor, &key, &value))
		memory_free(value);
	map_free(map);
}

/* What cannot be written is counted no more: a database that is away must not fill the memory. */
static void write_down(void)
{
	size_t cursor = 0, count = 0;
	struct str key;
	void *value;
	pthread_mutex_lock(&lock);
	struct map *taken = counts;
	if (map_count(taken))
		counts = map_new();
	pthread_mutex_unlock(&lock);
	if (!map_count(taken))
		return;
	arena_reset(arena);
	struct link_hit *hits = arena_alloc_array(arena, map_count(taken), sizeof(*hits));
	while (map_next(taken, &cursor, &key, &value))
		hits[count++] = ((struct counted *)value)->hit;
	enum error error = link_hit_add(db, arena, hits, count);
	if (error)
		log_event(LOG_LEVEL_WARNING, "link_hits_lost", LOG_INT("count", (int64_t)count), LOG_TEXT("error", error_name(error)));
	drop(&taken);
}

static bool rest(void)
{
	struct timespec until;
	int result = 0;
	clock_wait_until(WRITE_EVERY_MS, &until);
	pthread_mutex_lock(&lock);
	while (!is_stopping && result != ETIMEDOUT)
		result = pthread_cond_timedwait(&changed, &lock, &until);
	bool goes_on = !is_stopping;
	pthread_mutex_unlock(&lock);
	return goes_on;
}

static void *run_thread(void *argument)
{
	(void)argument;
	log_set_thread("web", "links");
	while (rest())
		write_down();
	write_down();
	return NULL;
}

void link_counter_start(struct app *app)
{
	sigset_t all, previous;
	pthread_condattr_t attributes;
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&changed, &attributes);
	pthread_condattr_destroy(&attributes);
	db = db_new(app->config, DB_WEB);
	arena = arena_new(ARENA_LIMIT_BYTES);
	pthread_mutex_lock(&lock);
	counts = map_new();
	is_stopping = false;
	pthread_mutex_unlock(&lock);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &previous);
	if (pthread_create(&thread, NULL, run_thread, NULL))
		memory_fatal("cannot start the thread that counts links");
	pthread_sigmask(SIG_SETMASK, &previous, NULL);
}

void link_counter_stop(void)
{
	pthread_mutex_lock(&lock);
	bool runs = counts != NULL;
	is_stopping = true;
	if (runs)
		pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
	if (!runs)
		return;
	pthread_join(thread, NULL);
	pthread_mutex_lock(&lock);
	drop(&counts);
	pthread_mutex_unlock(&lock);
	pthread_cond_destroy(&changed);
	arena_free(&arena);
	db_free(&db);
}
