/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Both clocks, and the seam by which tests put their own in their place. */
#include "base/clock.h"

#include <stddef.h>
#include <time.h>

#define MICROSECONDS 1000000

static int64_t read_clock_us(clockid_t clock)
{
	struct timespec now;
	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * MICROSECONDS + now.tv_nsec / 1000;
}

static int64_t real_now_us(void)
{
	return read_clock_us(CLOCK_REALTIME);
}

static int64_t real_monotonic_us(void)
{
	return read_clock_us(CLOCK_MONOTONIC);
}

static const struct clock_source real_source = { real_now_us, real_monotonic_us };
static const struct clock_source *current_source = &real_source;

int64_t clock_now_us(void)
{
	return current_source->now_us();
}

int64_t clock_monotonic_us(void)
{
	return current_source->monotonic_us();
}

void clock_wait_until(int64_t delay_ms, struct timespec *ret_until)
{
	int64_t until_us = real_monotonic_us() + delay_ms * 1000;
	ret_until->tv_sec = until_us / MICROSECONDS;
	ret_until->tv_nsec = until_us % MICROSECONDS * 1000;
}

void clock_replace(const struct clock_source *source)
{
	current_source = source ? source : &real_source;
}
