/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Sets of four places, each set found by the id; the place that was not looked at for longest is given away. Locks are
 * spread, so that workers seldom meet. */
#include "server/entity/fragment.h"

#include "base/clock.h"

#include <pthread.h>
#include <string.h>

#define SET_COUNT 4096u
#define PLACES 4
#define LOCK_COUNT 64u
/* Of an account: emojis, roles. Of a post: names of whom it mentions, states of files. */
#define ACCOUNT_LIFETIME_US 60000000
#define POST_LIFETIME_US 600000000

struct place {
	int64_t id; /* 0: empty */
	int64_t stamp;
	int64_t stored_us; /* monotonic */
	uint64_t looked_at;
	enum fragment_kind kind;
	size_t json_len, text_len;
	char *bytes; /* both, one behind the other */
};

static struct place places[SET_COUNT][PLACES];
static pthread_mutex_t locks[LOCK_COUNT] = { [0 ... LOCK_COUNT - 1] = PTHREAD_MUTEX_INITIALIZER };
static uint64_t counters[LOCK_COUNT]; /* under the lock of the same number */

static unsigned set_of(enum fragment_kind kind, int64_t id)
{
	uint64_t hash = ((uint64_t)id ^ (uint64_t)kind << 62) * 0x9E3779B97F4A7C15u;
	return (unsigned)(hash >> 52);
}
_Static_assert(SET_COUNT == 1u << 12, "the hash gives twelve bits");

static bool is_fresh(const struct place *place, int64_t now_us)
{
	return now_us - place->stored_us < (place->kind == FRAGMENT_ACCOUNT ? ACCOUNT_LIFETIME_US : POST_LIFETIME_US);
}

static struct place *find(unsigned set, enum fragment_kind kind, int64_t id)
{
	for (size_t i = 0; i < PLACES; i++)
		if (places[set][i].id == id && places[set][i].kind == kind)
			return &places[set][i];
	return NULL;
}

bool fragment_get(enum fragment_kind kind, int64_t id, int64_t stamp, struct arena *arena, struct fragment *ret_fragment)
{
	int64_t now_us = clock_monotonic_us();
	unsigned set = set_of(kind, id), lock = set % LOCK_COUNT;
	bool is_there = false;
	pthread_mutex_lock(&locks[lock]);
	struct place *place = find(set, kind, id);
	if (place && place->stamp == stamp && is_fresh(place, now_us)) {
		place->looked_at = ++counters[lock];
		ret_fragment->json = arena_str(arena, (struct str){ place->bytes, place->json_len });
		ret_fragment->text = arena_str(arena, (struct str){ place->bytes + place->json_len, place->text_len });
		is_there = true;
	}
	pthread_mutex_unlock(&locks[lock]);
	return is_there;
}

static struct place *place_to_fill(unsigned set, enum fragment_kind kind, int64_t id)
{
	struct place *chosen = find(set, kind, id);
	if (chosen)
		return chosen;
	chosen = &places[set][0];
	for (size_t i = 1; i < PLACES; i++)
		if (places[set][i].looked_at < chosen->looked_at)
			chosen = &places[set][i];
	return chosen;
}

void fragment_put(enum fragment_kind kind, int64_t id, int64_t stamp, const struct fragment *fragment)
{
	size_t len = fragment->json.len + fragment->text.len;
	if (len > FRAGMENT_MAX_BYTES)
		return;
	char *bytes = memory_new(len + 1);
	memcpy(bytes, fragment->json.data, fragment->json.len);
	if (fragment->text.len)
		memcpy(bytes + fragment->json.len, fragment->text.data, fragment->text.len);
	unsigned set = set_of(kind, id), lock = set % LOCK_COUNT;
	pthread_mutex_lock(&locks[lock]);
	struct place *place = place_to_fill(set, kind, id);
	char *old = place->bytes;
	*place = (struct place){
		.id = id, .stamp = stamp, .stored_us = clock_monotonic_us(), .looked_at = ++counters[lock], .kind = kind,
		.json_len = fragment->json.len, .text_len = fragment->text.len, .bytes = bytes,
	};
	pthread_mutex_unlock(&locks[lock]);
	memory_free(old);
}
