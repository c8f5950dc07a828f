/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The only source of time, so that tests can replace it. Wall time for what people and peers read,
 * monotonic time for every timeout. */
#ifndef COMPTOIR_BASE_CLOCK_H
#define COMPTOIR_BASE_CLOCK_H

#include <stdint.h>

/* Microseconds since 1970-01-01 00:00 UTC. */
int64_t clock_now_us(void);

/* Microseconds since an arbitrary moment; never goes back. */
int64_t clock_monotonic_us(void);

/* When a wait on a condition variable of CLOCK_MONOTONIC has to end. Threads wait in real time: never replaced. */
struct timespec;
void clock_wait_until(int64_t delay_ms, struct timespec *ret_until);

/* Tests: both clocks read from now on what source returns; NULL restores the real ones. Call before
 * other threads exist. */
struct clock_source {
	int64_t (*now_us)(void);
	int64_t (*monotonic_us)(void);
};
void clock_replace(const struct clock_source *source);

#endif
