/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * One mutex guards the listeners of the process and what is still to be told to other processes. The thread tells it
 * in one NOTIFY per round however often somebody rang, and hears theirs between rounds. A new connection may have
 * missed something, so it rings for everything.
 *
 * Most servers are one process, and tell nobody. Each holds a share of one lock while it listens: who can have the lock
 * to itself is alone. Whoever comes later takes its share, listens, and greets; who was alone until it hears that then
 * tells of everything, as it may have kept something to itself since. */
#include "storage/wake.h"

#include "storage/db_notify.h"
#include "storage/event_wire.h"
#include "storage/statement.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mutant.h"

#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define WAIT_MS 5000
/* What rings meanwhile goes into the next NOTIFY. */
#define ROUND_MS 5
/* After a database that could not be reached; the connection keeps pauses of its own. */
#define RETRY_MS 250
#define ALL_KINDS ((1U << WAKE_KIND_COUNT) - 1)
#define EVENTS_BIT (1U << WAKE_EVENTS)
#define ARENA_BYTES 65536
#define GREETING "0" /* rings for nothing */
#define LOOK_ALONE_US ((int64_t)10 * 1000000) /* whether the others are gone */

static const struct statement notify = STATEMENT("wake_notify", 1,
	"select pg_notify('comptoir_wake', payload)::text from unnest($1::text[]) as payload");

/* "wake" in ASCII. */
static const struct statement join = STATEMENT("wake_join", 0, "select pg_advisory_lock_shared(2002873189)::text");
static const struct statement may_have_it = STATEMENT("wake_is_alone", 0, "select pg_try_advisory_xact_lock(2002873189)");

STATEMENT_TABLE(wake_statements, &notify, &join, &may_have_it);

struct wake_thread {
	pthread_t thread;
	const struct config *config;
	struct db *db;
	struct arena *arena;
	unsigned listening_connection; /* the number of the connection that listens; 0 for none */
	int64_t look_alone_us;         /* monotonic */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct list_link listeners = { &listeners, &listeners };
static unsigned untold; /* bits that other processes do not know of yet */
static bool is_running;
static bool is_alone;    /* no other process hears */
static bool is_stopping;
static int wake_fd = -1;
static struct wake_thread *running_thread;

static void poke(void)
{
	eventfd_t ignored = 1;
	(void)!write(wake_fd, &ignored, sizeof(ignored));
}

/* Holds the lock. */
static void tell_listeners(unsigned kinds)
{
	LIST_EACH(&listeners, link) {
		struct wake_listener *listener = LIST_OBJECT(link, struct wake_listener, link);
		for (unsigned kind = 0; kind < WAKE_KIND_COUNT; kind++) {
			if (kinds & listener->kinds & 1U << kind)
				listener->heard(listener, (enum wake_kind)kind);
		}
	}
}

void wake_ring(enum wake_kind kind)
{
	pthread_mutex_lock(&lock);
	tell_listeners(1U << kind);
	if (is_running && !is_alone && !(untold & 1U << kind)) {
		untold |= 1U << kind;
		poke();
	}
	pthread_mutex_unlock(&lock);
}

void wake_listen(struct wake_listener *listener)
{
	pthread_mutex_lock(&lock);
	list_add_last(&listeners, &listener->link);
	pthread_mutex_unlock(&lock);
}

void wake_unlisten(struct wake_listener *listener)
{
	pthread_mutex_lock(&lock);
	list_remove(&listener->link);
	pthread_mutex_unlock(&lock);
}

/* ---- the thread ---- */

static enum error say(struct wake_thread *thread, const struct str *payloads, size_t count)
{
	struct db_values values = { .count = 0 };
	db_value_text_array(&values, thread->arena, payloads, count);
	return db_change(thread->db, thread->arena, &notify, &values, NULL);
}

static enum error look_alone(struct wake_thread *thread)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(thread->db, thread->arena, &may_have_it, NULL, &rows);
	if (error)
		return error;
	pthread_mutex_lock(&lock);
	is_alone = db_bool(&rows, 0, 0) && !untold;
	thread->look_alone_us = is_alone ? INT64_MAX : clock_monotonic_us() + LOOK_ALONE_US;
	if (is_alone)
		event_end_telling();
	pthread_mutex_unlock(&lock);
	return ERROR_NONE;
}

/* What was kept to ourselves while nobody heard may be news to those who came. */
static void have_company(struct wake_thread *thread)
{
	pthread_mutex_lock(&lock);
	bool was_alone = is_alone;
	is_alone = false;
	pthread_mutex_unlock(&lock);
	thread->look_alone_us = clock_monotonic_us() + LOOK_ALONE_US;
	if (!was_alone || MUTANT("wake_company"))
		return;
	event_begin_telling();
	event_tell_gap();
	pthread_mutex_lock(&lock);
	untold |= ALL_KINDS;
	poke();
	pthread_mutex_unlock(&lock);
}

