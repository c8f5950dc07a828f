/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What people type becomes safe HTML with links, mentions and hashtags. */
#include "server/action/publish_text.h"

#include "base/html.h"
#include "storage/post.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static unsigned lookups;

/* Knows flora here and karim on magasin.example. */
static bool find_mention(void *owner, struct str username, struct str domain, struct text_mention *ret_mention)
{
	(void)owner;
	lookups++;
	if (str_eq_nocase(username, STR_LITERAL("flora")) && (str_is_empty(domain) || str_eq(domain, STR_LITERAL("fleurs.example")))) {
		*ret_mention = (struct text_mention){ 7, STR("https://fleurs.example/@flora") };
		return true;
	}
	if (str_eq(username, STR_LITERAL("karim")) && str_eq(domain, STR_LITERAL("magasin.example:8080"))) {
		*ret_mention = (struct text_mention){ 8, STR("https://magasin.example/@karim") };
		return true;
	}
	return false;
}

static const struct publish_text_options options = { STR("https://fleurs.example"), find_mention, NULL };

#define LINK(url, shown) \
	"<a href=\"" url "\" rel=\"nofollow noopener noreferrer\" target=\"_blank\"><span class=\"invisible\">https://</span><span>" shown "</span></a>"
#define FLORA "<span class=\"h-card\"><a href=\"https://fleurs.example/@flora\" class=\"u-url mention\">@<span>flora</span></a></span>"
#define TAG(key, shown) \
	"<a href=\"https://fleurs.example/tags/" key "\" class=\"mention hashtag\" rel=\"tag\">#<span>" shown "</span></a>"

struct text_case {
	const char *text;
	const char *html;
	size_t characters;
};

static void check_cases(const struct text_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		AUTO(arena) struct arena *arena = arena_new(8 * 1024 * 1024);
		struct rendered_text rendered;
		assert_int_equal(publish_text_render(arena, str_from(cases[i].text), &options, &rendered), ERROR_NONE);
		assert_string_equal(rendered.html.data, cases[i].html);
		assert_int_equal(rendered.characters, cases[i].characters);
	}
}

#define CHECK_CASES(cases) check_cases((cases), sizeof(cases) / sizeof((cases)[0]))

static void markup_is_shown_as_typed(void **state)
{
	(void)state;
	static const struct text_case cases[] = {
		{ "a < b && c > \"d\" 'e'", "<p>a &lt; b &amp;&amp; c &gt; &quot;d&quot; &#39;e&#39;</p>", 20 },
		{ "<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>", 25 },
		{ "&amp;", "<p>&amp;amp;</p>", 5 },
	};
	CHECK_CASES(cases);
}

static void blank_lines_part_paragraphs(void **state)
{
	(void)state;
	static const struct text_case cases[] = {
		{ "one\ntwo", "<p>one<br>two</p>", 7 },
		{ "one\r\ntwo\rthree", "<p>one<br>two<br>three</p>", 13 },
		{ "one\n \n\n\ntwo", "<p>one</p><p>two</p>", 8 },
		{ "\n\n  one \n\n", "<p>one</p>", 3 },
		{ "\n \n", "", 0 },
		{ "a\x01\xc2\x85z\tb", "<p>az\tb</p>", 4 },
	};
	CHECK_CASES(cases);
}

static void links_end_before_punctuation(void **state)
{
	(void)state;
	static const struct text_case cases[] = {
		{ "See https://a.example/b.", "<p>See " LINK("https://a.example/b", "a.example/b") ".</p>", 28 },
		{ "(https://a.example/x_(y))", "<p>(" LINK("https://a.example/x_(y)", "a.example/x_(y)") ")</p>", 25 },
		{ "HTTPS://A.Example/?q=1&r=2, so",
			"<p>" LINK("https://a.example/?q=1&amp;r=2", "a.example/?q=1&amp;r=2") ", so</p>", 27 },
		{ "xhttps://a.example/", "<p>xhttps://a.example/</p>", 19 },
		{ "https:// javascript:alert(1)", "<p>https:// javascript:alert(1)</p>", 28 },
		{ "https://user:pw@a.example/", "<p>https://user:pw@a.example/</p>", 26 },
		{ "https://a.example/\"onclick=x", "<p>" LINK("https://a.example/", "a.example/") "&quot;onclick=x</p>", 33 },
	};
	CHECK_CASES(cases);
}

