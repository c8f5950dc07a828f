/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Base64 and base58btc, both ways and for what they refuse. */
#include "base/encoding.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void base64_gives_the_texts_of_rfc_4648_and_reads_them_back(void **state)
{
	(void)state;
	static const struct {
		const char *bytes;
		const char *text;
		const char *unpadded;
	} cases[] = {
		{ "", "", "" },
		{ "f", "Zg==", "Zg" },
		{ "fo", "Zm8=", "Zm8" },
		{ "foo", "Zm9v", "Zm9v" },
		{ "foob", "Zm9vYg==", "Zm9vYg" },
		{ "fooba", "Zm9vYmE=", "Zm9vYmE" },
		{ "foobar", "Zm9vYmFy", "Zm9vYmFy" },
		{ "\xff\xfe\xfb", "//77", "//77" },
	};
	AUTO(arena) struct arena *arena = arena_new(1 << 20);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct str bytes;
		assert_string_equal(arena_c_string(arena, base64_encode(arena, str_from(cases[i].bytes))), cases[i].text);
		assert_true(base64_decode(arena, str_from(cases[i].text), &bytes));
		assert_true(str_eq(bytes, str_from(cases[i].bytes)));
		assert_true(base64_decode(arena, str_from(cases[i].unpadded), &bytes));
		assert_true(str_eq(bytes, str_from(cases[i].bytes)));
	}
}

static void base64_refuses_other_texts(void **state)
{
	(void)state;
	static const struct str cases[] = { STR("Z"), STR("Zg="), STR("Zg==="), STR("Zm8=="), STR("Zm9v="), STR("===="),
		STR("Zm9v Yg=="), STR("Zm9v\nYg=="), STR("Zg-_"), STR("Zg=a"), STR("=Zg="), STR("Zg\0="), STR("Z\xc3\xa9g") };
	AUTO(arena) struct arena *arena = arena_new(1 << 20);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct str bytes;
		if (base64_decode(arena, cases[i], &bytes))
			fail_msg("case %zu, %.*s, is read", i, STR_ARG(cases[i]));
	}
}

static void base58_values_come_back_as_they_were(void **state)
{
	(void)state;
	static const struct {
		struct str bytes;
		const char *text;
	} cases[] = {
		{ STR("Hello World!"), "2NEpo7TZRRrLZSi2U" },
		{ STR("\0\0\x28\x7f\xb4\xcd"), "11233QC4" },
		{ STR("\0"), "1" },
		{ STR(""), "" },
		{ STR("\xff"), "5Q" },
	};
	AUTO(arena) struct arena *arena = arena_new(1 << 20);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		unsigned char bytes[16];
		assert_string_equal(arena_c_string(arena, base58btc_encode(arena, cases[i].bytes)), cases[i].text);
		assert_true(base58btc_decode(str_from(cases[i].text), cases[i].bytes.len, bytes));
		assert_memory_equal(bytes, cases[i].bytes.data, cases[i].bytes.len);
	}
}

static void base58_of_another_length_is_refused(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		size_t wanted;
	} cases[] = {
		{ "5Q", 2 },           /* one byte */
		{ "5R", 1 },           /* 256 */
		{ "15Q", 1 },          /* 00 ff */
		{ "1", 0 },
		{ "", 1 },
		{ "5q0", 2 },          /* 0 is no digit of base 58 */
		{ "5I", 1 }, { "5O", 1 }, { "5l", 1 }, { "5 ", 1 }, { "z5Q\n", 1 },
	};
	unsigned char bytes[BASE58BTC_MAX_BYTES];
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (base58btc_decode(str_from(cases[i].text), cases[i].wanted, bytes))
			fail_msg("%s is read as %zu bytes", cases[i].text, cases[i].wanted);
	}
	char ones[400];
	memset(ones, '1', sizeof(ones));
	assert_true(base58btc_decode((struct str){ ones, 128 }, 128, bytes));
	assert_false(base58btc_decode((struct str){ ones, sizeof(ones) }, 128, bytes));
	assert_false(base58btc_decode(STR_LITERAL("5\0"), 1, bytes));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(base64_gives_the_texts_of_rfc_4648_and_reads_them_back),
		cmocka_unit_test(base64_refuses_other_texts),
		cmocka_unit_test(base58_values_come_back_as_they_were),
		cmocka_unit_test(base58_of_another_length_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
