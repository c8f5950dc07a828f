/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The Prometheus text, and counting from many threads. */
#include "base/metrics.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static bool has_line(const struct buf *out, const char *line)
{
	return str_index_of_str(buf_str(out), str_from(line)) < out->len;
}

static void series_of_one_name_stand_together_below_one_head(void **state)
{
	(void)state;
	static struct metric first = METRIC_LABELLED("unit_requests_total", "Requests.", METRIC_COUNTER, "route", "/a");
	static struct metric between = METRIC("unit_depth", "Depth.", METRIC_GAUGE);
	static struct metric second = METRIC_LABELLED("unit_requests_total", "Requests.", METRIC_COUNTER, "route", "b\"\\\n");
	metric_add(&first, 3);
	metric_set(&between, -7);
	metric_add(&second, 1);
	metric_add(&second, 1);
	assert_int_equal(metric_value(&second), 2);
	AUTO(buf) struct buf out = { 0 };
	metrics_write(&out);
	assert_true(has_line(&out, "# HELP unit_requests_total Requests.\n# TYPE unit_requests_total counter\n"
		"unit_requests_total{route=\"/a\"} 3\nunit_requests_total{route=\"b\\\"\\\\\\n\"} 2\n"));
	assert_true(has_line(&out, "# TYPE unit_depth gauge\nunit_depth -7\n"));
}

static void a_histogram_is_cumulative_and_counts_what_is_beyond_its_bounds(void **state)
{
	(void)state;
	static struct metric metric = METRIC("unit_seconds", "Seconds.", METRIC_HISTOGRAM);
	metric_observe_us(&metric, 500);      /* on the bound belongs below it */
	metric_observe_us(&metric, 501);
	metric_observe_us(&metric, 60000000); /* a minute */
	AUTO(buf) struct buf out = { 0 };
	metrics_write(&out);
	assert_true(has_line(&out, "unit_seconds_bucket{le=\"0.0005\"} 1\nunit_seconds_bucket{le=\"0.001\"} 2\n"));
	assert_true(has_line(&out, "unit_seconds_bucket{le=\"10\"} 2\nunit_seconds_bucket{le=\"+Inf\"} 3\n"
		"unit_seconds_sum 60.001001\nunit_seconds_count 3\n"));
}

static struct metric shared = METRIC("unit_shared_total", "Counted by many threads.", METRIC_COUNTER);

static void *count_many(void *argument)
{
	(void)argument;
	for (int i = 0; i < 10000; i++) {
		metric_add(&shared, 1);
		metric_count_event("unit_event");
	}
	return NULL;
}

static void threads_lose_no_count(void **state)
{
	(void)state;
	pthread_t threads[4];
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, count_many, NULL), 0);
	AUTO(buf) struct buf meanwhile = { 0 };
	metrics_write(&meanwhile);
	for (size_t i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	AUTO(buf) struct buf out = { 0 };
	metrics_write(&out);
	assert_true(has_line(&out, "unit_shared_total 40000\n"));
	assert_true(has_line(&out, "comptoir_events_total{event=\"unit_event\"} 40000\n"));
}

static void events_beyond_the_limit_are_counted_together(void **state)
{
	(void)state;
	static char names[600][16];
	for (size_t i = 0; i < 600; i++) {
		snprintf(names[i], sizeof(names[i]), "unit_many_%zu", i);
		metric_count_event(names[i]);
	}
	AUTO(buf) struct buf out = { 0 };
	metrics_write(&out);
	assert_true(has_line(&out, "comptoir_events_total{event=\"unit_many_0\"} 1\n"));
	assert_false(has_line(&out, "unit_many_599"));
	assert_true(has_line(&out, "comptoir_events_total{event=\"other\"} "));
}

static void the_process_tells_about_itself(void **state)
{
	(void)state;
	static const char *const names[] = { "process_resident_memory_bytes ", "process_open_fds ", "process_max_fds ",
		"process_start_time_seconds ", "process_cpu_seconds_total ", "process_virtual_memory_bytes " };
	AUTO(buf) struct buf out = { 0 };
	metrics_write(&out);
	buf_add_char(&out, '\0');
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char line[80];
		double value = -1;
		snprintf(line, sizeof(line), "\n%s", names[i]);
		const char *found = strstr(out.data, line);
		assert_non_null(found);
		assert_int_equal(sscanf(found + strlen(line), "%lf", &value), 1);
		assert_true(strcmp(names[i], "process_cpu_seconds_total ") == 0 ? value >= 0 : value > 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(series_of_one_name_stand_together_below_one_head),
		cmocka_unit_test(a_histogram_is_cumulative_and_counts_what_is_beyond_its_bounds),
		cmocka_unit_test(threads_lose_no_count),
		cmocka_unit_test(events_beyond_the_limit_are_counted_together),
		cmocka_unit_test(the_process_tells_about_itself),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
