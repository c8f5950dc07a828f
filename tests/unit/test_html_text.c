/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * HTML as plain text (CHECKLIST E10), and the escaping of text for HTML. */
#include "base/html.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static void html_becomes_lines(void **state)
{
	(void)state;
	static const struct {
		struct str html;
		const char *text;
	} cases[] = {
		{ STR(""), "" },
		{ STR("  plain \n text "), "plain text" },
		{ STR("<p>a</p><p>b<br>c<br/><br>d</p>"), "a\n\nb\nc\n\nd" },
		{ STR("<ul><li>a</li><li>b</li></ul>c"), "a\nb\n\nc" },
		{ STR("<div>a</div> <div>b</div>"), "a\nb" },
		{ STR("<h1>t</h1>x"), "t\n\nx" },
		{ STR("x <pre>a\n  b\n</pre> y"), "x\n\na\n  b\n\ny" },
		{ STR("a<b>b</b> <i>c</i>"), "ab c" },
		{ STR("&lt;b&gt; &amp;amp; &eacute;&hellip;&#39;&quot;&apos;&nbsp;x&unknown;"), "<b> &amp; \u00e9\u2026'\"'\u00a0x&unknown;" },
		{ STR("&copy2026 &notit; &AMP; &alpha &alpha;"), "\u00a92026 \u00acit; & &alpha \u03b1" },
		{ STR("a<script>b</script><style>c</style><svg>d</svg><!-- e -->f"), "af" },
		{ STR("1 < 2 &#60;3"), "1 < 2 <3" },
		{ STR("<a href=\"https://a.test/\"><span class=\"invisible\">https://</span>a.test</a>"), "https://a.test" },
		{ STR("a\0\x1b[31m\xff" "b"), "a[31m\ufffd" "b" },
		{ STR("<title>t</title>x<b"), "x" },
	};
	AUTO(arena) struct arena *arena = arena_new((size_t)1024 * 1024);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct str text = html_text(arena, cases[i].html);
		assert_string_equal(arena_c_string(arena, text), cases[i].text);
	}
}

static void five_characters_are_escaped(void **state)
{
	(void)state;
	AUTO(buf) struct buf buf = { 0 };
	html_escape(&buf, STR_LITERAL("<a href=\"x\" title='&'>\u00e9"));
	buf_add_char(&buf, '\0');
	assert_string_equal(buf.data, "&lt;a href=&quot;x&quot; title=&#39;&amp;&#39;&gt;\u00e9");
}

static void escaped_text_reads_back(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new((size_t)1024 * 1024);
	AUTO(buf) struct buf buf = { 0 };
	struct str text = STR("&amp; <script>&#60; \"'&lt");
	html_escape(&buf, text);
	assert_true(str_eq(html_text(arena, buf_str(&buf)), text));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(html_becomes_lines),
		cmocka_unit_test(five_characters_are_escaped),
		cmocka_unit_test(escaped_text_reads_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
