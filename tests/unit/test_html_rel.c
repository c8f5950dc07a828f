/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Links by their relation. */
#include "base/html_rel.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void a_page_leads_back_by_a_or_link_with_that_relation(void **state)
{
	(void)state;
	static const struct str url = STR("https://company.example/@anna");
	const struct {
		const char *html;
		bool leads;
	} cases[] = {
		{ "<a rel=\"me\" href=\"https://company.example/@anna\">x</a>", true },
		{ "<html><head><link href='https://company.example/@anna' rel=me></head>", true },
		{ "<A HREF=https://Company.Example/@anna REL='nofollow ME'>", true },
		{ "<a rel=me href=\"https&#58;//company.example/@anna\">", true },
		{ "<a rel=\"men\" href=\"https://company.example/@anna\">x</a>", false },
		{ "<a href=\"https://company.example/@anna\">x</a>", false },
		{ "<a rel=me href=\"https://company.example/@anna2\">x</a>", false },
		{ "<a rel=me href=\"http://company.example/@anna\">x</a>", false },
		{ "<a rel=me href=\"/@anna\">x</a>", false },
		{ "<!-- <a rel=me href=\"https://company.example/@anna\"> -->", false },
		{ "<script>'<a rel=me href=\"https://company.example/@anna\">'</script>", false },
		{ "<p title='<a rel=me href=https://company.example/@anna>'>", false },
		{ "<a rel=me href=\"https://company.example/@anna\"", false },
		{ "", false },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arena *arena = arena_new(1 << 20);
		if (html_rel_leads_to(arena, str_from(cases[i].html), "me", &url, 1) != cases[i].leads)
			fail_msg("%s", cases[i].html);
		arena_free(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_page_leads_back_by_a_or_link_with_that_relation),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
