/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * multipart/form-data: what browsers send, and CHECKLIST F6. */
#include "base/form.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define LARGE ((size_t)1024 * 1024)
#define TYPE "multipart/form-data; boundary=XyZ"
#define FIELD(name) "Content-Disposition: form-data; name=\"" name "\"\r\n"
#define PART(name, value) "--XyZ\r\n" FIELD(name) "\r\n" value "\r\n"
#define END "--XyZ--\r\n"

static struct arena *arena;

static enum error parse(struct str content_type, struct str body, struct form *form)
{
	*form = (struct form){ 0 };
	return form_parse_multipart(arena, content_type, body, form);
}

static void assert_str(struct str value, const char *expected)
{
	assert_string_equal(arena_c_string(arena, value), expected);
}

static void fields_and_files_are_read(void **state)
{
	(void)state;
	struct str body = STR(PART("a", "1") "--XyZ\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x.png\"\r\n"
		"Content-Type: image/png\r\n\r\n\x89PNG\0\xff\r\n--Xy\r\n" "--XyZ \t\r\n" FIELD("a") "\r\n\u00e9\r\n\r\n" END);
	struct form form;
	assert_int_equal(parse(STR_LITERAL(TYPE), body, &form), ERROR_NONE);
	assert_int_equal(form.count, 3);
	assert_str(form.fields[0].value, "1");
	assert_null(form.fields[0].file_name.data);
	assert_str(form.fields[1].file_name, "x.png");
	assert_str(form.fields[1].content_type, "image/png");
	assert_int_equal(form.fields[1].value.len, 12);
	assert_true(form.fields[1].value.data > body.data && form.fields[1].value.data < body.data + body.len);
	assert_str(form.fields[2].name, "a");
	assert_str(form.fields[2].value, "\u00e9\r\n");
}

static void accepted_forms_of_the_body(void **state)
{
	(void)state;
	static const struct str bodies[] = { STR("--XyZ--"), STR("--XyZ--\r\n"), STR("\r\n" PART("a", "1") "--XyZ--"),
		STR(PART("a", "")), STR(PART("a", "--XyZa\r\n--XyZ--a\r\n --XyZ")) };
	static const bool needs_end[] = { false, false, false, true, true };
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		struct str parts[] = { bodies[i], STR(END) };
		struct form form;
		assert_int_equal(parse(STR_LITERAL(TYPE), arena_join(arena, parts, needs_end[i] ? 2 : 1), &form), ERROR_NONE);
	}
}

static void a_boundary_that_continues_is_content(void **state)
{
	(void)state;
	struct form form;
	struct str body = STR(PART("a", "x\r\n--XyZa\r\n--XyZ-\r\n--XyZ--b") END);
	assert_int_equal(parse(STR_LITERAL(TYPE), body, &form), ERROR_NONE);
	assert_int_equal(form.count, 1);
	assert_str(form.fields[0].value, "x\r\n--XyZa\r\n--XyZ-\r\n--XyZ--b");
}

