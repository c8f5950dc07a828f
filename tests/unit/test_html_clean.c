/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The sanitiser (CHECKLIST E1 to E4, advisories 12 and 48): stated results, the cases known from mutation
 * XSS, and bounds on depth and output. Every result is cleaned again and must not change. */
#include "base/html.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define LARGE ((size_t)1024 * 1024)
#define REL " rel=\"nofollow noopener noreferrer\" target=\"_blank\""

static struct str clean(struct arena *arena, struct str html, size_t max_bytes)
{
	struct str once = html_clean(arena, html, max_bytes);
	struct str twice = html_clean(arena, once, max_bytes);
	if (!str_eq(once, twice))
		fail_msg("not a fixed point: %.*s -> %.*s", STR_ARG(once), STR_ARG(twice));
	return once;
}

struct clean_case {
	struct str html;
	const char *cleaned;
};

static void check(const struct clean_case *cases, size_t count)
{
	AUTO(arena) struct arena *arena = arena_new(16 * LARGE);
	for (size_t i = 0; i < count; i++) {
		struct str result = clean(arena, cases[i].html, LARGE);
		assert_string_equal(arena_c_string(arena, result), cases[i].cleaned);
	}
}
#define CHECK(cases) check(cases, sizeof(cases) / sizeof(cases[0]))

static void the_allowed_elements_stay(void **state)
{
	(void)state;
	static const struct clean_case cases[] = {
		{ STR(""), "" },
		{ STR("<p>a <span>b</span><br/>c</p>"), "<p>a <span>b</span><br>c</p>" },
		{ STR("<del>1</del><s>2</s><b>3</b><strong>4</strong><u>5</u><i>6</i><em>7</em>"),
			"<del>1</del><s>2</s><b>3</b><strong>4</strong><u>5</u><i>6</i><em>7</em>" },
		{ STR("<PRE>\n\nx\n y</PRE><CODE>z</CODE>"), "<pre>x\n y</pre><code>z</code>" },
		{ STR("<pre>&#10;x</pre>"), "<pre>x</pre>" },
		{ STR("<pre><b>\nx</b></pre>"), "<pre><b>\nx</b></pre>" },
		{ STR("<blockquote cite=\"https://a.test/\">q</blockquote>"),
			"<blockquote cite=\"https://a.test/\">q</blockquote>" },
		{ STR("<blockquote cite=javascript:x>q</blockquote>"), "<blockquote>q</blockquote>" },
		{ STR("<ol start=\" 3\" reversed><li value=7>a</li><li value=x>b</li></ol>"),
			"<ol start=\"3\" reversed=\"\"><li value=\"7\">a</li><li>b</li></ol>" },
		{ STR("<ol start=99999999999 type=a><li>b</ol>"), "<ol><li>b</li></ol>" },
		{ STR("<ruby>x<rp>(</rp><rt>y</rt><rp>)</rp></ruby>"), "<ruby>x<rp>(</rp><rt>y</rt><rp>)</rp></ruby>" },
		{ STR("a & b &amp; &lt;b&gt; \"'"), "a &amp; b &amp; &lt;b&gt; \"'" },
		{ STR("&eacute;&nbsp;&#x1F600;&#8364;&notanentity;"), "\u00e9\u00a0\U0001f600\u20ac\u00acanentity;" },
		{ STR("<span class=\"h-card\" translate=\"no\"><a href=\"https://a.test/@u\" class=\"u-url mention\">@u</a></span>"),
			"<span class=\"h-card\" translate=\"no\"><a href=\"https://a.test/@u\" class=\"u-url mention\"" REL ">@u</a></span>" },
	};
	CHECK(cases);
}

