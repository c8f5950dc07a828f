/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A map from host to when it was last written. It is forgotten as a whole when it has grown too large, which costs one
 * write too many per host. */
#include "federation/peer_ears.h"

#include "federation/delivery.h"
#include "federation/federation.h"
#include "storage/peer.h"

#include "base/clock.h"
#include "base/list.h"
#include "base/log.h"
#include "base/map.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>

#define WRITE_EVERY_US INT64_C(60000000)
#define MAX_HOSTS 100000
#define MAX_WAITING 10000
#define ARENA_BYTES ((size_t)1 << 20)
#define RETRY_MS 1000

struct heard {
	int64_t written_us; /* monotonic; queued counts */
	bool speaks_rfc9421;
};

struct note {
	struct list_link link;
	bool speaks_rfc9421;
	struct str name; /* in this memory */
};

struct peer_ears {
	struct db *db;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct map *hosts; /* name -> struct heard */
	struct list_link waiting;
	size_t waiting_count;
	bool is_stopping;
};

static void forget_hosts(struct peer_ears *ears)
{
	size_t cursor = 0;
	struct str name;
	void *value;
	while (map_next(ears->hosts, &cursor, &name, &value))
		memory_free(value);
	map_free(&ears->hosts);
}

/* Holds the lock. */
static bool is_news(struct peer_ears *ears, struct str name, bool speaks_rfc9421)
{
	int64_t now_us = clock_monotonic_us();
	struct heard *heard = map_get(ears->hosts, name);
	if (heard && now_us - heard->written_us < WRITE_EVERY_US && (heard->speaks_rfc9421 || !speaks_rfc9421))
		return false;
	if (ears->waiting_count >= MAX_WAITING)
		return false;
	if (!heard && map_count(ears->hosts) >= MAX_HOSTS) {
		forget_hosts(ears);
		ears->hosts = map_new();
	}
	if (!heard) {
		heard = memory_new(sizeof(*heard));
		(void)map_set(ears->hosts, name, heard);
	}
	heard->written_us = now_us;
	heard->speaks_rfc9421 = heard->speaks_rfc9421 || speaks_rfc9421;
	return true;
}

void peer_ears_hear(struct peer_ears *ears, struct str name, bool speaks_rfc9421)
{
	pthread_mutex_lock(&ears->lock);
	if (is_news(ears, name, speaks_rfc9421)) {
		struct note *note = memory_new(sizeof(*note) + name.len);
		memcpy(note + 1, name.data, name.len);
		note->name = (struct str){ (const char *)(note + 1), name.len };
		note->speaks_rfc9421 = speaks_rfc9421;
		list_add_last(&ears->waiting, &note->link);
		ears->waiting_count++;
		pthread_cond_signal(&ears->changed);
	}
	pthread_mutex_unlock(&ears->lock);
}

/* NULL when it is time to stop. */
static struct note *next_note(struct peer_ears *ears)
{
	struct note *note = NULL;
	pthread_mutex_lock(&ears->lock);
	while (list_is_empty(&ears->waiting) && !ears->is_stopping)
		pthread_cond_wait(&ears->changed, &ears->lock);
	if (!list_is_empty(&ears->waiting)) {
		note = LIST_OBJECT(ears->waiting.next, struct note, link);
		list_remove(&note->link);
		ears->waiting_count--;
	}
	pthread_mutex_unlock(&ears->lock);
	return note;
}

/* False when it is time to stop. */
static bool pause_after_failure(struct peer_ears *ears)
{
	struct timespec until;
	clock_wait_until(RETRY_MS, &until);
	pthread_mutex_lock(&ears->lock);
	while (!ears->is_stopping && !pthread_cond_timedwait(&ears->changed, &ears->lock, &until))
		continue;
	bool goes_on = !ears->is_stopping;
	pthread_mutex_unlock(&ears->lock);
	return goes_on;
}

static void *run(void *argument)
{
	struct peer_ears *ears = argument;
	struct arena *arena = arena_new(ARENA_BYTES);
	struct note *note;
	log_set_thread("federation", "peer ears");
	while ((note = next_note(ears))) {
		arena_reset(arena);
		/* Lost is a hint only; the next request brings another. */
		enum error error = peer_note_heard(ears->db, arena, note->name, clock_now_us(), note->speaks_rfc9421);
		memory_free(note);
		if (error && !pause_after_failure(ears))
			break;
	}
	arena_free(&arena);
	return NULL;
}

struct peer_ears *peer_ears_start(const struct config *config)
{
	struct peer_ears *ears = memory_new(sizeof(*ears));
	ears->db = db_new(config, DB_FEDERATION);
	ears->hosts = map_new();
	list_init(&ears->waiting);
	pthread_mutex_init(&ears->lock, NULL);
	pthread_condattr_t attributes;
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&ears->changed, &attributes);
	pthread_condattr_destroy(&attributes);
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	if (pthread_create(&ears->thread, NULL, run, ears))
		memory_fatal("cannot start a thread");
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return ears;
}

void peer_ears_stop(struct peer_ears **ears_pointer)
{
	struct peer_ears *ears = *ears_pointer;
	if (!ears)
		return;
	pthread_mutex_lock(&ears->lock);
	ears->is_stopping = true;
	pthread_cond_signal(&ears->changed);
	pthread_mutex_unlock(&ears->lock);
	pthread_join(ears->thread, NULL);
	LIST_EACH_SAFE(&ears->waiting, link) {
		struct note *note = LIST_OBJECT(link, struct note, link);
		list_remove(&note->link);
		memory_free(note);
	}
	forget_hosts(ears);
	db_free(&ears->db);
	pthread_cond_destroy(&ears->changed);
	pthread_mutex_destroy(&ears->lock);
	memory_free(ears);
	*ears_pointer = NULL;
}

void peer_heard(struct federation *federation, struct str host, bool speaks_rfc9421)
{
	char name[260];
	if (!host.len || host.len >= sizeof(name) || !federation->ears)
		return;
	for (size_t i = 0; i < host.len; i++)
		name[i] = (char)(host.data[i] >= 'A' && host.data[i] <= 'Z' ? host.data[i] + 32 : host.data[i]);
	peer_ears_hear(federation->ears, (struct str){ name, host.len }, speaks_rfc9421);
}