static void a_long_link_is_shortened_for_the_eye_only(void **state)
{
	(void)state;
	static const struct text_case cases[] = {
		{ "https://a.example/0123456789012345678901234567890",
			"<p><a href=\"https://a.example/0123456789012345678901234567890\" rel=\"nofollow noopener noreferrer\" target=\"_blank\">"
			"<span class=\"invisible\">https://</span><span class=\"ellipsis\">a.example/01234567890123456789</span>"
			"<span class=\"invisible\">01234567890</span></a></p>", 23 },
	};
	CHECK_CASES(cases);
}

static void only_actors_that_are_there_are_mentioned(void **state)
{
	(void)state;
	static const struct text_case cases[] = {
		{ "@flora, merci", "<p>" FLORA ", merci</p>", 13 },
		{ "merci @flora@fleurs.example!", "<p>merci " FLORA "!</p>", 13 },
		{ "@nobody hi", "<p>@nobody hi</p>", 10 },
		{ "mail me@flora or x.@flora", "<p>mail me@flora or x.@flora</p>", 25 },
		{ "@flora@elsewhere.example", "<p>@flora@elsewhere.example</p>", 24 },
		{ "@ flora @", "<p>@ flora @</p>", 9 },
		{ "@karim@magasin.example:8080: hi",
			"<p><span class=\"h-card\"><a href=\"https://magasin.example/@karim\" class=\"u-url mention\">@<span>karim"
			"</span></a></span>: hi</p>", 10 },
	};
	CHECK_CASES(cases);
}

static void each_mentioned_actor_is_listed_once(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(1024 * 1024);
	struct rendered_text rendered;
	struct str text = STR("@flora @karim@magasin.example:8080 @flora @nobody");
	assert_int_equal(publish_text_render(arena, text, &options, &rendered), ERROR_NONE);
	assert_int_equal(rendered.mention_count, 2);
	assert_int_equal(rendered.mentioned_actor_ids[0], 7);
	assert_int_equal(rendered.mentioned_actor_ids[1], 8);
}

static void hashtags_link_to_one_page_in_every_spelling(void **state)
{
	(void)state;
	static const struct text_case cases[] = {
		{ "#Fleurs", "<p>" TAG("fleurs", "Fleurs") "</p>", 7 },
		{ "(#\xc3\x89t\xc3\xa9)", "<p>(" TAG("%C3%A9t%C3%A9", "\xc3\x89t\xc3\xa9") ")</p>", 6 },
		{ "#2026 #a1 ##x a#b &#x", "<p>#2026 " TAG("a1", "a1") " ##x a#b &amp;#x</p>", 21 },
		{ "#a-b", "<p>" TAG("a", "a") "-b</p>", 4 },
	};
	CHECK_CASES(cases);
}

static void each_hashtag_is_listed_once_and_not_too_many(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(8 * 1024 * 1024);
	struct rendered_text rendered;
	struct str text = STR("#Fleurs #\xc3\x89t\xc3\xa9 #fleurs #FLEURS");
	assert_int_equal(publish_text_render(arena, text, &options, &rendered), ERROR_NONE);
	assert_int_equal(rendered.tag_count, 2);
	assert_string_equal(rendered.tags[0].data, "fleurs");
	assert_string_equal(rendered.tags[1].data, "\xc3\xa9t\xc3\xa9");
	AUTO(buf) struct buf many = { 0 };
	for (int i = 0; i < POST_MAX_TAGS + 1; i++)
		buf_add_str(&many, arena_printf(arena, "#tag%d ", i));
	assert_int_equal(publish_text_render(arena, buf_str(&many), &options, &rendered), ERROR_NONE);
	assert_int_equal(rendered.tag_count, POST_MAX_TAGS);
}

static void without_a_search_nobody_is_mentioned(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(1024 * 1024);
	static const struct publish_text_options none = { 0 };
	struct rendered_text rendered;
	assert_int_equal(publish_text_render(arena, STR_LITERAL("@flora"), &none, &rendered), ERROR_NONE);
	assert_string_equal(rendered.html.data, "<p>@flora</p>");
	assert_int_equal(rendered.mention_count, 0);
}

