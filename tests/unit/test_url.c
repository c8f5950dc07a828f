/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The canonical form of URLs and hosts, and the texts that have none (CHECKLIST A1, A6, 0 libcurl). */
#include "base/url.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct arena *arena;

static void assert_str(struct str value, const char *expected)
{
	assert_string_equal(arena_c_string(arena, value), expected);
}

static void urls_have_one_canonical_text(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		const char *canonical;
	} cases[] = {
		{ "https://example.org", "https://example.org/" },
		{ "HTTPS://EXAMPLE.org:443/A", "https://example.org/A" },
		{ "http://example.org:80?q", "http://example.org/?q" },
		{ "http://example.org:0080/", "http://example.org/" },
		{ "https://example.org:/", "https://example.org/" },
		{ "https://example.org:8443/", "https://example.org:8443/" },
		{ "https://example.org./x", "https://example.org/x" },
		{ "https://b\u00fccher.example/", "https://xn--bcher-kva.example/" },
		{ "https://B\u00dcCHER.example/", "https://xn--bcher-kva.example/" },
		{ "https://XN--BCHER-KVA.example/", "https://xn--bcher-kva.example/" },
		{ "https://fa\u00df.example/", "https://xn--fa-hia.example/" },
		{ "https://\uff45xample\u3002org/", "https://example.org/" },
		{ "https://r3---sn-4g5e.example/", "https://r3---sn-4g5e.example/" },
		{ "http://127.0.0.1:8080/", "http://127.0.0.1:8080/" },
		{ "http://[2001:DB8:0:0:0:0:0:1]/", "http://[2001:db8::1]/" },
		{ "http://[::1]:80/", "http://[::1]/" },
		{ "http://[::ffff:7f00:1]:81/", "http://[::ffff:127.0.0.1]:81/" },
		{ "https://a.test/%7euser/%e9%2F%41", "https://a.test/~user/%E9%2FA" },
		{ "https://a.test/a/./b/../c/", "https://a.test/a/c/" },
		{ "https://a.test/%2e%2E/x/..", "https://a.test/" },
		{ "https://a.test/../../x/.", "https://a.test/x/" },
		{ "https://a.test//x//", "https://a.test//x//" },
		{ "https://a.test/\u00e9\"<>^`{|}", "https://a.test/%C3%A9%22%3C%3E%5E%60%7B%7C%7D" },
		{ "https://a.test/?a=[%5b]&b=?#f#%61", "https://a.test/?a=%5B%5B%5D&b=?#f%23a" },
		{ "https://a.test?", "https://a.test/?" },
		{ "https://a.test/@user#main-key", "https://a.test/@user#main-key" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct url url;
		if (!url_parse(arena, str_from(cases[i].text), &url))
			fail_msg("%s", cases[i].text);
		assert_str(url.text, cases[i].canonical);
		struct url again;
		assert_true(url_parse(arena, url.text, &again));
		assert_str(again.text, cases[i].canonical);
	}
}

static void the_parts_are_slices_of_the_text(void **state)
{
	(void)state;
	struct url url;
	assert_true(url_parse(arena, STR_LITERAL("http://Ex.test:8080/p?q=1#f"), &url));
	assert_str(url.scheme, "http");
	assert_str(url.host, "ex.test");
	assert_str(url.authority, "ex.test:8080");
	assert_str(url.path, "/p");
	assert_str(url.query, "q=1");
	assert_str(url.fragment, "f");
	assert_true(url.has_port);
	assert_int_equal(url.port, 8080);
	assert_true(url_parse(arena, STR_LITERAL("https://ex.test"), &url));
	assert_null(url.query.data);
	assert_null(url.fragment.data);
	assert_int_equal(url.port, 443);
	assert_false(url.has_port);
	assert_str(url.authority, "ex.test");
}