static void other_elements_lose_their_tags(void **state)
{
	(void)state;
	static const struct clean_case cases[] = {
		{ STR("<font color=red>a</font><blink>b</blink><custom-tag>c</custom-tag>"), "abc" },
		{ STR("<h1>T <i>x</i></h1>y<h2>U"), "<p><strong>T <i>x</i></strong></p>y<p><strong>U</strong></p>" },
		{ STR("<div>a</div><div>b</div>"), "a<br>b" },
		{ STR("<div><p>a</p></div><p>b</p>"), "<p>a</p><p>b</p>" },
		{ STR("<table><tr><td>a</td></tr><tr><td>b</td></tr></table>"), "a<br>b" },
		{ STR("a<img src=x onerror=alert(1)>b"), "ab" },
		{ STR("<form><input name=a><button>go</button></form>"), "go" },
		{ STR("<form><form><p>x</form></form>"), "<p>x</p>" },
		{ STR("<li>a<li>b"), "a<br>b" },
		{ STR("<rt>x</rt>"), "x" },
		{ STR("<base href=//evil.test><meta http-equiv=refresh content=0><link rel=stylesheet href=x>t"), "t" },
		{ STR("<!doctype html><?php echo 1 ?>a<!-- <b> -->b<!-->c<!--->d<!-- x --!>e"), "abcde" },
	};
	CHECK(cases);
}

static void content_of_active_elements_goes(void **state)
{
	(void)state;
	static const struct clean_case cases[] = {
		{ STR("<script>alert(1)</script>a"), "a" },
		{ STR("<SCRIPT src=x>alert(1)</sCrIpT >a"), "a" },
		{ STR("<script>alert('</scripty>')</script foo=\">\">a"), "a" },
		{ STR("<script>alert(1)"), "" },
		{ STR("a<style>b{}</style>c<title>t</title>d<textarea><b></textarea>e<xmp><i></xmp>f"), "acdef" },
		{ STR("a<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\"></noscript>b"), "a\"&gt;b" },
		{ STR("a<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>b<noembed>x</noembed><noframes>y</noframes>c"), "abc" },
		{ STR("a<template><script>1</script><b>x</template>b"), "ab" },
		{ STR("a<plaintext>b</plaintext><script>"), "a" },
		{ STR("<svg onload=alert(1)><circle/></svg>a"), "a" },
		{ STR("<svg/onload=alert(1)//>a"), "a" },
		{ STR("<svg><svg></svg><b>x</b></svg>a"), "a" },
		{ STR("<object data=x><embed src=y>z</object>a"), "a" },
		{ STR("<select><option>x</select>a<video><source src=x onerror=1>no</video><audio src=x onerror=1></audio>"), "a" },
		{ STR("<math></math>a<math>b</math>c<math><annotation-xml encoding=text/html><img src=x onerror=1>"), "ac" },
	};
	CHECK(cases);
}

static void links_lead_to_known_schemes_only(void **state)
{
	(void)state;
	static const struct clean_case cases[] = {
		{ STR("<a href=https://a.test/x>y</a>"), "<a href=\"https://a.test/x\"" REL ">y</a>" },
		{ STR("<a HREF='HTTP://A.test?a&amp;b=\"'>y</a>"), "<a href=\"HTTP://A.test?a&amp;b=&quot;\"" REL ">y</a>" },
		{ STR("<a href=\"https://a.test/?x&copy=1\">y</a>"), "<a href=\"https://a.test/?x&amp;copy=1\"" REL ">y</a>" },
		{ STR("<a href=\" \n https://a.test/ \">y</a>"), "<a href=\"https://a.test/\"" REL ">y</a>" },
		{ STR("<a rel=me target=_self onclick=x style=y href=gemini://a.test/>y</a>"), "<a href=\"gemini://a.test/\"" REL ">y</a>" },
		{ STR("<a href=\"magnet:?xt=urn:x\">y</a>"), "<a href=\"magnet:?xt=urn:x\"" REL ">y</a>" },
		{ STR("<a href=https://a.test href=javascript:alert(1)>y</a>"), "<a href=\"https://a.test\"" REL ">y</a>" },
		{ STR("<a href=javascript:alert(1) href=https://a.test>y</a>"), "y" },
		{ STR("<a href=\"javascript:alert(1)\">y</a>"), "y" },
		{ STR("<a href=\"JaVa\tscript:alert(1)\">y</a>"), "y" },
		{ STR("<a href=\"&#106;avascript:alert(1)\">y</a>"), "y" },
		{ STR("<a href=\"java&Tab;script&colon;alert(1)\">y</a>"), "y" },
		{ STR("<a href=\"&#x6A&#x61vascript:alert(1)\">y</a>"), "y" },
		{ STR("<a href=\"\x01\x02javascript:alert(1)\">y</a>"), "y" },
		{ STR("<a href=\"  javascript:alert(1)\">y</a>"), "y" },
		{ STR("<a href=`javascript:alert(1)`>y</a>"), "y" },
		{ STR("<a href=data:text/html,x>1</a><a href=vbscript:x>2</a><a href=blob:https://a>3</a><a href=file:///x>4</a>"), "1234" },
		{ STR("<a href=//a.test>1</a><a href=/x>2</a><a href=x>3</a><a href=>4</a><a>5</a><a href=https:a>6</a><a href=https://>7</a>"), "1234567" },
		{ STR("<a href=\"https://ok.test\\@evil.test\">y</a><a href=\"https:\\\\evil.test\">z</a>"), "yz" },
		{ STR("<a href=\"https://ok.test@evil.test/\">y</a>"), "y" },
		{ STR("<a href=\"https://a.test/@user\">y</a>"), "<a href=\"https://a.test/@user\"" REL ">y</a>" },
		{ STR("<a href=\"https://a.test/\njavascript:x\">y</a>"), "y" },
		{ STR("<a href=mailto:a@b.test>y</a>"), "y" },
	};
	CHECK(cases);
}