static void boundaries_are_checked(void **state)
{
	(void)state;
	static const struct {
		const char *type;
		enum error error;
	} cases[] = {
		{ "Multipart/Form-Data; charset=utf-8; BOUNDARY=\"XyZ\"", ERROR_NONE },
		{ "multipart/form-data ; boundary=XyZ ", ERROR_NONE },
		{ "multipart/form-data", ERROR_BAD_REQUEST },
		{ "multipart/form-data;", ERROR_BAD_REQUEST },
		{ "multipart/form-data; boundary", ERROR_BAD_REQUEST },
		{ "multipart/form-data; boundary=", ERROR_BAD_REQUEST },
		{ "multipart/form-data; boundary=\"\"", ERROR_BAD_REQUEST },
		{ "multipart/form-data; boundary=\"XyZ", ERROR_BAD_REQUEST },
		{ "multipart/form-data; boundary=\"XyZ \"", ERROR_BAD_REQUEST },
		{ "multipart/form-data; boundary=\"X\u00e9Z\"", ERROR_BAD_REQUEST },
		{ "multipart/form-data; boundary=XyZ; boundary=XyZ", ERROR_BAD_REQUEST },
		{ "multipart/form-data; boundary=XyZ; boundary=Other", ERROR_BAD_REQUEST },
		{ "multipart/form-data; boundary=Other", ERROR_BAD_REQUEST },
		{ "multipart/form-data boundary=XyZ", ERROR_UNSUPPORTED_MEDIA_TYPE },
		{ "multipart/mixed; boundary=XyZ", ERROR_UNSUPPORTED_MEDIA_TYPE },
		{ "application/json", ERROR_UNSUPPORTED_MEDIA_TYPE },
		{ "", ERROR_UNSUPPORTED_MEDIA_TYPE },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct form form;
		enum error error = parse(str_from(cases[i].type), STR_LITERAL(PART("a", "1") END), &form);
		if (error != cases[i].error)
			fail_msg("%s: %d", cases[i].type, error);
	}
}

static struct str repeated(const char *middle, size_t count)
{
	size_t len = strlen(middle);
	char *text = arena_alloc(arena, len * count + 1);
	for (size_t i = 0; i < count; i++)
		memcpy(text + i * len, middle, len);
	return (struct str){ text, len * count };
}

static enum error parse_boundary_of(size_t len)
{
	struct str boundary = repeated("b", len);
	struct str type[] = { STR("multipart/form-data; boundary="), boundary };
	struct str body[] = { STR("--"), boundary, STR("--") };
	struct form form;
	return parse(arena_join(arena, type, 2), arena_join(arena, body, 3), &form);
}

static void boundaries_have_at_most_seventy_characters(void **state)
{
	(void)state;
	assert_int_equal(parse_boundary_of(1), ERROR_NONE);
	assert_int_equal(parse_boundary_of(70), ERROR_NONE);
	assert_int_equal(parse_boundary_of(71), ERROR_BAD_REQUEST);
	assert_int_equal(parse_boundary_of(1000), ERROR_BAD_REQUEST);
}

