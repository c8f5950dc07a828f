/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * JSON from outside: what is refused, and that refusing costs nothing (CHECKLIST A13, D1, D2, D4). */
#include "base/json_in.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static size_t jansson_bytes; /* asked for since the last reset: the work that a document caused */

static void *count_malloc(size_t size_bytes)
{
	jansson_bytes += size_bytes;
	return memory_new(size_bytes);
}

static enum error parse(struct str text, const struct json_limits *limits)
{
	json_t *value = NULL;
	jansson_bytes = 0;
	enum error error = json_in_parse(text, limits, &value);
	assert_int_equal(value == NULL, error != ERROR_NONE);
	json_decref(value);
	return error;
}

/* before, then middle count times, then after. */
static struct buf repeat(const char *before, const char *middle, size_t count, const char *after)
{
	struct buf buf = { 0 };
	buf_add_c_string(&buf, before);
	for (size_t i = 0; i < count; i++)
		buf_add_c_string(&buf, middle);
	buf_add_c_string(&buf, after);
	return buf;
}

static void values_of_every_kind_are_read(void **state)
{
	(void)state;
	static const char *const cases[] = { "{}", "[]", "\"\"", "0", "-0", "1e308", "1e-400", "true", "false", "null",
		" {\"a\": [1, -2.5, \"\\u00e9\\ud83d\\ude00\", {\"b\": null}]}\r\n\t", "9223372036854775807",
		"\"\\\\\"", "\"[[[\"", "{\"actor\":1,\"Actor\":2}" };
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(parse(str_from(cases[i]), NULL), ERROR_NONE);
}

static void what_is_no_json_is_a_bad_request(void **state)
{
	(void)state;
	static const struct str cases[] = { STR(""), STR(" "), STR("{"), STR("]"), STR("[}"), STR("[1,]"), STR("[1 2]"),
		STR("{\"a\"}"), STR("{a:1}"), STR("{\"a\":1,}"), STR(":"), STR("[::::]"), STR("\""), STR("\"\\"), STR("\"\\\""),
		STR("'a'"), STR("NaN"), STR("[NaN]"), STR("Infinity"), STR("1e400"), STR("-1e400"), STR("9223372036854775808"),
		STR("01"), STR("+1"), STR("0x10"), STR("1."), STR(".5"), STR("{} {}"), STR("{}x"), STR("{}\0"), STR("\0{}"),
		STR("/**/{}"), STR("\xef\xbb\xbf{}"), STR("\"a\0b\""), STR("\"a\nb\""), STR("\"\\u0000\""),
		STR("\"\\ud800\""), STR("\"\\udc00\""), STR("\"\\ud800\\u0041\""), STR("\"\xff\""), STR("\"\xc0\xaf\""),
		STR("\"\xed\xa0\x80\""), STR("\"\xf4\x90\x80\x80\""), STR("\"\\x41\""), STR("\"\\u12\""), STR("tru"),
		STR("{\"\\u0000\":1}"), STR("{1:2}") };
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(parse(cases[i], NULL), ERROR_BAD_REQUEST);
}

static void duplicate_keys_are_refused(void **state)
{
	(void)state;
	static const char *const cases[] = { "{\"id\":\"a\",\"id\":\"b\"}", "{\"id\":1,\"\\u0069d\":1}",
		"[{\"x\":{\"a\":1,\"b\":2,\"a\":1}}]" };
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(parse(str_from(cases[i]), NULL), ERROR_BAD_REQUEST);
}

static void thirty_two_levels_are_read_and_no_more(void **state)
{
	(void)state;
	static const size_t refused[] = { 33, 2049, 1000000 };
	AUTO(buf) struct buf deepest = repeat("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "]", 32, "");
	assert_int_equal(parse(buf_str(&deepest), NULL), ERROR_NONE);
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		AUTO(buf) struct buf open = repeat("", "[", refused[i], "");
		assert_int_equal(parse(buf_str(&open), NULL), ERROR_BAD_REQUEST);
		assert_int_equal(jansson_bytes, 0);
		AUTO(buf) struct buf objects = repeat("", "{\"\":", refused[i] < 3000 ? refused[i] : 3000, "");
		assert_int_equal(parse(buf_str(&objects), NULL), ERROR_BAD_REQUEST);
		assert_int_equal(jansson_bytes, 0);
	}
	AUTO(buf) struct buf closed = repeat("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "]", 33, "");
	assert_int_equal(parse(buf_str(&closed), NULL), ERROR_BAD_REQUEST);
}