static void ambiguous_urls_are_refused(void **state)
{
	(void)state;
	static const struct str cases[] = { STR(""), STR("https"), STR("https:"), STR("https://"), STR("https:///x"),
		STR("http:/127.0.0.1/"), STR("http:example.org"), STR("//example.org/"), STR("example.org"),
		STR("ftp://example.org/"), STR("javascript:alert(1)"), STR("file:///etc/passwd"), STR(" https://a.test/"),
		STR("https://a.test/ "), STR("https://a.test/a b"), STR("https://a.test/\n"), STR("https://a\ttest/"),
		STR("https://a.test/\x7f"), STR("https://a.test\0/"), STR("https://user@a.test/"),
		STR("https://user:pw@a.test/"), STR("http://a@127.0.0.1:80#@ok.test"), STR("http://ok.test\\@127.0.0.1"),
		STR("https:\\\\a.test"), STR("https://@a.test/"), STR("https://a.test:0/"), STR("https://a.test:65536/"),
		STR("https://a.test:-1/"), STR("https://a.test:+1/"), STR("https://a.test:8 0/"), STR("https://a.test:x/"),
		STR("https://a:1:2/"), STR("https://a.test/%"), STR("https://a.test/%4"), STR("https://a.test/%zz"),
		STR("https://a.test/%00"), STR("https://a.test/?%0"), STR("https://a.test/#%g0"), STR("https://a%2etest/"),
		STR("https://a..test/"), STR("https://.a.test/"), STR("https://a.test../"), STR("https://-a.test/"),
		STR("https://a-.test/"), STR("https://a_b.test/"), STR("https://a.test/\xff"), STR("https://\xff.test/"),
		STR("https://[::1"), STR("https://[]/"), STR("https://[::1]x/"), STR("https://[fe80::1%25eth0]/"),
		 STR("https://[1.2.3.4]/"), STR("https://::1/"), STR("https://a\u200b/b c"),
		STR("https://xn--a/"), STR("https://xn--zzzzzz99999999.test/"), STR("https://\u2488com/") };
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct url url = { .port = 7 };
		if (url_parse(arena, cases[i], &url))
			fail_msg("case %zu: %.*s", i, STR_ARG(cases[i]));
		assert_int_equal(url.port, 7);
	}
}

static void numeric_hosts_are_dotted_quads_or_refused(void **state)
{
	(void)state;
	static const char *const cases[] = { "127.1", "2130706433", "0x7f.1", "0177.0.0.1", "0", "0x7f000001", "0x",
		"127.0.0.01", "127.0.0.256", "1.2.3.4.5", "1.2.3", "127.0.0.1.", "0x7F.0.0.1", "a.1", "a.0x1f", "127.0.0.0x1",
		"\uff11\uff12\uff17.0.0.1", "127\u30020\u30020\u30021", "\u2460", "00000177.1" };
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct str parts[] = { STR("http://"), str_from(cases[i]), STR("/") };
		struct url url;
		struct str host;
		if (url_parse(arena, arena_join(arena, parts, 3), &url))
			fail_msg("%s", cases[i]);
		assert_false(url_canonical_host(arena, parts[1], &host));
	}
	struct str host;
	assert_false(url_canonical_host(arena, STR_LITERAL("127.0.0.1"), &host));
	assert_false(url_canonical_host(arena, STR_LITERAL("[::1]"), &host));
	assert_true(url_canonical_host(arena, STR_LITERAL("1.test"), &host));
	assert_true(url_canonical_host(arena, STR_LITERAL("0xfg"), &host));
}

static struct str repeated(const char *before, const char *middle, size_t count)
{
	struct str *parts = arena_alloc_array(arena, count + 1, sizeof(*parts));
	parts[0] = str_from(before);
	for (size_t i = 1; i <= count; i++)
		parts[i] = str_from(middle);
	return arena_join(arena, parts, count + 1);
}

static void long_urls_and_hosts_are_refused(void **state)
{
	(void)state;
	struct url url;
	assert_true(url_parse(arena, repeated("https://a.test/", "x", URL_MAX_BYTES - 15), &url));
	assert_false(url_parse(arena, repeated("https://a.test/", "x", URL_MAX_BYTES - 14), &url));
	/* Short when decoded, too long as it came. */
	assert_false(url_parse(arena, repeated("https://a.test/", "%61", 1000), &url));
	/* Short as it came, too long when encoded. */
	assert_false(url_parse(arena, repeated("https://a.test/", "\u00e9", 900), &url));
	struct str host;
	assert_true(url_canonical_host(arena, repeated("", "a", 63), &host));
	assert_false(url_canonical_host(arena, repeated("", "a", 64), &host));
	assert_true(url_canonical_host(arena, repeated("a", ".a", 126), &host));
	assert_false(url_canonical_host(arena, repeated("a", ".a", 127), &host));
	assert_false(url_canonical_host(arena, repeated("", "\u00e9", 1000), &host));
}

