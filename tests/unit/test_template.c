/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * No value reaches a page as markup unless it is markup and clean. */
#include "server/web/template.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void assert_written(struct buf *out, const char *expected)
{
	buf_add_char(out, '\0');
	assert_string_equal(out->data, expected);
	buf_clear(out);
}

static void text_is_escaped_in_elements_and_attributes(void **state)
{
	(void)state;
	AUTO(buf) struct buf out = { 0 };
	TEMPLATE(&out, "<p title=\"{}\">{}</p>", template_text(STR_LITERAL("\" onclick='x'")),
		template_text(STR_LITERAL("<script>&</script>")));
	buf_add_char(&out, '\0');
	assert_null(strstr(out.data, "<script"));
	assert_null(strstr(out.data, "\" onclick"));
	assert_non_null(strstr(out.data, "&lt;script&gt;&amp;"));
}

static void only_harmless_addresses_become_links(void **state)
{
	(void)state;
	static const struct {
		const char *url;
		const char *written;
	} cases[] = {
		{ "https://a.example/?a=1&b=2", "https://a.example/?a=1&amp;b=2" }, { "http://a.example", "http://a.example" },
		{ "mailto:a@b.example", "mailto:a@b.example" }, { "/about", "/about" }, { "/", "/" },
		{ "javascript:alert(1)", "#" }, { "JaVaScRiPt:alert(1)", "#" }, { " javascript:alert(1)", "#" },
		{ "data:text/html,x", "#" }, { "//evil.example", "#" }, { "/\\evil.example", "#" }, { "", "#" },
		{ "about", "#" }, { "vbscript:x", "#" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO(buf) struct buf out = { 0 };
		TEMPLATE(&out, "{}", template_url(str_from(cases[i].url)));
		assert_written(&out, cases[i].written);
	}
}

static void html_of_people_is_cleaned_at_the_last_moment(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(1 << 20);
	AUTO(buf) struct buf out = { 0 };
	TEMPLATE(&out, "<div>{}</div>", template_rich(arena, STR_LITERAL("<p>a<img src=x onerror=alert(1)></p>")));
	assert_written(&out, "<div><p>a</p></div>");
}

static void a_template_without_holes_is_written_as_it_stands(void **state)
{
	(void)state;
	AUTO(buf) struct buf out = { 0 };
	TEMPLATE(&out, "<hr>");
	assert_written(&out, "<hr>");
}

static void a_hole_in_a_value_is_not_filled(void **state)
{
	(void)state;
	AUTO(buf) struct buf out = { 0 };
	TEMPLATE(&out, "{}-{}", template_text(STR_LITERAL("{}")), template_text(STR_LITERAL("b")));
	assert_written(&out, "{}-b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_escaped_in_elements_and_attributes),
		cmocka_unit_test(only_harmless_addresses_become_links),
		cmocka_unit_test(html_of_people_is_cleaned_at_the_last_moment),
		cmocka_unit_test(a_template_without_holes_is_written_as_it_stands),
		cmocka_unit_test(a_hole_in_a_value_is_not_filled),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
