/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A table of places by actor under one lock, which is held for a look-up only. */
#include "server/mastodon/credential_cache.h"

#include "base/clock.h"
#include "base/mutant.h"
#include "storage/event.h"

#include <pthread.h>

#define PLACE_COUNT 4096u
#define LIFETIME_US 5000000
#define MAX_BYTES 32768

struct place {
	int64_t actor_id;
	int user_role;
	uint64_t stamp; /* grows with every change of whoever shares the place */
	int64_t expires_us; /* monotonic */
	struct shared_bytes *bytes; /* NULL: empty */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct place places[PLACE_COUNT];
static pthread_once_t listening = PTHREAD_ONCE_INIT;

static struct place *place_of(int64_t actor_id)
{
	return &places[((uint64_t)actor_id * 0x9E3779B97F4A7C15u) >> 52];
}
_Static_assert(PLACE_COUNT == 1u << 12, "the hash gives twelve bits");

static void drop(struct place *place)
{
	place->stamp++;
	shared_bytes_unref(&place->bytes);
}

static void heard(struct event_listener *listener, const struct event *event)
{
	(void)listener;
	if (MUTANT("credential_cache_events"))
		return;
	pthread_mutex_lock(&lock);
	if (event->kind == EVENT_GAP) {
		for (size_t i = 0; i < PLACE_COUNT; i++)
			drop(&places[i]);
	} else {
		drop(place_of(event->actor_id));
	}
	pthread_mutex_unlock(&lock);
}

static void listen_once(void)
{
	static struct event_listener listener = {
		.heard = heard,
		.kinds = 1u << EVENT_PROFILE_CHANGED | 1u << EVENT_RELATIONS_CHANGED | 1u << EVENT_POST_CREATED |
			1u << EVENT_POST_DELETED | 1u << EVENT_ACTOR_ENDED | 1u << EVENT_GAP,
	};
	event_listen(&listener);
}

struct shared_bytes *credential_cache_get(int64_t actor_id, int user_role)
{
	int64_t now_us = clock_monotonic_us();
	struct shared_bytes *bytes = NULL;
	pthread_mutex_lock(&lock);
	struct place *place = place_of(actor_id);
	if (place->bytes && place->actor_id == actor_id && place->user_role == user_role && now_us < place->expires_us)
		bytes = shared_bytes_ref(place->bytes);
	pthread_mutex_unlock(&lock);
	return bytes;
}

uint64_t credential_cache_stamp(int64_t actor_id)
{
	pthread_once(&listening, listen_once);
	pthread_mutex_lock(&lock);
	uint64_t stamp = place_of(actor_id)->stamp;
	pthread_mutex_unlock(&lock);
	return stamp;
}

void credential_cache_put(int64_t actor_id, int user_role, uint64_t stamp, struct shared_bytes *bytes)
{
	if (shared_bytes_str(bytes).len > MAX_BYTES)
		return;
	int64_t expires_us = clock_monotonic_us() + LIFETIME_US;
	pthread_mutex_lock(&lock);
	struct place *place = place_of(actor_id);
	if (place->stamp == stamp) {
		shared_bytes_unref(&place->bytes);
		place->actor_id = actor_id;
		place->user_role = user_role;
		place->expires_us = expires_us;
		place->bytes = shared_bytes_ref(bytes);
	}
	pthread_mutex_unlock(&lock);
}
