/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * One thread: polls are closed within seconds; once an hour is a round of forgetting, in batches while there is more,
 * with a breath between two, so that it never competes with people for long. */
#include "federation/maintenance.h"

#include "federation/federation.h"
#include "federation/poll_closing.h"

#include "base/clock.h"
#include "base/config.h"
#include "base/log.h"
#include "storage/retention.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <time.h>

#define FORGET_INTERVAL_US (3600LL * 1000000)
#define FIRST_FORGET_US (60LL * 1000000) /* a start has better things to do */
#define ROUND_MS 5000
#define BREATH_MS 20
#define POLL_BATCH 20
#define DAY_US (24LL * 3600 * 1000000)
#define UNKNOWN_TOMBSTONE_DAYS 30
#define KNOWN_TOMBSTONE_DAYS 365
#define PEER_DAYS 90
#define PEER_NAME_MAX_BYTES 259
#define SET_ASIDE_DAYS 90 /* what peers send must not fill the table for ever */
#define ARENA_LIMIT_BYTES ((size_t)64 * 1024 * 1024)

struct maintenance {
	struct federation *federation;
	struct db *db;
	struct arena *arena;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool is_stopping; /* under lock */
};

/* False when it was told to stop. */
static bool wait_ms(struct maintenance *maintenance, int64_t pause_ms)
{
	struct timespec until;
	int result = 0;
	clock_wait_until(pause_ms, &until);
	pthread_mutex_lock(&maintenance->lock);
	while (!maintenance->is_stopping && result != ETIMEDOUT)
		result = pthread_cond_timedwait(&maintenance->changed, &maintenance->lock, &until);
	bool goes_on = !maintenance->is_stopping;
	pthread_mutex_unlock(&maintenance->lock);
	return goes_on;
}

/* A round: batches of each kind. What is kept for ever is left out. */
struct forgetting {
	int64_t activities_before_us, deliveries_before_us, posts_before_us; /* 0: keep */
	int64_t now_us;
	int64_t posts_cursor;
	bool posts_are_done;
	char peers_cursor[PEER_NAME_MAX_BYTES + 1];
	bool peers_are_done;
	bool has_more; /* of any kind, after the last batch */
	struct maintenance_sums sums;
	int64_t others;
};

static int64_t before(const struct config *config, const char *key, int64_t now_us)
{
	int64_t keep_ms = config_duration_ms(config, key);
	return keep_ms > 0 ? now_us - keep_ms * 1000 : 0;
}

static void forgetting_init(struct forgetting *forgetting, const struct config *config, int64_t now_us)
{
	*forgetting = (struct forgetting){ .now_us = now_us };
	forgetting->activities_before_us = before(config, "retention.activities", now_us);
	forgetting->deliveries_before_us = before(config, "retention.deliveries", now_us);
	forgetting->posts_before_us = before(config, "retention.remote_posts", now_us);
}

/* What a batch gave: a full one may not have been the last. */
static void count_batch(struct forgetting *forgetting, int64_t count, int64_t *sum)
{
	*sum += count;
	forgetting->has_more |= count >= RETENTION_BATCH;
}

static enum error forget_activities(struct forgetting *forgetting, struct db *db, struct arena *arena)
{
	int64_t count = 0;
	enum error error = retention_activities_in(db, arena, forgetting->activities_before_us, &count);
	if (error)
		return error;
	count_batch(forgetting, count, &forgetting->sums.activities);
	int64_t set_aside_before_us = forgetting->now_us - SET_ASIDE_DAYS * DAY_US;
	if (set_aside_before_us > forgetting->activities_before_us)
		set_aside_before_us = forgetting->activities_before_us;
	error = retention_set_aside(db, arena, set_aside_before_us, &count);
	if (error)
		return error;
	count_batch(forgetting, count, &forgetting->sums.activities);
	error = retention_bodies_out(db, arena, forgetting->activities_before_us, &count);
	if (!error)
		count_batch(forgetting, count, &forgetting->sums.activities);
	return error;
}

static enum error forget_deliveries(struct forgetting *forgetting, struct db *db, struct arena *arena)
{
	int64_t count = 0;
	enum error error = retention_deliveries(db, arena, forgetting->deliveries_before_us, &count);
	if (error)
		return error;
	count_batch(forgetting, count, &forgetting->sums.deliveries);
	error = retention_activities_out(db, arena, forgetting->deliveries_before_us, &count);
	if (!error)
		count_batch(forgetting, count, &forgetting->others);
	return error;
}

static enum error forget_posts(struct forgetting *forgetting, struct db *db, struct arena *arena)
{
	int64_t count = 0;
	enum error error = retention_remote_posts(db, arena, forgetting->posts_before_us, &forgetting->posts_cursor, &count);
	if (error)
		return error;
	forgetting->sums.remote_posts += count;
	forgetting->posts_are_done = forgetting->posts_cursor == 0;
	forgetting->has_more |= !forgetting->posts_are_done;
	return ERROR_NONE;
}