static enum error begin_listening(struct wake_thread *thread)
{
	have_company(thread);
	enum error error = db_change(thread->db, thread->arena, &join, NULL, NULL);
	if (!error)
		error = db_begin(thread->db);
	if (!error)
		error = db_run_script(thread->db, "listen", "listen comptoir_wake");
	if (!error)
		error = db_commit(thread->db);
	else
		db_rollback(thread->db);
	if (!error)
		error = say(thread, &(const struct str)STR(GREETING), 1);
	if (error)
		return error;
	thread->listening_connection = db_connection_number(thread->db);
	thread->look_alone_us = 0;
	pthread_mutex_lock(&lock);
	tell_listeners(ALL_KINDS);
	pthread_mutex_unlock(&lock);
	event_hear_gap();
	return ERROR_NONE;
}

/* Kinds are told as a number. Events go with them as far as they fit, and then by themselves. */
static enum error tell(struct wake_thread *thread, unsigned kinds, bool *ret_has_events)
{
	struct str payloads[2];
	size_t count = 0;
	arena_reset(thread->arena);
	if (kinds & ~EVENTS_BIT)
		payloads[count++] = arena_printf(thread->arena, "%u", kinds & ~EVENTS_BIT);
	struct str events = kinds & EVENTS_BIT ? event_take_untold(thread->arena) : (struct str){ 0 };
	*ret_has_events = events.len > 0;
	if (events.len)
		payloads[count++] = events;
	enum error error = count ? say(thread, payloads, count) : ERROR_NONE;
	if (error && events.len)
		event_untell(events);
	return error;
}

static enum error tell_others(struct wake_thread *thread)
{
	pthread_mutex_lock(&lock);
	unsigned kinds = untold;
	untold = 0;
	pthread_mutex_unlock(&lock);
	bool has_events = false;
	enum error error = kinds ? tell(thread, kinds, &has_events) : ERROR_NONE;
	while (!error && has_events)
		error = tell(thread, EVENTS_BIT, &has_events);
	if (error) {
		pthread_mutex_lock(&lock);
		untold |= kinds;
		pthread_mutex_unlock(&lock);
	}
	return error;
}

static void hear_others(struct wake_thread *thread)
{
	unsigned heard = 0;
	struct str payload;
	while (db_take_notification(thread->db, thread->arena, &payload)) {
		uint64_t kinds;
		have_company(thread);
		if (str_to_uint64(payload, &kinds))
			heard |= (unsigned)kinds & ALL_KINDS;
		else
			event_hear(payload);
		arena_reset(thread->arena);
	}
	if (!heard)
		return;
	pthread_mutex_lock(&lock);
	tell_listeners(heard);
	pthread_mutex_unlock(&lock);
}

static bool must_stop(void)
{
	pthread_mutex_lock(&lock);
	bool stops = is_stopping;
	pthread_mutex_unlock(&lock);
	return stops;
}

static enum error run_round(struct wake_thread *thread)
{
	arena_reset(thread->arena);
	if (!thread->listening_connection || db_connection_number(thread->db) != thread->listening_connection) {
		thread->listening_connection = 0;
		enum error error = begin_listening(thread);
		if (error)
			return error;
	}
	enum error error = tell_others(thread);
	/* A greeting that comes meanwhile is heard after it. */
	if (!error && clock_monotonic_us() >= thread->look_alone_us)
		error = look_alone(thread);
	if (!error)
		hear_others(thread);
	return error;
}

static void *run_thread(void *argument)
{
	struct wake_thread *thread = argument;
	log_set_thread("wake", "wake");
	for (;;) {
		bool stops = must_stop();
		enum error error = run_round(thread);
		if (stops)
			return NULL;
		if (error)
			usleep(RETRY_MS * 1000);
		else
			usleep(ROUND_MS * 1000);
		db_wait_notification(thread->db, wake_fd, error ? RETRY_MS : WAIT_MS);
		eventfd_t ignored;
		(void)!read(wake_fd, &ignored, sizeof(ignored));
	}
}

enum error wake_start(const struct config *config)
{
	int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (fd < 0)
		return ERROR_IO;
	struct wake_thread *thread = memory_new(sizeof(*thread));
	thread->config = config;
	thread->db = db_new(config, DB_WEB);
	thread->arena = arena_new(ARENA_BYTES);
	pthread_mutex_lock(&lock);
	wake_fd = fd;
	is_running = true;
	is_alone = false;
	is_stopping = false;
	untold = 0;
	running_thread = thread;
	pthread_mutex_unlock(&lock);
	event_begin_telling();
	/* Signals are for the main thread. */
	sigset_t all, previous;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &previous);
	if (pthread_create(&thread->thread, NULL, run_thread, thread))
		memory_fatal("cannot start the wake thread");
	pthread_sigmask(SIG_SETMASK, &previous, NULL);
	return ERROR_NONE;
}

void wake_stop(void)
{
	pthread_mutex_lock(&lock);
	struct wake_thread *thread = running_thread;
	running_thread = NULL;
	is_stopping = true;
	if (thread)
		poke();
	pthread_mutex_unlock(&lock);
	if (!thread)
		return;
	pthread_join(thread->thread, NULL);
	event_end_telling();
	pthread_mutex_lock(&lock);
	is_running = false;
	close(wake_fd);
	wake_fd = -1;
	pthread_mutex_unlock(&lock);
	db_free(&thread->db);
	arena_free(&thread->arena);
	memory_free(thread);
}
