/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * One atomic word holds the last id made. The next one is the present millisecond with the low bits one
 * further, or the last id plus one where that would not be greater: after a step back of the clock, and when
 * the low bits wrap within a millisecond. */
#include "storage/id.h"

#include "base/clock.h"
#include "base/random.h"

#include <stdatomic.h>

#define COUNTER_BITS 16
#define COUNTER_MASK ((1LL << COUNTER_BITS) - 1)

#define LAST_MS ((1LL << 47) - 1) /* in the year 6429 */

static atomic_int_fast64_t last_id;
static atomic_int_fast64_t last_short_id;

int64_t id_new(void)
{
	int64_t first = id_at_time(clock_now_us());
	int_fast64_t last = atomic_load(&last_id);
	int64_t next;
	do {
		/* Two processes that start within a millisecond must not count from the same place. */
		int64_t counter = last ? last + 1 : (int64_t)random_below(COUNTER_MASK + 1);
		next = first | (counter & COUNTER_MASK);
		if (next <= last)
			next = last + 1;
	} while (!atomic_compare_exchange_weak(&last_id, &last, next));
	return next;
}

int64_t id_new_short(void)
{
	int64_t now_us = clock_now_us();
	int_fast64_t last = atomic_load(&last_short_id);
	int64_t next;
	do {
		next = now_us > last ? now_us : last + 1;
	} while (!atomic_compare_exchange_weak(&last_short_id, &last, next));
	return next;
}

int64_t id_time_us(int64_t id)
{
	return (id >> COUNTER_BITS) * 1000;
}

int64_t id_at_time(int64_t time_us)
{
	int64_t time_ms = time_us < 0 ? 0 : time_us / 1000;
	return (time_ms < LAST_MS ? time_ms : LAST_MS) << COUNTER_BITS;
}
