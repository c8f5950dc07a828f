/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Forms from urlencoded text and JSON (CHECKLIST D4). */
#include "base/form.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define LARGE ((size_t)1024 * 1024)

/* "name=value|" for each field. */
static const char *show(struct arena *arena, const struct form *form)
{
	AUTO(buf) struct buf buf = { 0 };
	for (size_t i = 0; i < form->count; i++) {
		buf_add_str(&buf, form->fields[i].name);
		buf_add_char(&buf, '=');
		buf_add_str(&buf, form->fields[i].value);
		buf_add_char(&buf, '|');
	}
	return arena_c_string(arena, buf_str(&buf));
}

static struct buf repeat(const char *before, const char *middle, size_t count, const char *after)
{
	struct buf buf = { 0 };
	buf_add_c_string(&buf, before);
	for (size_t i = 0; i < count; i++)
		buf_add_c_string(&buf, middle);
	buf_add_c_string(&buf, after);
	return buf;
}

static void urlencoded_pairs_are_decoded_in_order(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		const char *shown;
	} cases[] = {
		{ "", "" },
		{ "a=1&b=2", "a=1|b=2|" },
		{ "&&a=1&", "a=1|" },
		{ "a", "a=|" },
		{ "a=b=c", "a=b=c|" },
		{ "a+b=%C3%A9+%2B%26", "a b=\u00e9 +&|" },
		{ "media_ids[]=1&media_ids%5B%5D=2", "media_ids[]=1|media_ids[]=2|" },
		{ "a=1;b=2", "a=1;b=2|" },
	};
	AUTO(arena) struct arena *arena = arena_new(LARGE);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct form form = { 0 };
		assert_int_equal(form_parse_urlencoded(arena, str_from(cases[i].text), &form), ERROR_NONE);
		assert_string_equal(show(arena, &form), cases[i].shown);
	}
}

static void bad_encodings_are_a_bad_request(void **state)
{
	(void)state;
	static const struct str cases[] = { STR("a=%"), STR("%zz=1"), STR("a=%00"), STR("a=x\0y"), STR("%00=1"),
		STR("a=%ff"), STR("a=\xff"), STR("%c3=1"), STR("ok=1&a=%ed%a0%80") };
	AUTO(arena) struct arena *arena = arena_new(LARGE);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct form form = { 0 };
		assert_int_equal(form_parse_urlencoded(arena, cases[i], &form), ERROR_BAD_REQUEST);
	}
}

static void a_thousand_fields_fit_and_no_more(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(16 * LARGE);
	struct form form = { 0 };
	AUTO(buf) struct buf most = repeat("", "a=1&", FORM_MAX_FIELDS, "");
	assert_int_equal(form_parse_urlencoded(arena, buf_str(&most), &form), ERROR_NONE);
	assert_int_equal(form.count, FORM_MAX_FIELDS);
	assert_int_equal(form_parse_urlencoded(arena, STR_LITERAL("a=1"), &form), ERROR_BAD_REQUEST);
	struct form other = { 0 };
	AUTO(buf) struct buf many = repeat("", "a&", 500000, "");
	assert_int_equal(form_parse_urlencoded(arena, buf_str(&many), &other), ERROR_BAD_REQUEST);
	struct form json = { 0 };
	AUTO(buf) struct buf values = repeat("{\"a\":[", "1,", FORM_MAX_FIELDS, "1]}");
	assert_int_equal(form_parse_json(arena, buf_str(&values), &json), ERROR_BAD_REQUEST);
}

static void json_objects_become_fields(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		const char *shown;
	} cases[] = {
		{ "{}", "" },
		{ "{\"a\":\"x\",\"b\":-1,\"c\":1.5,\"d\":true,\"e\":false,\"f\":null}", "a=x|b=-1|c=1.5|d=true|e=false|" },
		{ "{\"ids\":[\"1\",2,null]}", "ids[]=1|ids[]=2|" },
		{ "{\"poll\":{\"options\":[\"y\",\"n\"],\"multiple\":true}}",
			"poll[options][]=y|poll[options][]=n|poll[multiple]=true|" },
		{ "{\"fields\":[{\"name\":\"a\"},{\"name\":\"b\"}]}", "fields[0][name]=a|fields[1][name]=b|" },
		{ "{\"a\":{},\"b\":[]}", "" },
	};
	AUTO(arena) struct arena *arena = arena_new(LARGE);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct form form = { 0 };
		assert_int_equal(form_parse_json(arena, str_from(cases[i].text), &form), ERROR_NONE);
		assert_string_equal(show(arena, &form), cases[i].shown);
	}
}

static void json_that_is_no_form_is_a_bad_request(void **state)
{
	(void)state;
	static const char *const cases[] = { "", "[]", "1", "null", "{", "{\"a\":\"\\u0000\"}", "{\"a\":1,\"a\":2}",
		"{\"a\":\"\\ud800\"}", "{\"a\":[[[[[[[[[1]]]]]]]]]}",
		"{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":1}}}}}}}}}" };
	AUTO(arena) struct arena *arena = arena_new(LARGE);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct form form = { 0 };
		assert_int_equal(form_parse_json(arena, str_from(cases[i]), &form), ERROR_BAD_REQUEST);
	}
	struct form form = { 0 };
	assert_int_equal(form_parse_json(arena, STR_LITERAL("{\"a\":[[[[[[[1]]]]]]]}"), &form), ERROR_NONE);
	AUTO(buf) struct buf large = repeat("", " ", LARGE + 1, "");
	assert_int_equal(form_parse_json(arena, buf_str(&large), &form), ERROR_CONTENT_TOO_LARGE);
}

static void a_long_key_is_not_copied_for_each_of_its_members(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new((size_t)512 * LARGE);
	AUTO(buf) struct buf key = repeat("{\"", "k", 100000, "\":[");
	AUTO(buf) struct buf json = repeat("", "1,", 900, "1]}");
	buf_add_str(&key, buf_str(&json));
	struct form form = { 0 };
	size_t used_bytes = arena_used_bytes(arena);
	assert_int_equal(form_parse_json(arena, buf_str(&key), &form), ERROR_BAD_REQUEST);
	assert_true(arena_used_bytes(arena) - used_bytes < LARGE);
}

static void fields_are_found_by_name(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(LARGE);
	struct form form = { 0 };
	assert_int_equal(form_parse_urlencoded(arena, STR_LITERAL("a=1&l[]=x&a=2&l=y&l[]=z&ll=no"), &form), ERROR_NONE);
	assert_true(str_eq(form_value(&form, "a"), STR_LITERAL("1")));
	assert_null(form_find(&form, "b"));
	assert_int_equal(form_value(&form, "b").len, 0);
	struct str *values;
	assert_int_equal(form_values(arena, &form, "l", &values), 3);
	assert_true(str_eq(values[0], STR_LITERAL("x")));
	assert_true(str_eq(values[1], STR_LITERAL("y")));
	assert_true(str_eq(values[2], STR_LITERAL("z")));
	assert_int_equal(form_values(arena, &form, "none", &values), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(urlencoded_pairs_are_decoded_in_order),
		cmocka_unit_test(bad_encodings_are_a_bad_request),
		cmocka_unit_test(a_thousand_fields_fit_and_no_more),
		cmocka_unit_test(json_objects_become_fields),
		cmocka_unit_test(json_that_is_no_form_is_a_bad_request),
		cmocka_unit_test(a_long_key_is_not_copied_for_each_of_its_members),
		cmocka_unit_test(fields_are_found_by_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