static void origins_compare_scheme_host_and_port(void **state)
{
	(void)state;
	static const struct {
		const char *a;
		const char *b;
		bool is_same;
	} cases[] = {
		{ "https://a.test/x", "https://A.test:443/y", true },
		{ "https://a.test/", "http://a.test/", false },
		{ "https://a.test/", "https://a.test:444/", false },
		{ "https://a.test/", "https://b.test/", false },
		{ "https://b\u00fccher.test/", "https://xn--bcher-kva.test/", true },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct url a;
		struct url b;
		assert_true(url_parse(arena, str_from(cases[i].a), &a));
		assert_true(url_parse(arena, str_from(cases[i].b), &b));
		assert_int_equal(url_same_origin(&a, &b), cases[i].is_same);
	}
}

static void hosts_are_shown_in_letters_unless_they_deceive(void **state)
{
	(void)state;
	static const struct {
		const char *host;
		const char *shown;
	} cases[] = {
		{ "example.org", "example.org" },
		{ "xn--bcher-kva.example", "b\u00fccher.example" },
		{ "xn--e1afmkfd.xn--p1ai", "\u043f\u0440\u0438\u043c\u0435\u0440.\u0440\u0444" },
		{ "xn--r8jz45g.jp", "\u4f8b\u3048.jp" },
		{ "xn--80ak6aa92e.com", "xn--80ak6aa92e.com" },     /* apple in Cyrillic */
		{ "xn--pple-43d.com", "xn--pple-43d.com" },         /* Cyrillic a, then Latin */
		{ "xn--n3h.example", "xn--n3h.example" },           /* a snowman */
		{ "xn--a", "xn--a" },
		{ "xn--ggle-55da.com", "xn--ggle-55da.com" },       /* Greek o among Latin */
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_str(url_display_host(arena, str_from(cases[i].host)), cases[i].shown);
}

static void percent_decoding_is_strict(void **state)
{
	(void)state;
	struct str text;
	assert_true(url_decode(arena, STR_LITERAL("%41+b%C3%a9%2B"), false, &text));
	assert_str(text, "A+b\u00e9+");
	assert_true(url_decode(arena, STR_LITERAL("%41+b%2B"), true, &text));
	assert_str(text, "A b+");
	assert_true(url_decode(arena, (struct str){ 0 }, true, &text));
	assert_int_equal(text.len, 0);
	static const struct str refused[] = { STR("%"), STR("a%4"), STR("%4g"), STR("%00"), STR("a\0b"), STR("%ff"),
		STR("%C3"), STR("%ED%A0%80"), STR("%C0%AF") };
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		assert_false(url_decode(arena, refused[i], true, &text));
}

static void encoding_keeps_unreserved_characters_only(void **state)
{
	(void)state;
	assert_str(url_encode(arena, STR_LITERAL("aZ9-._~ /?&=+\u00e9")), "aZ9-._~%20%2F%3F%26%3D%2B%C3%A9");
}

static int setup(void **state)
{
	(void)state;
	arena = arena_new((size_t)16 * 1024 * 1024);
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
		cmocka_unit_test(urls_have_one_canonical_text),
		cmocka_unit_test(the_parts_are_slices_of_the_text),
		cmocka_unit_test(ambiguous_urls_are_refused),
		cmocka_unit_test(numeric_hosts_are_dotted_quads_or_refused),
		cmocka_unit_test(long_urls_and_hosts_are_refused),
		cmocka_unit_test(origins_compare_scheme_host_and_port),
		cmocka_unit_test(hosts_are_shown_in_letters_unless_they_deceive),
		cmocka_unit_test(percent_decoding_is_strict),
		cmocka_unit_test(encoding_keeps_unreserved_characters_only),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
