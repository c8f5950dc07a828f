/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Servers share places by their hashes: two that meet wait for each other now and then, and nothing grows. */
#include "server/preview/pace.h"

#include "base/clock.h"
#include "base/mutant.h"
#include "base/random.h"

#include <pthread.h>

#define PLACES 1024
#define FULL_WAIT_US 500000

struct place {
	bool is_busy;
	int64_t next_us; /* monotonic */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct place places[PLACES]; /* under lock, as under_way */
static unsigned under_way;

bool preview_pace_begin(struct str authority, int64_t *ret_wait_us)
{
	int64_t now_us = clock_monotonic_us();
	int64_t wait_us = 0;
	pthread_mutex_lock(&lock);
	struct place *place = &places[str_hash(authority) % PLACES];
	if (under_way >= PREVIEW_PACE_AT_ONCE)
		wait_us = FULL_WAIT_US;
	else if (place->is_busy)
		wait_us = PREVIEW_PACE_APART_US;
	else if (place->next_us > now_us && !MUTANT("preview_pace"))
		wait_us = place->next_us - now_us;
	if (!wait_us) {
		under_way++;
		place->is_busy = true;
		place->next_us = now_us + PREVIEW_PACE_APART_US;
	}
	pthread_mutex_unlock(&lock);
	if (!wait_us)
		return true;
	*ret_wait_us = wait_us + (int64_t)random_below(FULL_WAIT_US);
	return false;
}

void preview_pace_end(struct str authority)
{
	pthread_mutex_lock(&lock);
	under_way--;
	places[str_hash(authority) % PLACES].is_busy = false;
	pthread_mutex_unlock(&lock);
}
