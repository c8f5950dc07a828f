/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Lines of iCalendar, the interval of Wilson against published values, tagged links as text. */
#include "server/brand/ics.h"
#include "server/brand/link_text.h"
#include "server/brand/wilson.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct arena *arena;

#define assert_text(value, wanted) \
	do { \
		struct str got = (value); \
		assert_int_equal(got.len, strlen(wanted)); \
		assert_memory_equal(got.data, wanted, got.len); \
	} while (0)

static void text_is_escaped(void **state)
{
	(void)state;
	AUTO(buf) struct buf out = { 0 };
	ics_add_text(&out, arena, "SUMMARY", STR_LITERAL("a,b;c\\d\r\ne\x01"));
	assert_text(buf_str(&out), "SUMMARY:a\\,b\\;c\\\\d\\ne \r\n");
}

static void long_lines_are_folded_between_characters(void **state)
{
	(void)state;
	AUTO(buf) struct buf out = { 0 };
	char text[301] = "";
	for (int i = 0; i < 100; i++)
		strncat(text, "é", sizeof(text) - strlen(text) - 1);
	ics_add_text(&out, arena, "SUMMARY", str_from(text));
	struct str rest = buf_str(&out), line;
	size_t octets = 0;
	while (rest.len && str_split_next(&rest, '\n', &line)) {
		if (!line.len)
			continue;
		assert_int_equal(line.data[line.len - 1], '\r');
		line.len--;
		assert_true(line.len <= 75);
		assert_true(str_is_utf8(line));
		octets += line.len - (line.data[0] == ' ' ? 1 : 0);
	}
	assert_int_equal(octets, 8 + 200);
}

static void times_are_utc(void **state)
{
	(void)state;
	AUTO(buf) struct buf out = { 0 };
	ics_add_time(&out, arena, "DTSTART", INT64_C(1774747800123456));
	assert_text(buf_str(&out), "DTSTART:20260329T013000Z\r\n");
}

/* Newcombe, Statistics in Medicine 17 (1998), table I, method 3. */
static void intervals_are_those_that_were_published(void **state)
{
	(void)state;
	static const struct { int64_t hits, count; double low, high; } known[] = {
		{ 81, 263, 0.2553, 0.3662 }, { 15, 148, 0.0624, 0.1605 }, { 0, 20, 0.0000, 0.1611 }, { 1, 29, 0.0061, 0.1718 },
	};
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		double low, high;
		wilson_interval(known[i].hits, known[i].count, &low, &high);
		assert_true(fabs(low - known[i].low) < 0.00006);
		assert_true(fabs(high - known[i].high) < 0.00006);
		wilson_interval(known[i].count - known[i].hits, known[i].count, &low, &high);
		assert_true(fabs(1 - high - known[i].low) < 0.00006);
	}
}

static void tags_are_added_once(void **state)
{
	(void)state;
	struct campaign campaign = { .utm = { [UTM_SOURCE] = STR_LITERAL("fedi verse"), [UTM_CAMPAIGN] = STR_LITERAL("noël") } };
	assert_text(link_location(arena, STR_LITERAL("https://a.example/x#y"), &campaign),
		"https://a.example/x?utm_source=fedi%20verse&utm_campaign=no%C3%ABl#y");
	assert_text(link_location(arena, STR_LITERAL("https://a.example/?utm_source=mine"), &campaign),
		"https://a.example/?utm_source=mine&utm_campaign=no%C3%ABl");
	assert_text(link_location(arena, STR_LITERAL("https://a.example/?b=1"), NULL), "https://a.example/?b=1");
}

static void addresses_are_found_without_punctuation(void **state)
{
	(void)state;
	size_t begin, end;
	struct str text = STR_LITERAL("See (https://a.example/b). And http://c.example!");
	assert_true(link_find_next(text, 0, &begin, &end));
	assert_text(str_slice(text, begin, end), "https://a.example/b");
	assert_true(link_find_next(text, end, &begin, &end));
	assert_text(str_slice(text, begin, end), "http://c.example");
	assert_false(link_find_next(text, end, &begin, &end));
}

static void machines_are_known_by_their_name(void **state)
{
	(void)state;
	assert_true(link_is_followed_by_machine(STR_LITERAL("Mastodon/4.3.1 (http.rb/5.2.0; +https://m.example/) Bot")));
	assert_true(link_is_followed_by_machine(STR_LITERAL("Pleroma 2.6.0; https://p.example <a@p.example>")));
	assert_true(link_is_followed_by_machine(STR_LITERAL("Lemmy/0.19.3; +https://l.example")));
	assert_true(link_is_followed_by_machine(STR_LITERAL("gotosocial/0.15 (+https://g.example)")));
	assert_true(link_is_followed_by_machine(STR_LITERAL("Misskey/2024.2.0")));
	assert_true(link_is_followed_by_machine(STR_LITERAL("")));
	assert_false(link_is_followed_by_machine(STR_LITERAL("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0")));
}

static int set_up(void **state)
{
	(void)state;
	arena = arena_new((size_t)1024 * 1024);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_escaped),
		cmocka_unit_test(long_lines_are_folded_between_characters),
		cmocka_unit_test(times_are_utc),
		cmocka_unit_test(intervals_are_those_that_were_published),
		cmocka_unit_test(tags_are_added_once),
		cmocka_unit_test(addresses_are_found_without_punctuation),
		cmocka_unit_test(machines_are_known_by_their_name),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