static void a_byte_over_the_limit_is_too_large(void **state)
{
	(void)state;
	AUTO(buf) struct buf largest = repeat("[", " ", json_limits_default.max_bytes - 2, "]");
	assert_int_equal(parse(buf_str(&largest), NULL), ERROR_NONE);
	AUTO(buf) struct buf larger = repeat("[", " ", json_limits_default.max_bytes - 1, "]");
	assert_int_equal(parse(buf_str(&larger), NULL), ERROR_CONTENT_TOO_LARGE);
	assert_int_equal(jansson_bytes, 0);
}

static void too_many_values_are_refused_before_the_parser(void **state)
{
	(void)state;
	/* 50,000 values with their array; keys are not values. */
	AUTO(buf) struct buf most = repeat("[", "0,", 49998, "0]");
	assert_int_equal(parse(buf_str(&most), NULL), ERROR_NONE);
	assert_true(jansson_bytes < (size_t)50 * 1024 * 1024);
	AUTO(buf) struct buf more = repeat("[", "0,", 49999, "0]");
	assert_int_equal(parse(buf_str(&more), NULL), ERROR_BAD_REQUEST);
	assert_int_equal(jansson_bytes, 0);
	AUTO(buf) struct buf nodes = repeat("[", "0,", 500000, "0]");
	assert_int_equal(parse(buf_str(&nodes), NULL), ERROR_BAD_REQUEST);
	assert_int_equal(jansson_bytes, 0);
	AUTO(buf) struct buf objects = repeat("[", "{},", 49998, "{}]");
	assert_int_equal(parse(buf_str(&objects), NULL), ERROR_NONE);
	assert_true(jansson_bytes < (size_t)50 * 1024 * 1024);
	struct json_limits few = json_limits_default;
	few.max_values = 3;
	assert_int_equal(parse(STR_LITERAL("{\"a\":1,\"b\":2}"), &few), ERROR_NONE);
	assert_int_equal(parse(STR_LITERAL("{\"a\":1,\"b\":2,\"c\":3}"), &few), ERROR_BAD_REQUEST);
	assert_int_equal(parse(STR_LITERAL("[\"a\",\"b\"]"), &few), ERROR_NONE);
	assert_int_equal(parse(STR_LITERAL("[\"a\",\"b\",\"c\"]"), &few), ERROR_BAD_REQUEST);
}

static void long_strings_and_numbers_are_refused(void **state)
{
	(void)state;
	AUTO(buf) struct buf longest = repeat("[\"", "x", json_limits_default.max_string_bytes, "\"]");
	assert_int_equal(parse(buf_str(&longest), NULL), ERROR_NONE);
	AUTO(buf) struct buf longer = repeat("[\"", "x", json_limits_default.max_string_bytes + 1, "\"]");
	assert_int_equal(parse(buf_str(&longer), NULL), ERROR_BAD_REQUEST);
	AUTO(buf) struct buf key = repeat("{\"", "k", 1000000, "\":1}");
	assert_int_equal(parse(buf_str(&key), NULL), ERROR_BAD_REQUEST);
	assert_int_equal(jansson_bytes, 0);
	AUTO(buf) struct buf number = repeat("0.", "1", 600, "");
	assert_int_equal(parse(buf_str(&number), NULL), ERROR_BAD_REQUEST);
}

static void members_of_another_type_are_absent(void **state)
{
	(void)state;
	static const char *const shapes[] = { "null", "true", "false", "1", "1.5", "\"s\"", "[]", "{}", "[[\"s\"]]",
		"[\"s\",1]", "{\"en\":\"s\"}", "{\"id\":\"s\"}" };
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		AUTO(buf) struct buf text = repeat("{\"x\":", shapes[i], 1, "}");
		json_t *object = NULL;
		assert_int_equal(json_in_parse(buf_str(&text), NULL, &object), ERROR_NONE);
		int64_t number = -5;
		bool is_number = strcmp(shapes[i], "1") == 0;
		bool is_string = strcmp(shapes[i], "\"s\"") == 0;
		assert_int_equal(json_in_int64(object, "x", &number), is_number);
		assert_int_equal(number, is_number ? 1 : -5);
		assert_int_equal(json_in_str(object, "x").len, is_string ? 1 : 0);
		assert_int_equal(json_in_str(object, "y").len, 0);
		assert_int_equal(json_in_str(json_object_get(object, "x"), "x").len, 0);
		json_decref(object);
	}
}

int main(void)
{
	json_set_alloc_funcs(count_malloc, memory_free);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_of_every_kind_are_read),
		cmocka_unit_test(what_is_no_json_is_a_bad_request),
		cmocka_unit_test(duplicate_keys_are_refused),
		cmocka_unit_test(thirty_two_levels_are_read_and_no_more),
		cmocka_unit_test(a_byte_over_the_limit_is_too_large),
		cmocka_unit_test(too_many_values_are_refused_before_the_parser),
		cmocka_unit_test(long_strings_and_numbers_are_refused),
		cmocka_unit_test(members_of_another_type_are_absent),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
