/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The JSON writer: every answer goes through it. */
#include "base/json_out.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>

static void assert_written(const struct buf *buf, const char *expected)
{
	struct str text = buf_str(buf);
	assert_int_equal(text.len, str_from(expected).len);
	assert_memory_equal(text.data, expected, text.len);
}

static void a_document_is_nested_and_separated(void **state)
{
	(void)state;
	AUTO(buf) struct buf buf = { 0 };
	struct json_out out;
	json_out_init(&out, &buf);
	json_out_object_begin(&out);
	json_out_key_id(&out, "id", INT64_MAX);
	json_out_key_str(&out, "name", STR_LITERAL("Zo\u00eb"));
	json_out_key_c_string(&out, "none", NULL);
	json_out_key_array_begin(&out, "list");
	json_out_int(&out, INT64_MIN);
	json_out_bool(&out, true);
	json_out_null(&out);
	json_out_object_begin(&out);
	json_out_object_end(&out);
	json_out_array_begin(&out);
	json_out_array_end(&out);
	json_out_array_end(&out);
	json_out_key_object_begin(&out, "object");
	json_out_key_bool(&out, "no", false);
	json_out_key_null(&out, "null");
	json_out_key_int(&out, "n", 0);
	json_out_object_end(&out);
	json_out_key_time_ms(&out, "at", 0);
	json_out_key(&out, "raw");
	json_out_raw(&out, STR_LITERAL("[1,2]"));
	json_out_object_end(&out);
	assert_written(&buf, "{\"id\":\"9223372036854775807\",\"name\":\"Zo\u00eb\",\"none\":null,"
			     "\"list\":[-9223372036854775808,true,null,{},[]],"
			     "\"object\":{\"no\":false,\"null\":null,\"n\":0},"
			     "\"at\":\"1970-01-01T00:00:00.000Z\",\"raw\":[1,2]}");
}

static void strings_are_escaped(void **state)
{
	(void)state;
	static const struct {
		struct str value;
		const char *text;
	} cases[] = {
		{ STR(""), "\"\"" },
		{ STR("a\"b\\c/d"), "\"a\\\"b\\\\c/d\"" },
		{ STR("\b\t\n\f\r"), "\"\\b\\t\\n\\f\\r\"" },
		{ STR("\0\x01\x1f\x7f"), "\"\\u0000\\u0001\\u001f\x7f\"" },
		{ STR("\u00e9\u20ac\U0001f600"), "\"\u00e9\u20ac\U0001f600\"" },
		{ STR("a\xff" "b"), "\"a\ufffd" "b\"" },
		{ STR("\xc0\xaf"), "\"\ufffd\ufffd\"" },
		{ STR("\xed\xa0\x80"), "\"\ufffd\ufffd\ufffd\"" },
		{ STR("\xf4\x90\x80\x80"), "\"\ufffd\ufffd\ufffd\ufffd\"" },
		{ STR("x\xe2\x82"), "\"x\ufffd\ufffd\"" },
		{ STR("\xe2\x82\""), "\"\ufffd\ufffd\\\"\"" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO(buf) struct buf buf = { 0 };
		struct json_out out;
		json_out_init(&out, &buf);
		json_out_str(&out, cases[i].value);
		assert_written(&buf, cases[i].text);
	}
}

static void every_byte_reads_back(void **state)
{
	(void)state;
	for (unsigned byte = 0; byte < 256; byte++) {
		char c = (char)byte;
		AUTO(buf) struct buf buf = { 0 };
		struct json_out out;
		json_out_init(&out, &buf);
		json_out_str(&out, (struct str){ &c, 1 });
		json_t *read = json_loadb(buf.data, buf.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
		assert_non_null(read);
		if (byte < 0x80) {
			assert_int_equal(json_string_length(read), 1);
			assert_int_equal(json_string_value(read)[0], c);
		} else {
			assert_string_equal(json_string_value(read), "\ufffd");
		}
		json_decref(read);
	}
}

static void doubles_are_short_and_finite(void **state)
{
	(void)state;
	static const struct {
		double value;
		const char *text;
	} cases[] = { { 0.1, "0.1" }, { 1.7777777777777777, "1.7777777777777777" }, { -2, "-2" }, { 1e308, "1e+308" },
		{ NAN, "null" }, { INFINITY, "null" }, { -INFINITY, "null" } };
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO(buf) struct buf buf = { 0 };
		struct json_out out;
		json_out_init(&out, &buf);
		json_out_double(&out, cases[i].value);
		assert_written(&buf, cases[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_document_is_nested_and_separated),
		cmocka_unit_test(strings_are_escaped),
		cmocka_unit_test(every_byte_reads_back),
		cmocka_unit_test(doubles_are_short_and_finite),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