static void characters_are_counted_as_people_see_them(void **state)
{
	(void)state;
	static const struct text_case cases[] = {
		{ "e\xcc\x81t\xc3\xa9", "<p>e\xcc\x81t\xc3\xa9</p>", 3 },
		{ "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x8c\xbe", "<p>\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x8c\xbe</p>", 1 },
	};
	CHECK_CASES(cases);
}

static void broken_text_is_refused(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(1024 * 1024);
	struct rendered_text rendered;
	static char long_text[PUBLISH_TEXT_MAX_BYTES + 1];
	memset(long_text, 'a', sizeof(long_text));
	assert_int_equal(publish_text_render(arena, STR_LITERAL("a\xff"), &options, &rendered), ERROR_BAD_REQUEST);
	assert_int_equal(publish_text_render(arena, STR_LITERAL("a\xed\xa0\x80"), &options, &rendered), ERROR_BAD_REQUEST);
	assert_int_equal(publish_text_render(arena, STR_LITERAL("a\0b"), &options, &rendered), ERROR_BAD_REQUEST);
	assert_int_equal(publish_text_render(arena, (struct str){ long_text, sizeof(long_text) }, &options, &rendered),
		ERROR_CONTENT_TOO_LARGE);
}

static void lookups_are_bounded(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(16 * 1024 * 1024);
	static char text[PUBLISH_TEXT_MAX_BYTES];
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = "@a "[i % 3];
	struct rendered_text rendered;
	lookups = 0;
	assert_int_equal(publish_text_render(arena, (struct str){ text, sizeof(text) }, &options, &rendered), ERROR_NONE);
	assert_in_range(lookups, 1, 300);
	assert_int_equal(rendered.characters, sizeof(text));
}

static void the_sanitiser_finds_nothing_to_remove(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(1024 * 1024);
	struct rendered_text rendered;
	struct str plain = STR("<b>vu</b> sur https://a.example/0123456789012345678901234567890?a=1&b=2 1\n2\n\n3 < 4");
	assert_int_equal(publish_text_render(arena, plain, &options, &rendered), ERROR_NONE);
	assert_string_equal(html_clean(arena, rendered.html, 64 * 1024).data, rendered.html.data);

	/* To these it adds the rel of every foreign link, no more. */
	assert_int_equal(publish_text_render(arena, STR_LITERAL("Bonjour @flora #Fleurs"), &options, &rendered), ERROR_NONE);
	struct str clean = html_clean(arena, rendered.html, 64 * 1024);
	assert_string_equal(html_text(arena, clean).data, "Bonjour @flora #Fleurs");
	assert_true(str_index_of_str(clean, STR_LITERAL("class=\"u-url mention\"")) < clean.len);
	assert_true(str_index_of_str(clean, STR_LITERAL("class=\"mention hashtag\"")) < clean.len);
	assert_true(str_index_of_str(clean, STR_LITERAL("<span class=\"h-card\">")) < clean.len);
}

static void a_warning_becomes_one_line(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(64 * 1024);
	struct str line;
	assert_int_equal(publish_text_plain(arena, STR_LITERAL(" pollen\r\nand\tbees \x02\n"), &line), ERROR_NONE);
	assert_string_equal(line.data, "pollen and bees");
	assert_int_equal(publish_text_plain(arena, STR_LITERAL("\xc0"), &line), ERROR_BAD_REQUEST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(markup_is_shown_as_typed),
		cmocka_unit_test(blank_lines_part_paragraphs),
		cmocka_unit_test(links_end_before_punctuation),
		cmocka_unit_test(a_long_link_is_shortened_for_the_eye_only),
		cmocka_unit_test(only_actors_that_are_there_are_mentioned),
		cmocka_unit_test(each_mentioned_actor_is_listed_once),
		cmocka_unit_test(hashtags_link_to_one_page_in_every_spelling),
		cmocka_unit_test(each_hashtag_is_listed_once_and_not_too_many),
		cmocka_unit_test(without_a_search_nobody_is_mentioned),
		cmocka_unit_test(characters_are_counted_as_people_see_them),
		cmocka_unit_test(broken_text_is_refused),
		cmocka_unit_test(lookups_are_bounded),
		cmocka_unit_test(the_sanitiser_finds_nothing_to_remove),
		cmocka_unit_test(a_warning_becomes_one_line),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
