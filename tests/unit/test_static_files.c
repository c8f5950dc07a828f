/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Embedded files: names, types, tags and what If-None-Match finds fresh. */
#include "base/buf.h"
#include "server/http/static_files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char style[] = "body { color: black }";
static const struct embedded_file files[] = {
	{ "style.css", style, style + sizeof(style) - 1 },
	{ "copy.css", style, style + sizeof(style) - 1 },
	{ "desk/app.js", style, style + 4 },
	{ "logo.svg", style, style + 3 },
	{ "noextension", style, style },
	{ NULL, NULL, NULL },
};

static void only_known_names_are_found(void **state)
{
	(void)state;
	struct static_files *table = static_files_new(files);
	static const struct {
		struct str name;
		const char *content_type;
	} cases[] = {
		{ STR("style.css"), "text/css; charset=utf-8" },
		{ STR("desk/app.js"), "text/javascript; charset=utf-8" },
		{ STR("logo.svg"), "image/svg+xml" },
		{ STR("noextension"), "application/octet-stream" },
		{ STR(""), NULL },
		{ STR("desk"), NULL },
		{ STR("desk/"), NULL },
		{ STR("/style.css"), NULL },
		{ STR("../style.css"), NULL },
		{ STR("style.css\0"), NULL },
		{ STR("STYLE.CSS"), NULL },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct static_file *file = static_files_get(table, cases[i].name);
		assert_int_equal(file != NULL, cases[i].content_type != NULL);
		if (file)
			assert_string_equal(file->content_type, cases[i].content_type);
	}
	assert_true(str_eq(static_files_get(table, STR_LITERAL("desk/app.js"))->bytes, STR_LITERAL("body")));
	static_files_free(&table);
	static_files_free(&table);
}

static void a_tag_names_the_bytes(void **state)
{
	(void)state;
	struct static_files *table = static_files_new(files);
	const struct static_file *file = static_files_get(table, STR_LITERAL("style.css"));
	const struct static_file *copy = static_files_get(table, STR_LITERAL("copy.css"));
	const struct static_file *other = static_files_get(table, STR_LITERAL("logo.svg"));
	assert_true(str_eq(file->etag, copy->etag));
	assert_false(str_eq(file->etag, other->etag));
	assert_true(file->etag.len > 20 && file->etag.data[0] == '"' && file->etag.data[file->etag.len - 1] == '"');
	AUTO(buf) struct buf list = { 0 };
	buf_add_printf(&list, "\"x\", W/%.*s ,\"y\"", STR_ARG(file->etag));
	assert_true(static_file_is_fresh(file, file->etag));
	assert_true(static_file_is_fresh(file, buf_str(&list)));
	assert_true(static_file_is_fresh(file, STR_LITERAL("*")));
	assert_false(static_file_is_fresh(other, buf_str(&list)));
	assert_false(static_file_is_fresh(file, (struct str){ 0 }));
	assert_false(static_file_is_fresh(file, STR_LITERAL("")));
	assert_false(static_file_is_fresh(file, str_slice(file->etag, 1, file->etag.len - 1)));
	static_files_free(&table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_known_names_are_found),
		cmocka_unit_test(a_tag_names_the_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
