/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Passwords: what is taken, what is recognised, and what an unknown user costs. */
#include "base/password.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static struct arena *arena;

static int make_arena(void **state)
{
	(void)state;
	arena = arena_new(1 << 20);
	return 0;
}

static int free_arena(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

static void a_password_opens_its_own_hash_only(void **state)
{
	(void)state;
	struct str hash;
	bool wants_rehash = true;
	assert_int_equal(password_hash(arena, str_from("correct horse"), &hash), ERROR_NONE);
	assert_true(str_starts_with(hash, str_from("$argon2id$v=19$m=19456,t=2,p=1$")));
	assert_true(password_verify(str_from("correct horse"), hash, &wants_rehash));
	assert_false(wants_rehash);
	assert_false(password_verify(str_from("correct horsf"), hash, &wants_rehash));
	assert_false(password_verify(str_from(""), hash, &wants_rehash));
	struct str again;
	assert_int_equal(password_hash(arena, str_from("correct horse"), &again), ERROR_NONE);
	assert_false(str_eq(hash, again));
}

static void short_long_and_broken_passwords_are_refused(void **state)
{
	(void)state;
	static char long_password[PASSWORD_MAX_BYTES + 1];
	memset(long_password, 'a', sizeof(long_password));
	const struct {
		struct str password;
		enum error error;
	} cases[] = {
		{ STR(""), ERROR_UNPROCESSABLE },
		{ STR("1234567"), ERROR_UNPROCESSABLE },
		/* Seven characters of fourteen bytes. */
		{ STR("\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"), ERROR_UNPROCESSABLE },
		{ STR("12345678"), ERROR_NONE },
		{ STR("12345678\xff"), ERROR_UNPROCESSABLE },
		{ { long_password, PASSWORD_MAX_BYTES }, ERROR_NONE },
		{ { long_password, PASSWORD_MAX_BYTES + 1 }, ERROR_UNPROCESSABLE },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct str hash;
		assert_int_equal(password_hash(arena, cases[i].password, &hash), cases[i].error);
	}
}

static void two_forms_of_an_accent_are_one_password(void **state)
{
	(void)state;
	struct str hash;
	bool wants_rehash;
	assert_int_equal(password_hash(arena, str_from("caf\xc3\xa9 du coin"), &hash), ERROR_NONE);
	assert_true(password_verify(str_from("cafe\xcc\x81 du coin"), hash, &wants_rehash));
}

static void a_hash_with_other_parameters_opens_and_wants_to_be_made_anew(void **state)
{
	(void)state;
	bool wants_rehash = false;
	/* argon2id, m=64, t=1, p=1, of "password" with the salt "somesalt". */
	struct str hash = STR("$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$pMlwOs/gn+zdvoB/AGiRNA");
	assert_true(password_verify(str_from("password"), hash, &wants_rehash));
	assert_true(wants_rehash);
}

/* Of this process only, so that a busy machine does not matter. */
static int64_t cpu_us(void)
{
	struct timespec time;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (int64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

static int64_t cost_us(struct str hash)
{
	bool wants_rehash;
	int64_t best_us = INT64_MAX;
	for (int i = 0; i < 3; i++) {
		int64_t begun_us = cpu_us();
		assert_false(password_verify(str_from("wrong password"), hash, &wants_rehash));
		int64_t took_us = cpu_us() - begun_us;
		best_us = took_us < best_us ? took_us : best_us;
	}
	return best_us;
}

static void an_unknown_user_costs_as_much_as_a_wrong_password(void **state)
{
	(void)state;
	struct str hash;
	assert_int_equal(password_hash(arena, str_from("correct horse"), &hash), ERROR_NONE);
	int64_t known_us = cost_us(hash), unknown_us = cost_us(str_from(""));
	assert_in_range(unknown_us, known_us / 2, known_us * 2);
}

static void generated_passwords_are_long_distinct_and_free_of_look_alikes(void **state)
{
	(void)state;
	struct str first = password_generate(arena), second = password_generate(arena);
	assert_int_equal(first.len, 20);
	assert_false(str_eq(first, second));
	for (size_t i = 0; i < 200; i++) {
		struct str password = password_generate(arena);
		for (size_t j = 0; j < password.len; j++)
			assert_null(strchr("0O1Il", password.data[j]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_password_opens_its_own_hash_only),
		cmocka_unit_test(short_long_and_broken_passwords_are_refused),
		cmocka_unit_test(two_forms_of_an_accent_are_one_password),
		cmocka_unit_test(a_hash_with_other_parameters_opens_and_wants_to_be_made_anew),
		cmocka_unit_test(an_unknown_user_costs_as_much_as_a_wrong_password),
		cmocka_unit_test(generated_passwords_are_long_distinct_and_free_of_look_alikes),
	};
	return cmocka_run_group_tests(tests, make_arena, free_arena);
}
