/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Methods, statuses, tokens, lists and the choice of a media type. */
#include "base/error.h"
#include "base/http_message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void methods_are_read_in_capitals_only(void **state)
{
	(void)state;
	for (enum http_method method = HTTP_GET; method < HTTP_METHOD_OTHER; method++)
		assert_int_equal(http_method_from_text(str_from(http_method_name(method))), method);
	static const char *const others[] = { "get", "TRACE", "CONNECT", "GETS", "GE", "", "OTHER" };
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_int_equal(http_method_from_text(str_from(others[i])), HTTP_METHOD_OTHER);
}

static void every_error_has_a_status_text(void **state)
{
	(void)state;
	for (enum error error = ERROR_NONE; error < ERROR_COUNT; error++)
		assert_true(http_status_text(error_http_status(error))[0] != '\0');
	assert_string_equal(http_status_text(404), "Not Found");
	assert_string_equal(http_status_text(299), "");
}

static void tokens_and_values_hold_no_controls(void **state)
{
	(void)state;
	assert_true(http_is_token(STR_LITERAL("X-a!#$%&'*+.^_`|~9")));
	static const struct str no_tokens[] = { STR(""), STR("a b"), STR("a:"), STR("a\0"), STR("\xc3\xa9"), STR("a\"") };
	for (size_t i = 0; i < sizeof(no_tokens) / sizeof(no_tokens[0]); i++)
		assert_false(http_is_token(no_tokens[i]));
	assert_true(http_is_header_value(STR_LITERAL("")));
	assert_true(http_is_header_value(STR_LITERAL("a\t b \xc3\xa9")));
	static const struct str no_values[] = { STR("a\r"), STR("a\nb"), STR("a\0b"), STR("\x1b"), STR("\x7f") };
	for (size_t i = 0; i < sizeof(no_values) / sizeof(no_values[0]); i++)
		assert_false(http_is_header_value(no_values[i]));
}

static void list_members_are_compared_whole(void **state)
{
	(void)state;
	assert_true(http_list_has_token(STR_LITERAL("keep-alive, Upgrade"), "upgrade"));
	assert_true(http_list_has_token(STR_LITERAL(",,\tclose "), "close"));
	assert_false(http_list_has_token(STR_LITERAL("not-close, closed"), "close"));
	assert_false(http_list_has_token((struct str){ 0 }, "close"));
}

static void media_types_lose_their_parameters(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(65536);
	static const struct {
		const char *value;
		const char *expected;
	} cases[] = {
		{ "Application/JSON", "application/json" },
		{ " text/html ; charset=utf-8", "text/html" },
		{ "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"", "application/ld+json" },
		{ "text", "" },
		{ "text/", "" },
		{ "/html", "" },
		{ "a b/c", "" },
		{ "text/html/x", "" },
		{ "", "" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_true(str_eq(http_media_type(arena, str_from(cases[i].value)), str_from(cases[i].expected)));
}

static void the_best_acceptable_type_is_chosen(void **state)
{
	(void)state;
	static const struct str offered[] = {
		STR("text/html"),
		STR("application/activity+json"),
		STR("application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\""),
	};
	static const struct {
		const char *accept;
		int expected;
	} cases[] = {
		{ "", 0 },
		{ "*/*", 0 },
		{ "application/activity+json", 1 },
		{ "application/activity+json, application/ld+json", 1 },
		{ "Application/Activity+JSON", 1 },
		{ "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"", 2 },
		{ "application/ld+json;profile=\"https://www.w3.org/ns/activitystreams\", application/activity+json;q=0.9", 2 },
		{ "application/ld+json; profile=\"https://other.test\"", -1 },
		{ "application/ld+json; profile=\"a,b;c\", application/activity+json", 1 },
		{ "text/html;q=0.1, application/*;q=0.5", 1 },
		{ "text/html;q=0, */*", 1 },
		{ "text/*;q=0.3, text/html;q=0.7, application/*;q=0.5", 0 },
		{ "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", 0 },
		{ "*/*;q=0.1, application/activity+json", 1 },
		{ "*/*, application/activity+json", 1 },
		{ "image/png", -1 },
		{ "text/html;q=0", -1 },
		{ "text/html;q=2", -1 },
		{ "text/html;q=abc", -1 },
		{ "text/html;q=1.001", -1 },
		{ "*/html", -1 },
		{ "garbage, , ;;;, text/html", 0 },
		{ "\"unclosed, text/html", -1 },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int chosen = http_choose_type(str_from(cases[i].accept), offered, 3);
		if (chosen != cases[i].expected)
			fail_msg("'%s' chose %d, expected %d", cases[i].accept, chosen, cases[i].expected);
	}
	assert_int_equal(http_choose_type(STR_LITERAL("*/*"), offered, 0), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(methods_are_read_in_capitals_only),
		cmocka_unit_test(every_error_has_a_status_text),
		cmocka_unit_test(tokens_and_values_hold_no_controls),
		cmocka_unit_test(list_members_are_compared_whole),
		cmocka_unit_test(media_types_lose_their_parameters),
		cmocka_unit_test(the_best_acceptable_type_is_chosen),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