static void only_known_classes_stay(void **state)
{
	(void)state;
	static const struct clean_case cases[] = {
		{ STR("<span class=\"invisible evil ellipsis\">x</span>"), "<span class=\"invisible ellipsis\">x</span>" },
		{ STR("<span class=\"modal\">x</span>"), "<span>x</span>" },
		{ STR("<span class=\"h-card p-x u-y dt-z e-w x-h- hash\">x</span>"), "<span class=\"h-card p-x u-y dt-z e-w\">x</span>" },
		{ STR("<span class='h-\"><script>'>x</span>"), "<span>x</span>" },
		{ STR("<p class=mention style=display:none id=x>x</p>"), "<p>x</p>" },
		{ STR("<span translate=yes>x</span>"), "<span>x</span>" },
	};
	CHECK(cases);
}

static void nesting_is_repaired(void **state)
{
	(void)state;
	static const struct clean_case cases[] = {
		{ STR("<p>a<p>b"), "<p>a</p><p>b</p>" },
		{ STR("<p>a<ul><li>b<li>c</ul>d</p>"), "<p>a</p><ul><li>b</li><li>c</li></ul>d" },
		{ STR("<b><i>x</b>y</i>"), "<b><i>x</i></b>y" },
		{ STR("<b><p>x</b>y</p>"), "<b><p>xy</p></b>" },
		{ STR("<a href=http://a.test>1<a href=http://b.test>2</a>3</a>"),
			"<a href=\"http://a.test\"" REL ">1</a><a href=\"http://b.test\"" REL ">2</a>3" },
		{ STR("<ul><li><ul><li>x</li></ul></li></ul>"), "<ul><li><ul><li>x</li></ul></li></ul>" },
		{ STR("<ul><li>a<blockquote>q<li>b</ul>"), "<ul><li>a<blockquote>q<br>b</blockquote></li></ul>" },
		{ STR("</p></b></ul>x</br>y"), "x<br>y" },
		{ STR("<ruby>a<rt>b<rt>c</ruby>"), "<ruby>a<rt>b</rt><rt>c</rt></ruby>" },
		{ STR("<p><span>x<div>y</div></span>z"), "<p><span>x<br>y</span><br>z</p>" },
		{ STR("<b"), "" },
		{ STR("x<b class=\"y"), "x" },
		{ STR("1 < 2 <3 <> </> </ b>"), "1 &lt; 2 &lt;3 &lt;&gt;  " },
		{ STR("<"), "&lt;" },
		{ STR("</"), "&lt;/" },
	};
	CHECK(cases);
}

