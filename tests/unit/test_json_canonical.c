/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The examples of RFC 8785 (3.2 and appendix B) and the bounds of the canonical form. */
#include "base/json_canonical.h"

#include "base/json_in.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void check_canonical(const char *text, const char *wanted)
{
	AUTO(buf) struct buf buf = { 0 };
	json_t *value;
	assert_int_equal(json_in_parse(str_from(text), NULL, &value), ERROR_NONE);
	assert_true(json_canonical_write(value, &buf));
	buf_add_char(&buf, '\0');
	assert_string_equal(buf.data, wanted);
	json_decref(value);
}

static void documents_have_the_form_of_the_rfc(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		const char *canonical;
	} cases[] = {
		{ "{\"numbers\": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],"
		  "\"string\": \"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/\", \"literals\": [null, true, false]}",
			"{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],"
			"\"string\":\"\u20ac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}" },
		{ "{\"\\u20ac\":\"Euro Sign\",\"\\r\":\"Carriage Return\",\"\\ufb33\":\"Hebrew Letter Dalet With Dagesh\","
		  "\"1\":\"One\",\"\\ud83d\\ude00\":\"Emoji\",\"\\u0080\":\"Control\",\"\\u00f6\":\"Latin Small Letter O With "
		  "Diaeresis\"}",
			"{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\xc2\x80\":\"Control\",\"\u00f6\":\"Latin Small Letter O With "
			"Diaeresis\",\"\u20ac\":\"Euro Sign\",\"\U0001F600\":\"Emoji\",\"\ufb33\":\"Hebrew Letter Dalet With "
			"Dagesh\"}" },
		{ "{\"b\":{},\"a\":[],\"aa\":1,\"\":2}", "{\"\":2,\"a\":[],\"aa\":1,\"b\":{}}" },
		{ "[9007199254740992,9007199254740993,-9007199254740993,9223372036854775807,1.0,-0.0,-0,100,1e2]",
			"[9007199254740992,9007199254740992,-9007199254740992,9223372036854776000,1,0,0,100,100]" },
		{ "[\"\\b\\t\\n\\f\\r\\u0001\\u001f\\u007f\"]", "[\"\\b\\t\\n\\f\\r\\u0001\\u001f\x7f\"]" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_canonical(cases[i].text, cases[i].canonical);
}

static void numbers_are_written_as_ecmascript_writes_them(void **state)
{
	(void)state;
	static const struct {
		uint64_t bits;
		const char *text;
	} cases[] = {
		{ 0x0000000000000000, "0" },
		{ 0x8000000000000000, "0" },
		{ 0x0000000000000001, "5e-324" },
		{ 0x8000000000000001, "-5e-324" },
		{ 0x7fefffffffffffff, "1.7976931348623157e+308" },
		{ 0xffefffffffffffff, "-1.7976931348623157e+308" },
		{ 0x4340000000000000, "9007199254740992" },
		{ 0xc340000000000000, "-9007199254740992" },
		{ 0x4430000000000000, "295147905179352830000" },
		{ 0x44b52d02c7e14af5, "9.999999999999997e+22" },
		{ 0x44b52d02c7e14af6, "1e+23" },
		{ 0x44b52d02c7e14af7, "1.0000000000000001e+23" },
		{ 0x444b1ae4d6e2ef4e, "999999999999999700000" },
		{ 0x444b1ae4d6e2ef4f, "999999999999999900000" },
		{ 0x444b1ae4d6e2ef50, "1e+21" },
		{ 0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7" },
		{ 0x3eb0c6f7a0b5ed8d, "0.000001" },
		{ 0x41b3de4355555553, "333333333.3333332" },
		{ 0x41b3de4355555554, "333333333.33333325" },
		{ 0x41b3de4355555555, "333333333.3333333" },
		{ 0x41b3de4355555556, "333333333.3333334" },
		{ 0x41b3de4355555557, "333333333.33333343" },
		{ 0xbecbf647612f3696, "-0.0000033333333333333333" },
		{ 0x43143ff3c1cb0959, "1424953923781206.2" },
		{ 0x3d30000000000000, "5.684341886080802e-14" }, /* 2^-44: the nearest 16 digits do not read back */
		{ 0x0010000000000000, "2.2250738585072014e-308" },
		{ 0x000fffffffffffff, "2.225073858507201e-308" },
		{ 0x3ff0000000000000, "1" },
		{ 0x3fb999999999999a, "0.1" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[JSON_CANONICAL_NUMBER_BYTES + 1] = { 0 };
		double number;
		memcpy(&number, &cases[i].bits, sizeof(number));
		size_t len = json_canonical_number(number, text);
		text[len] = '\0';
		assert_string_equal(text, cases[i].text);
	}
}

static void too_deep_a_document_has_no_canonical_form(void **state)
{
	(void)state;
	json_t *value = json_integer(1);
	for (unsigned depth = 1; depth <= JSON_CANONICAL_MAX_DEPTH; depth++) {
		AUTO(buf) struct buf buf = { 0 };
		bool is_even = depth % 2 == 0;
		json_t *outer = is_even ? json_array() : json_object();
		if (is_even)
			json_array_append_new(outer, value);
		else
			json_object_set_new(outer, "a", value);
		value = outer;
		assert_int_equal(json_canonical_write(value, &buf), depth < JSON_CANONICAL_MAX_DEPTH);
	}
	json_decref(value);
}

static void too_many_fractions_have_no_canonical_form(void **state)
{
	(void)state;
	json_t *array = json_array();
	AUTO(buf) struct buf buf = { 0 };
	for (unsigned i = 0; i < JSON_CANONICAL_MAX_REALS; i++)
		json_array_append_new(array, json_real(0.1));
	for (unsigned i = 0; i < JSON_CANONICAL_MAX_REALS; i++)
		json_array_append_new(array, json_integer(i));
	assert_true(json_canonical_write(array, &buf));
	json_array_append_new(array, json_real(0.1));
	assert_false(json_canonical_write(array, &buf));
	json_decref(array);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(documents_have_the_form_of_the_rfc),
		cmocka_unit_test(numbers_are_written_as_ecmascript_writes_them),
		cmocka_unit_test(too_deep_a_document_has_no_canonical_form),
		cmocka_unit_test(too_many_fractions_have_no_canonical_form),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
