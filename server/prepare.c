/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Tries again after 100 ms, 200 ms, ... up to 2 s, each a little earlier or later than that, until the database
 * is there, so that it serves within 5 s after. What waiting cannot mend (a wrong schema, wrong names, a
 * missing key) ends it. */
#include "server/prepare.h"

#include "server/action/instance_setup.h"
#include "server/push/vapid.h"

#include "federation/federation.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "storage/migrate.h"

#include <errno.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#define FIRST_PAUSE_MS 100
#define LONGEST_PAUSE_MS 2000
#define ARENA_LIMIT_BYTES ((size_t)64 * 1024 * 1024)

struct preparation {
	struct app *app;
	bool may_migrate;
	bool runs_queues;
	int descriptor;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool is_stopping; /* under lock */
	bool has_ended;   /* under lock */
	enum error error;
	struct str message;
	struct arena *arena;
};

static enum error fill_message(struct preparation *preparation, enum error error, const char *text)
{
	preparation->message = arena_str(preparation->arena, str_from(text));
	return error;
}

static enum error check_schema(struct preparation *preparation, struct db *db)
{
	struct str message = { 0 };
	enum error error = migrate_check(db, preparation->arena, &message);
	if (error != ERROR_CONFIGURATION)
		return error;
	/* The configuration is fine, the database is not: exit code 4. */
	return fill_message(preparation, ERROR_DATABASE, arena_c_string(preparation->arena, message));
}

static enum error attempt(struct preparation *preparation, struct db *db)
{
	struct secret_box *box = NULL;
	struct federation *federation = NULL;
	struct vapid *vapid = NULL;
	int applied = 0;
	enum error error = db_ping(db);
	if (!error && preparation->may_migrate)
		error = migrate_run(db, preparation->arena, NULL, &applied);
	if (applied > 0)
		log_event(LOG_LEVEL_INFO, "migrations_applied", LOG_INT("count", applied));
	if (!error)
		error = check_schema(preparation, db);
	if (!error)
		error = instance_setup(db, preparation->arena, preparation->app->config, &box, &preparation->message);
	if (!error)
		error = vapid_open(db, preparation->arena, box, &vapid);
	if (!error)
		error = federation_start(preparation->app->config, box, preparation->runs_queues, preparation->arena, &federation,
			&preparation->message);
	if (error) {
		vapid_close(&vapid);
		secret_box_close(&box);
	} else {
		app_set_prepared(preparation->app, box, vapid, federation);
	}
	return error;
}

/* False when it was told to stop. */
static bool wait_ms(struct preparation *preparation, int64_t pause_ms)
{
	struct timespec until;
	clock_wait_until(pause_ms, &until);
	pthread_mutex_lock(&preparation->lock);
	int result = 0;
	while (!preparation->is_stopping && result != ETIMEDOUT)
		result = pthread_cond_timedwait(&preparation->changed, &preparation->lock, &until);
	bool goes_on = !preparation->is_stopping;
	pthread_mutex_unlock(&preparation->lock);
	return goes_on;
}

static bool passes_with_time(enum error error)
{
	return error == ERROR_DATABASE_UNREACHABLE || error == ERROR_COMMIT_UNKNOWN || error == ERROR_TIMEOUT;
}

static enum error try_until_done(struct preparation *preparation)
{
	int64_t pause_ms = FIRST_PAUSE_MS, begun_us = clock_monotonic_us();
	int64_t next_log_us = 0; /* after the start; then less and less often */
	struct db *db = db_new(preparation->app->config, DB_OWNER);
	enum error error;
	for (;;) {
		arena_reset(preparation->arena);
		error = attempt(preparation, db);
		if (!passes_with_time(error))
			break;
		int64_t elapsed_us = clock_monotonic_us() - begun_us;
		if (elapsed_us >= next_log_us) {
			log_event(LOG_LEVEL_WARNING, "database_awaited", LOG_TEXT("error", error_name(error)),
				LOG_INT("waited_ms", elapsed_us / 1000));
			next_log_us = elapsed_us * 2 + 1000000;
		}
		int64_t jitter_ms = (int64_t)random_below((uint64_t)pause_ms / 4 + 1);
		if (!wait_ms(preparation, pause_ms - jitter_ms))
			break;
		pause_ms = pause_ms * 2 < LONGEST_PAUSE_MS ? pause_ms * 2 : LONGEST_PAUSE_MS;
	}
	db_free(&db);
	return error;
}

static void *run(void *argument)
{
	struct preparation *preparation = argument;
	log_set_thread("start", NULL);
	enum error error = try_until_done(preparation);
	if (error && preparation->message.len == 0)
		preparation->message = str_from(error_text(error));

	pthread_mutex_lock(&preparation->lock);
	preparation->error = error;
	preparation->has_ended = true;
	pthread_mutex_unlock(&preparation->lock);
	uint64_t one = 1;
	ssize_t ignored = write(preparation->descriptor, &one, sizeof(one));
	(void)ignored;
	return NULL;
}

struct preparation *preparation_start(struct app *app, bool may_migrate, bool runs_queues)
{
	struct preparation *preparation = memory_new(sizeof(*preparation));
	preparation->app = app;
	preparation->may_migrate = may_migrate;
	preparation->runs_queues = runs_queues;
	preparation->arena = arena_new(ARENA_LIMIT_BYTES);
	preparation->descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	pthread_condattr_t attributes;
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&preparation->changed, &attributes);
	pthread_condattr_destroy(&attributes);
	pthread_mutex_init(&preparation->lock, NULL);
	if (preparation->descriptor < 0 || pthread_create(&preparation->thread, NULL, run, preparation) != 0)
		memory_fatal("cannot start a thread");
	return preparation;
}

int preparation_descriptor(const struct preparation *preparation)
{
	return preparation->descriptor;
}

bool preparation_has_ended(struct preparation *preparation, enum error *ret_error, const char **ret_message)
{
	pthread_mutex_lock(&preparation->lock);
	bool has_ended = preparation->has_ended;
	if (has_ended) {
		*ret_error = preparation->error;
		*ret_message = preparation->message.data;
	}
	pthread_mutex_unlock(&preparation->lock);
	return has_ended;
}

void preparation_stop(struct preparation **preparation_pointer)
{
	struct preparation *preparation = *preparation_pointer;
	if (!preparation)
		return;
	pthread_mutex_lock(&preparation->lock);
	preparation->is_stopping = true;
	pthread_cond_signal(&preparation->changed);
	pthread_mutex_unlock(&preparation->lock);
	pthread_join(preparation->thread, NULL);
	pthread_cond_destroy(&preparation->changed);
	pthread_mutex_destroy(&preparation->lock);
	close(preparation->descriptor);
	arena_free(&preparation->arena);
	memory_free(preparation);
	*preparation_pointer = NULL;
}