static void malformed_bodies_are_a_bad_request(void **state)
{
	(void)state;
	static const struct str cases[] = {
		STR(""), STR("x"), STR("--XyZ"), STR("--XyZ\r\n"), STR("--XyZx--"), STR("--Xy"), STR("--XyZ\n"),
		STR(PART("a", "1")),                                     /* truncated */
		STR(PART("a", "1") "--XyZ"),
		STR(PART("a", "1") "--XyZ-"),
		STR("--XyZ\r\n" FIELD("a") "\r\n1"),
		STR("--XyZ\r\n" FIELD("a")),
		STR("--XyZ\r\n" FIELD("a") "\r\n--XyZ--"),               /* no line end before the delimiter */
		STR("preamble\r\n" PART("a", "1") END),
		STR(PART("a", "1") END "epilogue"),
		STR(PART("a", "1") END PART("b", "2") END),
		STR("--XyZ\r\n\r\nno headers\r\n" END),
		STR("--XyZ\r\nContent-Type: text/plain\r\n\r\nx\r\n" END),
		STR("--XyZ\r\nContent-Disposition: form-data\r\n\r\nx\r\n" END),
		STR("--XyZ\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\nx\r\n" END),
		STR("--XyZ\r\n" FIELD("a") FIELD("b") "\r\nx\r\n" END),
		STR("--XyZ\r\nContent-Disposition: form-data; name=a; name=b\r\n\r\nx\r\n" END),
		STR("--XyZ\r\nContent-Disposition: form-data; name=\"a\"; filename=x; filename=y\r\n\r\nx\r\n" END),
		STR("--XyZ\r\nContent-Disposition: form-data; name=\"a\r\n\r\nx\r\n" END),
		STR("--XyZ\r\nContent-Disposition: form-data; name=\"a\"b\r\n\r\nx\r\n" END),
		STR("--XyZ\r\nContent-Disposition: form-data;\r\n name=\"a\"\r\n\r\nx\r\n" END),
		STR("--XyZ\r\nContent-Disposition : form-data; name=\"a\"\r\n\r\nx\r\n" END),
		STR("--XyZ\r\n: x\r\n" FIELD("a") "\r\nx\r\n" END),
		STR("--XyZ\r\nno colon\r\n" FIELD("a") "\r\nx\r\n" END),
		STR("--XyZ\r\nContent-Disposition: form-data; name=\"a\xff\"\r\n\r\nx\r\n" END),
		STR("--XyZ\r\nContent-Disposition: form-data; name=\"a\0\"\r\n\r\nx\r\n" END),
		STR("--XyZ\r\nContent-Disposition: form-data; name=\"a\"; filename=\"x\0.png\"\r\n\r\nx\r\n" END),
		STR("--XyZ\r\nContent-Disposition: form-data; name=\"a\"; filename=\"x\r\nY: z\"\r\n\r\nx\r\n" END),
		STR("--XyZ\r\nContent-Disposition: form-data; name=\"a\"; filename=\"x\ny\"\r\n\r\nx\r\n" END),
		STR("--XyZ\r\nContent-Disposition: form-data; name=\"a\"; filename*=utf-7''x\r\n\r\nx\r\n" END),
		STR("--XyZ\r\nContent-Disposition: form-data; name=\"a\"; filename*=UTF-8''%00\r\n\r\nx\r\n" END),
		STR("--XyZ\r\nContent-Disposition: form-data; name=\"a\"; filename*=UTF-8''%ff\r\n\r\nx\r\n" END),
		STR("--XyZ\r\nContent-Disposition: form-data; name=\"a\"; filename*=x\r\n\r\nx\r\n" END),
		STR("--XyZ\r\n" FIELD("a") "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b--\r\n" END),
		STR("--XyZ\r\n" FIELD("a") "Content-Type: text/plain\r\nContent-Type: text/html\r\n\r\nx\r\n" END),
		STR("--XyZ\r\n" FIELD("a") "Content-Transfer-Encoding: base64\r\n\r\neA==\r\n" END),
		STR(PART("a", "x\0y") END),
		STR(PART("a", "\xff") END),
		STR("--XyZ\r\n" FIELD("a") "Content-Type: text/plain; charset=utf-16\r\n\r\n\xff\xfe" "a\0\r\n" END),
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct form form;
		if (parse(STR_LITERAL(TYPE), cases[i], &form) != ERROR_BAD_REQUEST)
			fail_msg("case %zu: %.*s", i, STR_ARG(cases[i]));
	}
}

static void a_body_cut_anywhere_is_a_bad_request(void **state)
{
	(void)state;
	struct str body = STR(PART("a", "1") "--XyZ\r\nContent-Disposition: form-data; name=f; filename=x\r\n\r\nzz\r\n--XyZ--");
	struct form form;
	assert_int_equal(parse(STR_LITERAL(TYPE), body, &form), ERROR_NONE);
	for (size_t len = 0; len < body.len; len++)
		assert_int_equal(parse(STR_LITERAL(TYPE), str_slice(body, 0, len), &form), ERROR_BAD_REQUEST);
}

