/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Ids: growing, never twice, readable as time. */
#include "storage/id.h"

#include "base/clock.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define MANY 200000
#define THREADS 4

static int64_t scripted_now_us;

static int64_t scripted_now(void)
{
	return scripted_now_us;
}

static const struct clock_source scripted_clock = { scripted_now, scripted_now };

static void ids_grow_even_when_they_wrap_within_a_millisecond(void **state)
{
	(void)state;
	scripted_now_us = 1700000000000000;
	clock_replace(&scripted_clock);
	int64_t last = id_new();
	for (int i = 0; i < MANY; i++) {
		int64_t next = id_new();
		assert_true(next > last);
		last = next;
	}
	clock_replace(NULL);
	/* 200,000 ids fill four milliseconds of 65,536. */
	assert_in_range(id_time_us(last), 1700000000002000, 1700000000004000);
}

static void ids_go_on_when_the_clock_steps_back(void **state)
{
	(void)state;
	clock_replace(&scripted_clock);
	scripted_now_us = 1800000000000000;
	int64_t before = id_new();
	scripted_now_us -= 3600LL * 1000000;
	int64_t during = id_new();
	assert_true(during > before);
	assert_in_range(id_time_us(during), 1800000000000000, 1800000000001000);
	scripted_now_us += 7200LL * 1000000;
	assert_int_equal(id_time_us(id_new()), scripted_now_us);
	clock_replace(NULL);
}

static void an_id_tells_its_moment_to_the_millisecond(void **state)
{
	(void)state;
	static const struct {
		int64_t time_us;
		int64_t read_us;
	} cases[] = {
		{ 0, 0 }, { 999, 0 }, { 1000, 1000 }, { 1763820000123456, 1763820000123000 },
		{ 4102444800000000, 4102444800000000 }, { -5, 0 },
		{ INT64_MAX, 140737488355327000 },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t id = id_at_time(cases[i].time_us);
		assert_true(id >= 0);
		assert_int_equal(id_time_us(id), cases[i].read_us);
		assert_int_equal(id_time_us(id + 65535), cases[i].read_us);
	}
}

static int64_t made[THREADS][MANY / THREADS];

static void *make_many(void *argument)
{
	int64_t *ids = argument;
	for (int i = 0; i < MANY / THREADS; i++)
		ids[i] = id_new();
	return NULL;
}

static int compare(const void *a, const void *b)
{
	int64_t left = *(const int64_t *)a;
	int64_t right = *(const int64_t *)b;
	return (left > right) - (left < right);
}

static void threads_never_get_the_same_id(void **state)
{
	(void)state;
	pthread_t threads[THREADS];
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, make_many, made[i]), 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	int64_t *all = &made[0][0];
	qsort(all, MANY, sizeof(*all), compare);
	for (int i = 1; i < MANY; i++)
		assert_true(all[i] > all[i - 1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_grow_even_when_they_wrap_within_a_millisecond),
		cmocka_unit_test(ids_go_on_when_the_clock_steps_back),
		cmocka_unit_test(an_id_tells_its_moment_to_the_millisecond),
		cmocka_unit_test(threads_never_get_the_same_id),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
