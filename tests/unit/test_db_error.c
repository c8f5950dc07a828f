/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What SQLSTATEs mean, and when a connection or a prepared statement is of no more use. */
#include "storage/db_error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void each_sqlstate_has_its_meaning(void **state)
{
	(void)state;
	static const struct {
		const char *sqlstate;
		enum error error;
		bool ends_connection;
	} cases[] = {
		{ NULL, ERROR_DATABASE_UNREACHABLE, true },
		{ "23505", ERROR_CONFLICT, false },
		{ "23503", ERROR_DATABASE, false },
		{ "25006", ERROR_DATABASE_UNREACHABLE, true },
		{ "25P02", ERROR_DATABASE, false },
		{ "25P03", ERROR_DATABASE_UNREACHABLE, true },
		{ "40001", ERROR_UNAVAILABLE, false },
		{ "40P01", ERROR_UNAVAILABLE, false },
		{ "42P01", ERROR_DATABASE, false },
		{ "53100", ERROR_STORAGE_FULL, false },
		{ "53200", ERROR_UNAVAILABLE, false },
		{ "53300", ERROR_DATABASE_UNREACHABLE, true },
		{ "55P03", ERROR_TIMEOUT, false },
		{ "57014", ERROR_TIMEOUT, false },
		{ "57P01", ERROR_DATABASE_UNREACHABLE, true },
		{ "57P03", ERROR_DATABASE_UNREACHABLE, true },
		{ "58030", ERROR_STORAGE_FULL, false },
		{ "08006", ERROR_DATABASE_UNREACHABLE, true },
		{ "XX000", ERROR_DATABASE, false },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(db_error_from_sqlstate(cases[i].sqlstate), cases[i].error);
		assert_int_equal(db_error_ends_connection(cases[i].sqlstate), cases[i].ends_connection);
	}
}

static void only_a_stale_plan_is_prepared_anew(void **state)
{
	(void)state;
	assert_true(db_error_wants_prepare("0A000", "RevalidateCachedQuery"));
	assert_true(db_error_wants_prepare("26000", NULL));
	assert_false(db_error_wants_prepare("0A000", "transformSelectStmt"));
	assert_false(db_error_wants_prepare("0A000", NULL));
	assert_false(db_error_wants_prepare("42P01", "RevalidateCachedQuery"));
	assert_false(db_error_wants_prepare(NULL, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_sqlstate_has_its_meaning),
		cmocka_unit_test(only_a_stale_plan_is_prepared_anew),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