static void bytes_that_are_no_text_go(void **state)
{
	(void)state;
	static const struct clean_case cases[] = {
		{ STR("a\0b\x01\x0b\x7f" "c\t\r\nd\re"), "abc\t\nd\ne" },
		{ STR("a\xff" "b\xc0\xaf"), "a\ufffd" "b\ufffd\ufffd" },
		{ STR("\xc2\x80\xc2\x9f\ufdd0\uffff\U0010ffff x"), " x" },
		{ STR("&#0;&#xD800;&#x110000;&#99999999999999;&#13;&#1;"), "\ufffd\ufffd\ufffd\ufffd" },
		{ STR("&#128;&#x99;"), "\u20ac\u2122" },
		{ STR("<scr\0ipt>alert(1)</scr\0ipt>"), "alert(1)" },
		{ STR("<\0script>alert(1)</script>"), "&lt;script&gt;alert(1)" },
		{ STR("+ADw-script+AD4-alert(1)"), "+ADw-script+AD4-alert(1)" },
		{ STR("&lt;script&gt;alert(1)&lt;/script&gt;"), "&lt;script&gt;alert(1)&lt;/script&gt;" },
		{ STR("&amp;lt;script&amp;gt;"), "&amp;lt;script&amp;gt;" },
	};
	CHECK(cases);
}

/* From the public corpora of DOMPurify and others. What survives must hold none of the characters that could
 * open a tag other than an allowed one. */
static void mutation_cases_leave_nothing_active(void **state)
{
	(void)state;
	static const char *const cases[] = {
		"<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
		"<svg><style><img src=x onerror=alert(1)></style></svg>",
		"<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">",
		"<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
		"<math><mtext><option><FAKEFAKE><option></option><mglyph><svg><mtext><style><a title=\"</style><img src='#' onerror='alert(1)'>\">",
		"<noscript><style></noscript><img src=x onerror=alert(1)>",
		"<xmp><p title=\"</xmp><img src=x onerror=alert(1)>\">",
		"<title><p title=\"</title><img src=x onerror=alert(1)>\">",
		"<textarea><script></textarea><img src=x onerror=alert(1)>",
		"<template><svg><style></template><img src=x onerror=alert(1)>",
		"<!--><img src=x onerror=alert(1)>-->",
		"<!--a--!><img src=x onerror=alert(1)>-->",
		"<![CDATA[><img src=x onerror=alert(1)>]]>",
		"<svg><![CDATA[</svg><img src=x onerror=alert(1)>]]>",
		"<?xml <img src=x onerror=alert(1)>?>",
		"<a href=\"https://a.test/\"onmouseover=alert(1)//>x</a>",
		"<a/onmouseover=alert(1)/href='https://a.test'>x</a>",
		"<p =\"onclick=alert(1)\" onclick=alert(1)>x",
		"<b <script>alert(1)</script>0",
		"<p/title=\"><script>alert(1)</script>\">",
		"<div id=\"1\n\" onclick='alert(1)'>x",
		"<<script>alert(1)//<</script>",
		"<iframe><iframe src=javascript:alert(1)>",
		"<object><param name=x value=javascript:alert(1)></object>",
		"<isindex type=image src=1 onerror=alert(1)>",
		"<ul><li style=behavior:url(x)>x",
		"<span class=\"h-x\" class=\"\" onx=\"y\">z</span>",
	};
	static const char *const tags[] = { "<p>", "</p>", "<b>", "</b>", "<ul>", "</ul>", "<li>", "</li>", "<br>",
		"<a href=\"https://a.test/\"" REL ">", "<a href=\"https://a.test\"" REL ">", "</a>", "<span class=\"h-x\">",
		"</span>" };
	AUTO(arena) struct arena *arena = arena_new(16 * LARGE);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct str rest = clean(arena, str_from(cases[i]), LARGE);
		while ((rest = str_slice(rest, str_index_of(rest, '<', 0), rest.len)).len > 0) {
			size_t len = 0;
			for (size_t j = 0; j < sizeof(tags) / sizeof(tags[0]); j++) {
				if (str_starts_with(rest, str_from(tags[j])))
					len = strlen(tags[j]);
			}
			if (len == 0)
				fail_msg("case %zu: %.*s", i, STR_ARG(rest));
			rest = str_slice(rest, len, rest.len);
		}
	}
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