static enum error forget_traces(struct forgetting *forgetting, struct db *db, struct arena *arena)
{
	int64_t count = 0, now_us = forgetting->now_us;
	enum error error = retention_tombstones(db, arena, now_us - UNKNOWN_TOMBSTONE_DAYS * DAY_US,
		now_us - KNOWN_TOMBSTONE_DAYS * DAY_US, &count);
	if (error)
		return error;
	count_batch(forgetting, count, &forgetting->others);
	error = retention_fetch_roots(db, arena, now_us - DAY_US, &count);
	if (!error)
		count_batch(forgetting, count, &forgetting->others);
	return error;
}

static enum error forget_peers(struct forgetting *forgetting, struct db *db, struct arena *arena)
{
	int64_t count = 0;
	struct str last;
	enum error error = retention_peers(db, arena, forgetting->now_us - PEER_DAYS * DAY_US,
		str_from(forgetting->peers_cursor), &last, &count);
	if (error)
		return error;
	forgetting->others += count;
	forgetting->peers_are_done = last.len == 0;
	forgetting->has_more |= !forgetting->peers_are_done;
	snprintf(forgetting->peers_cursor, sizeof(forgetting->peers_cursor), "%.*s", STR_ARG(last));
	return ERROR_NONE;
}

static enum error forget_batch(struct forgetting *forgetting, struct db *db, struct arena *arena)
{
	enum error error = ERROR_NONE;
	forgetting->has_more = false;
	if (forgetting->activities_before_us)
		error = forget_activities(forgetting, db, arena);
	if (!error && forgetting->deliveries_before_us)
		error = forget_deliveries(forgetting, db, arena);
	if (!error && forgetting->posts_before_us && !forgetting->posts_are_done)
		error = forget_posts(forgetting, db, arena);
	if (!error)
		error = forget_traces(forgetting, db, arena);
	if (!error && !forgetting->peers_are_done)
		error = forget_peers(forgetting, db, arena);
	return error;
}

enum error maintenance_forget(const struct config *config, struct db *db, struct arena *arena, int64_t now_us,
	struct maintenance_sums *sums)
{
	struct forgetting forgetting;
	forgetting_init(&forgetting, config, now_us);
	enum error error;
	do
		error = forget_batch(&forgetting, db, arena);
	while (!error && forgetting.has_more);
	sums->activities += forgetting.sums.activities;
	sums->deliveries += forgetting.sums.deliveries;
	sums->remote_posts += forgetting.sums.remote_posts;
	return error;
}

static void forget_round(struct maintenance *maintenance)
{
	struct forgetting forgetting;
	forgetting_init(&forgetting, maintenance->federation->config, clock_now_us());
	do {
		arena_reset(maintenance->arena);
		if (forget_batch(&forgetting, maintenance->db, maintenance->arena) || !wait_ms(maintenance, BREATH_MS))
			return; /* what is left waits for the next round */
	} while (forgetting.has_more);
}

/* What fails is found again in the next round. */
static void close_polls(struct maintenance *maintenance)
{
	size_t count = POLL_BATCH;
	while (count == POLL_BATCH) {
		arena_reset(maintenance->arena);
		if (poll_closing_run(maintenance->db, maintenance->arena, POLL_BATCH, &count) || !wait_ms(maintenance, BREATH_MS))
			return;
	}
}

static void *run(void *argument)
{
	struct maintenance *maintenance = argument;
	int64_t due_us = clock_monotonic_us() + FIRST_FORGET_US;
	log_set_thread("maintenance", NULL);
	while (wait_ms(maintenance, ROUND_MS)) {
		close_polls(maintenance);
		if (clock_monotonic_us() < due_us)
			continue;
		forget_round(maintenance);
		due_us = clock_monotonic_us() + FORGET_INTERVAL_US;
	}
	return NULL;
}

struct maintenance *maintenance_start(struct federation *federation)
{
	struct maintenance *maintenance = memory_new(sizeof(*maintenance));
	maintenance->federation = federation;
	maintenance->db = db_new(federation->config, DB_FEDERATION);
	maintenance->arena = arena_new(ARENA_LIMIT_BYTES);
	pthread_condattr_t attributes;
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&maintenance->changed, &attributes);
	pthread_condattr_destroy(&attributes);
	pthread_mutex_init(&maintenance->lock, NULL);
	if (pthread_create(&maintenance->thread, NULL, run, maintenance) != 0)
		memory_fatal("cannot start a thread");
	return maintenance;
}

void maintenance_stop(struct maintenance **maintenance_pointer)
{
	struct maintenance *maintenance = *maintenance_pointer;
	if (!maintenance)
		return;
	pthread_mutex_lock(&maintenance->lock);
	maintenance->is_stopping = true;
	pthread_cond_signal(&maintenance->changed);
	pthread_mutex_unlock(&maintenance->lock);
	pthread_join(maintenance->thread, NULL);
	pthread_cond_destroy(&maintenance->changed);
	pthread_mutex_destroy(&maintenance->lock);
	db_free(&maintenance->db);
	arena_free(&maintenance->arena);
	memory_free(maintenance);
	*maintenance_pointer = NULL;
}
