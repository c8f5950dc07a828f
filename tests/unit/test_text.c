/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The texts in both languages, and which language or form a client gets. */
#include "server/web/accept.h"
#include "server/web/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void every_text_is_there_in_every_language(void **state)
{
	(void)state;
	for (enum language language = 0; language < LANGUAGE_COUNT; language++) {
		for (enum text text = 0; text < TEXT_COUNT; text++) {
			assert_true(text_get(language, text).len > 0);
			assert_true(str_is_utf8(text_get(language, text)));
		}
	}
}

static void dates_and_numbers_follow_the_language(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(1 << 16);
	const int64_t first_of_march_us = 1772323200000000; /* 2026-03-01 */
	assert_string_equal(text_date(arena, LANGUAGE_ENGLISH, first_of_march_us).data, "1 March 2026");
	assert_string_equal(text_date(arena, LANGUAGE_FRENCH, first_of_march_us).data, "1er mars 2026");
	assert_string_equal(text_date(arena, LANGUAGE_FRENCH, first_of_march_us + 86400000000).data, "2 mars 2026");
	static const struct {
		int64_t number;
		const char *english, *french;
	} cases[] = {
		{ 0, "0", "0" }, { 999, "999", "999" }, { 1000, "1,000", "1\u202f000" },
		{ 12345678, "12,345,678", "12\u202f345\u202f678" }, { -1234, "-1,234", "-1\u202f234" },
		{ INT64_MIN, "-9,223,372,036,854,775,808", "-9\u202f223\u202f372\u202f036\u202f854\u202f775\u202f808" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_string_equal(text_number(arena, LANGUAGE_ENGLISH, cases[i].number).data, cases[i].english);
		assert_string_equal(text_number(arena, LANGUAGE_FRENCH, cases[i].number).data, cases[i].french);
	}
}

static void one_of_a_thing_is_named_in_the_singular(void **state)
{
	(void)state;
	static const struct {
		int64_t count;
		enum text english;
		enum text french;
	} cases[] = {
		{ 0, TEXT_REPLIES, TEXT_REPLY }, { 1, TEXT_REPLY, TEXT_REPLY }, { 2, TEXT_REPLIES, TEXT_REPLIES },
		{ 21, TEXT_REPLIES, TEXT_REPLIES },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(text_for_count(LANGUAGE_ENGLISH, cases[i].count, TEXT_REPLY, TEXT_REPLIES), cases[i].english);
		assert_int_equal(text_for_count(LANGUAGE_FRENCH, cases[i].count, TEXT_REPLY, TEXT_REPLIES), cases[i].french);
	}
}

static void the_language_that_weighs_most_is_chosen(void **state)
{
	(void)state;
	static const struct {
		const char *header;
		enum language language; /* with English as the other choice */
	} cases[] = {
		{ NULL, LANGUAGE_ENGLISH }, { "", LANGUAGE_ENGLISH }, { "fr", LANGUAGE_FRENCH }, { "FR-ca", LANGUAGE_FRENCH },
		{ "de, fr;q=0.5", LANGUAGE_FRENCH }, { "fr;q=0.4, en;q=0.5", LANGUAGE_ENGLISH },
		{ "en-GB,en;q=0.9,fr;q=0.8", LANGUAGE_ENGLISH }, { "fr,en", LANGUAGE_FRENCH }, { "fr;q=0", LANGUAGE_ENGLISH },
		{ "*, fr;q=0.1", LANGUAGE_FRENCH }, { "fr;q=2", LANGUAGE_ENGLISH }, { "fr;q=abc", LANGUAGE_ENGLISH },
		{ "fr ; q = 1.000", LANGUAGE_FRENCH }, { "fra", LANGUAGE_ENGLISH }, { ",,;;q,fr", LANGUAGE_FRENCH },
		{ "\"fr,en\"", LANGUAGE_ENGLISH }, { "fr;q=0.9999", LANGUAGE_ENGLISH },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (accept_choose_language(str_from(cases[i].header), LANGUAGE_ENGLISH) != cases[i].language)
			fail_msg("%s", cases[i].header);
	}
}

static void activitypub_is_told_from_html(void **state)
{
	(void)state;
	const char *browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
	const struct {
		const char *header;
		bool activity_at_id;
		bool activity_at_page;
	} cases[] = {
		{ NULL, true, false }, { "*/*", true, false }, { browser, false, false },
		{ "application/activity+json", true, true }, { "APPLICATION/Activity+JSON", true, true },
		{ "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"", true, true },
		{ "application/ld+json;charset=utf-8;PROFILE=\"https://www.w3.org/ns/activitystreams\"", true, true },
		{ "application/ld+json; profile=\"https://a.example https://www.w3.org/ns/activitystreams\"", true, true },
		{ "application/ld+json; profile=\"https://a.example\"", true, false },
		{ "application/ld+json", true, true }, { "application/json", true, true },
		{ "application/activity+json, application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\", text/html;q=0.1",
			true, true },
		{ "text/html, application/activity+json;q=0.9", false, false },
		{ "application/activity+json;q=0, text/html", false, false },
		{ "text/html;q=0, application/activity+json;q=0.1", true, true },
		{ "application/ld+json; profile=\"a,text/html\"", true, false }, { "image/png", true, false },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (accept_prefers_activity(str_from(cases[i].header), true) != cases[i].activity_at_id ||
			accept_prefers_activity(str_from(cases[i].header), false) != cases[i].activity_at_page)
			fail_msg("%s", cases[i].header);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_text_is_there_in_every_language),
		cmocka_unit_test(dates_and_numbers_follow_the_language),
		cmocka_unit_test(one_of_a_thing_is_named_in_the_singular),
		cmocka_unit_test(the_language_that_weighs_most_is_chosen),
		cmocka_unit_test(activitypub_is_told_from_html),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
