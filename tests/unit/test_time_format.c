/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Times as text: what the API writes, what peers send (CHECKLIST D5). */
#include "base/time_format.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define SECOND INT64_C(1000000)

static void api_times_have_three_decimals_and_z(void **state)
{
	(void)state;
	static const struct {
		int64_t time_us;
		const char *text;
	} cases[] = {
		{ 0, "1970-01-01T00:00:00.000Z" },
		{ -1, "1969-12-31T23:59:59.999Z" },
		{ 1795359845123456, "2026-11-22T15:04:05.123Z" },
		{ 951782400 * SECOND, "2000-02-29T00:00:00.000Z" },
		{ INT64_MIN, "0000-01-01T00:00:00.000Z" },
		{ INT64_MAX, "9999-12-31T23:59:59.999Z" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[TIME_ISO8601_MS_LEN + 1];
		time_write_iso8601_ms(cases[i].time_us, text);
		assert_string_equal(text, cases[i].text);
	}
}

static void rfc3339_times_are_read(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t time_us;
	} cases[] = {
		{ "1970-01-01T00:00:00Z", 0 },
		{ "1970-01-01t00:00:00.5z", SECOND / 2 },
		{ "1970-01-01 00:00:00.0000019Z", 1 },
		{ "1970-01-01T01:00:00+01:00", 0 },
		{ "1969-12-31T16:00:00-08:00", 0 },
		{ "1970-01-02T00:00:00+23:59", 60 * SECOND },
		{ "2016-12-31T23:59:60Z", 1483228799 * SECOND },
		{ "2000-02-29T00:00:00Z", 951782400 * SECOND },
		{ "0000-01-01T00:00:00Z", -62167219200 * SECOND },
		{ "9999-12-31T23:59:59Z", 253402300799 * SECOND },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t time_us = -7;
		assert_true(time_parse_rfc3339(str_from(cases[i].text), &time_us));
		assert_int_equal(time_us, cases[i].time_us);
	}
}

static void impossible_times_are_refused(void **state)
{
	(void)state;
	static const char *const cases[] = { "", "-1", "10000-01-01T00:00:00Z", "-0001-01-01T00:00:00Z",
		"2024-02-30T00:00:00Z", "2023-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2024-00-01T00:00:00Z",
		"2024-13-01T00:00:00Z", "2024-01-00T00:00:00Z", "2024-04-31T00:00:00Z", "2024-01-01T24:00:00Z",
		"2024-01-01T00:60:00Z", "2024-01-01T00:00:61Z", "2024-01-01T00:00:00+99:99", "2024-01-01T00:00:00+24:00",
		"2024-01-01T00:00:00+00:60", "2024-01-01T00:00:00", "2024-01-01T00:00:00.Z", "2024-01-01",
		"2024-01-01T00:00Z", "2024-01-01T00:00:00Z ", " 2024-01-01T00:00:00Z", "2024-1-01T00:00:00Z",
		"2024-01-01T00:00:00 +01:00", "2024-01-01T00:00:00+0100", "2024/01/01T00:00:00Z", "1704067200" };
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t time_us = 42;
		assert_false(time_parse_rfc3339(str_from(cases[i]), &time_us));
		assert_int_equal(time_us, 42);
	}
}

static void a_megabyte_of_decimals_is_one_second(void **state)
{
	(void)state;
	size_t len = 1024 * 1024;
	char *text = memory_new(len);
	memset(text, '9', len);
	memcpy(text, "2024-01-01T00:00:00.", 20);
	text[len - 1] = 'Z';
	int64_t time_us;
	assert_true(time_parse_rfc3339((struct str){ text, len }, &time_us));
	assert_int_equal(time_us, 1704067200 * SECOND + 999999);
	text[len - 1] = '9';
	assert_false(time_parse_rfc3339((struct str){ text, len }, &time_us));
	memory_free(text);
}

static void http_dates_go_both_ways(void **state)
{
	(void)state;
	char text[TIME_HTTP_DATE_LEN + 1];
	time_write_http_date(1795359845123456, text);
	assert_string_equal(text, "Sun, 22 Nov 2026 15:04:05 GMT");
	int64_t time_us;
	assert_true(time_parse_http_date(str_from(text), &time_us));
	assert_int_equal(time_us, 1795359845 * SECOND);
	time_write_http_date(-SECOND, text);
	assert_string_equal(text, "Wed, 31 Dec 1969 23:59:59 GMT");
}

static void other_http_dates_are_refused(void **state)
{
	(void)state;
	static const char *const cases[] = { "", "Sunday, 22-Nov-26 15:04:05 GMT", "Sun Nov 22 15:04:05 2026",
		"Mon, 22 Nov 2026 15:04:05 GMT", "sun, 22 Nov 2026 15:04:05 GMT", "Sun, 22 Nov 2026 15:04:05 UTC",
		"Sun, 22 Nov 2026 15:04:05 gmt", "Sun, 31 Nov 2026 15:04:05 GMT", "Sun, 22 Nov 2026 24:04:05 GMT",
		"Sun, 22 Nov 2026 15:04:05 GMT ", "Sun, 22 Foo 2026 15:04:05 GMT", "Sun, 2 Nov 2026 15:04:05 GMT" };
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t time_us;
		assert_false(time_parse_http_date(str_from(cases[i]), &time_us));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(api_times_have_three_decimals_and_z),
		cmocka_unit_test(rfc3339_times_are_read),
		cmocka_unit_test(impossible_times_are_refused),
		cmocka_unit_test(a_megabyte_of_decimals_is_one_second),
		cmocka_unit_test(http_dates_go_both_ways),
		cmocka_unit_test(other_http_dates_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
