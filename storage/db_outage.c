/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Each failed probe is followed by a pause that doubles from 250 ms to 4 s, shortened by chance so that servers
 * do not come back in step. Without an outage a call costs one atomic read. */
#include "storage/db_outage.h"

#include "base/clock.h"
#include "base/random.h"

#include <pthread.h>
#include <stdatomic.h>

#define BACKOFF_FIRST_MS 250
#define BACKOFF_MOST_MS 4000
#define BACKOFF_MOST_DOUBLINGS 4

struct role_outage {
	atomic_int outage;   /* enum db_outage; written with the lock held */
	unsigned failures;   /* in a row */
	int64_t retry_at_us; /* monotonic; no probe before */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct role_outage outages[DB_FEDERATION + 1];

static bool concerns(int outage, bool has_connection)
{
	return outage == DB_OUTAGE_ANSWERING || (outage == DB_OUTAGE_CONNECTING && !has_connection);
}

enum db_turn db_outage_turn(enum db_role role, bool has_connection, int64_t lease_ms)
{
	struct role_outage *known = &outages[role];
	if (!concerns(atomic_load(&known->outage), has_connection))
		return DB_TURN_GO;
	enum db_turn turn = DB_TURN_GO;
	pthread_mutex_lock(&lock);
	if (concerns(atomic_load(&known->outage), has_connection)) {
		int64_t now_us = clock_monotonic_us();
		turn = now_us < known->retry_at_us ? DB_TURN_WAIT : DB_TURN_PROBE;
		if (turn == DB_TURN_PROBE)
			known->retry_at_us = now_us + lease_ms * 1000;
	}
	pthread_mutex_unlock(&lock);
	return turn;
}

int64_t db_outage_begin(enum db_role role, enum db_outage outage, bool is_probe)
{
	struct role_outage *known = &outages[role];
	pthread_mutex_lock(&lock);
	int64_t now_us = clock_monotonic_us();
	int before = atomic_load(&known->outage);
	if (before == DB_OUTAGE_NONE || is_probe || now_us >= known->retry_at_us) {
		int64_t pause_ms = (int64_t)BACKOFF_FIRST_MS << known->failures;
		if (pause_ms > BACKOFF_MOST_MS)
			pause_ms = BACKOFF_MOST_MS;
		pause_ms -= (int64_t)random_below((uint64_t)pause_ms / 2);
		known->retry_at_us = now_us + pause_ms * 1000;
		if (known->failures < BACKOFF_MOST_DOUBLINGS)
			known->failures++;
	}
	if ((int)outage > before)
		atomic_store(&known->outage, (int)outage);
	int64_t left_ms = (known->retry_at_us - now_us) / 1000;
	pthread_mutex_unlock(&lock);
	return left_ms;
}

void db_outage_end(enum db_role role, bool is_new_connection)
{
	struct role_outage *known = &outages[role];
	if (!concerns(atomic_load(&known->outage), !is_new_connection))
		return;
	pthread_mutex_lock(&lock);
	known->failures = 0;
	known->retry_at_us = 0;
	atomic_store(&known->outage, DB_OUTAGE_NONE);
	pthread_mutex_unlock(&lock);
}