static void file_names_lose_their_directories(void **state)
{
	(void)state;
	static const struct {
		const char *parameter;
		const char *file_name;
	} cases[] = {
		{ "filename=\"a b.png\"", "a b.png" },
		{ "filename=a.png", "a.png" },
		{ "filename=\"\"", "" },
		{ "filename=\"../../etc/passwd\"", "passwd" },
		{ "filename=\"..\"", "" },
		{ "filename=\"x/..\"", "" },
		{ "filename=\"/\"", "" },
		{ "filename=\"C:\\Users\\me\\x.png\"", "x.png" },
		{ "filename=\"a\\\"b.png\"", "a\"b.png" },
		{ "filename=\"a%0d%0ab\"", "a%0d%0ab" },
		{ "filename*=UTF-8''na%C3%AFve.txt", "na\u00efve.txt" },
		{ "filename=\"x\"; filename*=utf-8'en'..%2Fy", "y" },
		{ "filename=\"--XyZ--\"", "--XyZ--" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct str parts[] = { STR("--XyZ\r\nContent-Disposition: form-data; name=\"f\"; "),
			str_from(cases[i].parameter), STR("\r\n\r\n\r\n" END) };
		struct form form;
		assert_int_equal(parse(STR_LITERAL(TYPE), arena_join(arena, parts, 3), &form), ERROR_NONE);
		assert_non_null(form.fields[0].file_name.data);
		assert_str(form.fields[0].file_name, cases[i].file_name);
	}
}

static enum error parse_parts(size_t count)
{
	struct str body[] = { repeated(PART("a", "1"), count), STR(END) };
	struct form form;
	return parse(STR_LITERAL(TYPE), arena_join(arena, body, 2), &form);
}

static void a_hundred_parts_fit_and_no_more(void **state)
{
	(void)state;
	assert_int_equal(parse_parts(100), ERROR_NONE);
	assert_int_equal(parse_parts(101), ERROR_BAD_REQUEST);
	assert_int_equal(parse_parts(10000), ERROR_BAD_REQUEST);
}

static enum error parse_header_bytes(size_t len, size_t *ret_used_bytes)
{
	/* The field's own line, this line and the empty line make len bytes. */
	size_t other = sizeof(FIELD("a") "X: \r\n\r\n") - 1;
	struct str body[] = { STR("--XyZ\r\n" FIELD("a") "X: "), repeated("x", len - other), STR("\r\n\r\nv\r\n" END) };
	struct str whole = arena_join(arena, body, 3);
	size_t used_bytes = arena_used_bytes(arena);
	struct form form;
	enum error error = parse(STR_LITERAL(TYPE), whole, &form);
	*ret_used_bytes = arena_used_bytes(arena) - used_bytes;
	return error;
}

static void a_part_has_at_most_eight_kibibytes_of_headers(void **state)
{
	(void)state;
	size_t used_bytes;
	assert_int_equal(parse_header_bytes(8192, &used_bytes), ERROR_NONE);
	assert_int_equal(parse_header_bytes(8193, &used_bytes), ERROR_BAD_REQUEST);
	assert_int_equal(parse_header_bytes(LARGE, &used_bytes), ERROR_BAD_REQUEST);
	assert_true(used_bytes < 1024);
}

static void many_parameters_cost_their_length(void **state)
{
	(void)state;
	struct str body[] = { STR("--XyZ\r\nContent-Disposition: form-data; name=\"a\""), repeated(";b=\"\"", 1500),
		STR("\r\n\r\nv\r\n" END) };
	struct str whole = arena_join(arena, body, 3);
	size_t used_bytes = arena_used_bytes(arena);
	struct form form;
	assert_int_equal(parse(STR_LITERAL(TYPE), whole, &form), ERROR_NONE);
	assert_true(arena_used_bytes(arena) - used_bytes < (size_t)64 * 1024);
}

static int setup(void **state)
{
	(void)state;
	arena = arena_new(64 * LARGE);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_and_files_are_read),
		cmocka_unit_test(accepted_forms_of_the_body),
		cmocka_unit_test(a_boundary_that_continues_is_content),
		cmocka_unit_test(boundaries_are_checked),
		cmocka_unit_test(boundaries_have_at_most_seventy_characters),
		cmocka_unit_test(malformed_bodies_are_a_bad_request),
		cmocka_unit_test(a_body_cut_anywhere_is_a_bad_request),
		cmocka_unit_test(file_names_lose_their_directories),
		cmocka_unit_test(a_hundred_parts_fit_and_no_more),
		cmocka_unit_test(a_part_has_at_most_eight_kibibytes_of_headers),
		cmocka_unit_test(many_parameters_cost_their_length),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