static size_t nesting(struct str html)
{
	size_t depth = 0;
	size_t deepest = 0;
	for (size_t at = 0; at + 1 < html.len; at++) {
		if (html.data[at] == '<' && html.data[at + 1] == '/')
			depth--;
		else if (html.data[at] == '<' && ++depth > deepest)
			deepest = depth;
	}
	return deepest;
}

static void depth_is_bounded(void **state)
{
	(void)state;
	static const char *const tags[] = { "<b>", "<blockquote>", "<ul><li>", "<div>", "<math>", "<ruby>", "<ul><li><p>" };
	AUTO(arena) struct arena *arena = arena_new(64 * LARGE);
	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
		AUTO(buf) struct buf html = repeat("", tags[i], 64 * 1024, "x");
		struct str result = clean(arena, buf_str(&html), LARGE);
		assert_in_range(nesting(result), i == 3 || i == 4 ? 0 : 23, 24);
		assert_true(result.len <= (size_t)64 * 1024 * 16);
	}
	AUTO(buf) struct buf deep = repeat("", "<b>", 24, "x");
	struct str result = clean(arena, buf_str(&deep), LARGE);
	assert_int_equal(result.len, 24 * 7 + 1);
}

static void hostile_input_costs_no_more_than_its_length(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(64 * LARGE);
	AUTO(buf) struct buf attributes = repeat("<p", " a=b", 40000, ">x</p>");
	assert_string_equal(clean(arena, buf_str(&attributes), LARGE).data, "<p>x</p>");
	static const char *const middles[] = { "<!--", "<script>", "<a href=\"", "&#", "&amp", "<", "</", "<p a='", "--", "&aaaaaaaaaaaaaaaa",
		"<svg>", "<textarea>", "<!", "<a =", "</script", "\r", "<pre>\n" };
	for (size_t i = 0; i < sizeof(middles) / sizeof(middles[0]); i++) {
		AUTO(buf) struct buf html = repeat("<p>", middles[i], 100000, "");
		size_t used_bytes = arena_used_bytes(arena);
		assert_true(html_clean(arena, buf_str(&html), LARGE).len <= LARGE);
		/* The arena holds the result and nothing else. */
		assert_true(arena_used_bytes(arena) - used_bytes <= LARGE + 64);
	}
}

static void output_is_cut_and_closed(void **state)
{
	(void)state;
	static const struct {
		size_t max_bytes;
		const char *html;
		const char *cleaned;
	} cases[] = {
		{ 0, "<p>x</p>", "" },
		{ 7, "<p>x</p>", "<p></p>" },
		{ 8, "<p>xy</p>", "<p>x</p>" },
		{ 9, "<p>x\u00e9</p>", "<p>x</p>" },
		{ 14, "<p>x<b>y</b></p>", "<p>x</p>" },
		{ 15, "<p><b>yz</b></p>", "<p><b>y</b></p>" },
		{ 4, "a&b", "a" },
		{ 6, "a&b", "a&amp;" },
		{ 5, "ab<br>c", "ab" },
		{ 20, "<a href=https://a.test/>x</a>", "" },
	};
	AUTO(arena) struct arena *arena = arena_new(LARGE);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct str result = clean(arena, str_from(cases[i].html), cases[i].max_bytes);
		assert_string_equal(arena_c_string(arena, result), cases[i].cleaned);
		assert_true(result.len <= cases[i].max_bytes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_allowed_elements_stay),
		cmocka_unit_test(other_elements_lose_their_tags),
		cmocka_unit_test(content_of_active_elements_goes),
		cmocka_unit_test(links_lead_to_known_schemes_only),
		cmocka_unit_test(only_known_classes_stay),
		cmocka_unit_test(nesting_is_repaired),
		cmocka_unit_test(bytes_that_are_no_text_go),
		cmocka_unit_test(mutation_cases_leave_nothing_active),
		cmocka_unit_test(depth_is_bounded),
		cmocka_unit_test(hostile_input_costs_no_more_than_its_length),
		cmocka_unit_test(output_is_cut_and_closed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
