/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The vectors of RFC 6238 (SHA-1, the last six digits) and RFC 4648, and what is no code. */
#include "base/totp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct str secret = STR("12345678901234567890");

static void codes_are_those_of_the_standard(void **state)
{
	(void)state;
	static const struct {
		int64_t time_s;
		const char *code;
	} cases[] = { { 59, "287082" }, { 1111111109, "081804" }, { 1111111111, "050471" }, { 1234567890, "005924" },
		{ 2000000000, "279037" }, { 20000000000, "353130" } };
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char code[TOTP_DIGITS + 1];
		int64_t step = 0;
		totp_write_code(secret, cases[i].time_s / TOTP_STEP_S, code);
		assert_string_equal(code, cases[i].code);
		assert_true(totp_check(secret, str_from(cases[i].code), cases[i].time_s * 1000000, &step));
		assert_int_equal(step, cases[i].time_s / TOTP_STEP_S);
	}
}

static void a_code_is_good_one_step_early_and_late(void **state)
{
	(void)state;
	static const struct {
		int64_t late_s;
		bool is_good;
	} cases[] = { { -60, false }, { -30, true }, { 0, true }, { 30, true }, { 60, false } };
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t step;
		int64_t now_us = (1111111110 + cases[i].late_s) * 1000000;
		assert_int_equal(totp_check(secret, STR_LITERAL("050471"), now_us, &step), cases[i].is_good);
	}
}

static void what_is_no_code_is_refused(void **state)
{
	(void)state;
	static const char *const texts[] = { "", "28708", "2870820", "28708a", "-287082", "+87082", "287082\n", ("\xd9\xa2" "87082") };
	int64_t step = 7;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_false(totp_check(secret, str_from(texts[i]), 59000000, &step));
	assert_int_equal(step, 7);
	assert_true(totp_check(secret, STR_LITERAL(" 287 082 "), 59000000, &step));
}

static void secrets_are_typed_in_base32(void **state)
{
	(void)state;
	static const char *const cases[][2] = { { "", "" }, { "f", "MY" }, { "fo", "MZXQ" }, { "foo", "MZXW6" },
		{ "foob", "MZXW6YQ" }, { "fooba", "MZXW6YTB" }, { "foobar", "MZXW6YTBOI" } };
	struct arena *arena = arena_new(4096);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_true(str_eq(base32_encode(arena, str_from(cases[i][0])), str_from(cases[i][1])));
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codes_are_those_of_the_standard),
		cmocka_unit_test(a_code_is_good_one_step_early_and_late),
		cmocka_unit_test(what_is_no_code_is_refused),
		cmocka_unit_test(secrets_are_typed_in_base32),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
