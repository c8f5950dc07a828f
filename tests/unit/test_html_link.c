/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Where posts lead to. */
#include "base/html_link.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void links_are_those_that_people_put_there(void **state)
{
	(void)state;
	const struct {
		const char *html;
		const char *first; /* "": none */
	} cases[] = {
		{ "<p>see <a href=\"https://a.example/x?b=1&amp;c=2#part\" rel=\"nofollow\">x</a></p>", "https://a.example/x?b=1&c=2" },
		{ "<a href='HTTPS://A.Example:443'>x</a>", "https://a.example/" },
		{ "<a class=\"u-url mention\" href=\"https://a.example/@b\">@b</a>", "" },
		{ "<a class=\"mention hashtag\" href=\"https://a.example/tags/b\">#b</a>", "" },
		{ "<a rel=\"tag\" href=\"https://a.example/tags/b\">#b</a>", "" },
		{ "<a class=mention href=https://a.example/@b>@b</a> <a href=https://b.example/>x</a>", "https://b.example/" },
		{ "<p class=\"quote-inline\">RE: <a href=\"https://a.example/1\">x</a></p><p><a href=\"https://b.example/2\">", "https://b.example/2" },
		{ "<span class=\"quote-inline\"><a href=\"https://a.example/1\">x</a></span>", "" },
		{ "<a href=\"javascript:alert(1)\">x</a><a href=\"/path\">x</a><a href=\"ftp://a.example/\">x</a><a>x</a>", "" },
		{ "<a href=\"https://user:pass@a.example/\">x</a>", "" },
		{ "<script>'<a href=\"https://a.example/\">'</script>", "" },
		{ "https://a.example/", "" },
		{ "", "" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO(arena) struct arena *arena = arena_new(1 << 20);
		struct str url = { "", 0 };
		size_t count = html_link_list(arena, str_from(cases[i].html), &url, 1);
		if (count != (size_t)(*cases[i].first != '\0') || !str_eq(url, str_from(cases[i].first)))
			fail_msg("%s gives %.*s", cases[i].html, STR_ARG(url));
	}
}

static void no_more_than_wanted_are_given(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(1 << 20);
	struct str urls[3];
	struct str html = STR_LITERAL("<a href=http://a.example/1><a href=http://a.example/2><a href=http://a.example/3>");
	assert_int_equal(html_link_list(arena, html, urls, 2), 2);
	assert_int_equal(html_link_list(arena, html, urls, 3), 3);
	assert_true(str_eq(urls[2], STR_LITERAL("http://a.example/3")));
	assert_int_equal(html_link_list(arena, html, urls, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(links_are_those_that_people_put_there),
		cmocka_unit_test(no_more_than_wanted_are_given),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
