/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Second factors: what is used once is used by one statement, so that two logins with one code are one. */
#include "storage/second_factor.h"

#include "storage/statement.h"
#include "base/mutant.h"

static const struct statement set = STATEMENT("second_factor_set", 3,
	"update users"
	" set totp_sealed = $2,"
	"     totp_last_step = $3"
	" where id = $1"); // users_pkey

static const struct statement clear = STATEMENT("second_factor_clear", 1,
	"with gone as ("
	"  delete from recovery_codes where user_id = $1"
	")"
	" update users"
	" set totp_sealed = null"
	" where id = $1"); // recovery_codes_pkey, users_pkey

static const struct statement use_step = STATEMENT("second_factor_use_step", 2,
	"update users"
	" set totp_last_step = $2"
	" where id = $1"
	"   and totp_last_step < $2"); // users_pkey

static const struct statement forget_codes = STATEMENT("second_factor_forget_codes", 1,
	"delete from recovery_codes"
	" where user_id = $1"); // recovery_codes_pkey

static const struct statement add_code = STATEMENT("second_factor_add_code", 2,
	"insert into recovery_codes (user_id, code_hash)"
	" values ($1, $2)"
	" on conflict do nothing"); // recovery_codes_pkey

static const struct statement use_code = STATEMENT("second_factor_use_code", 2,
	"delete from recovery_codes"
	" where user_id = $1"
	"   and code_hash = $2"); // recovery_codes_pkey

static const struct statement count_codes = STATEMENT("second_factor_count_codes", 1,
	"select count(*)"
	" from recovery_codes"
	" where user_id = $1"); // recovery_codes_pkey

STATEMENT_TABLE(second_factor_statements, &set, &clear, &use_step, &forget_codes, &add_code, &use_code, &count_codes);

static enum error change_one(struct db *db, struct arena *arena, const struct statement *statement,
	const struct db_values *values, enum error none)
{
	int64_t affected = 0;
	enum error error = db_change(db, arena, statement, values, &affected);
	if (error)
		return error;
	return affected ? ERROR_NONE : none;
}

enum error second_factor_set(struct db *db, struct arena *arena, int64_t user_id, struct str sealed, int64_t step)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, user_id);
	db_value_bytes(&values, sealed);
	db_value_int64(&values, step);
	return change_one(db, arena, &set, &values, ERROR_NOT_FOUND);
}

enum error second_factor_clear(struct db *db, struct arena *arena, int64_t user_id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, user_id);
	return change_one(db, arena, &clear, &values, ERROR_NOT_FOUND);
}

enum error second_factor_use_step(struct db *db, struct arena *arena, int64_t user_id, int64_t step)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, user_id);
	db_value_int64(&values, step);
	enum error error = change_one(db, arena, &use_step, &values, ERROR_CONFLICT);
	return error == ERROR_CONFLICT && MUTANT("totp_once") ? ERROR_NONE : error;
}

enum error recovery_code_replace(struct db *db, struct arena *arena, int64_t user_id, const struct str *hashes, size_t count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, user_id);
	enum error error = db_change(db, arena, &forget_codes, &values, NULL);
	for (size_t i = 0; !error && i < count; i++) {
		struct db_values code = { .count = 0 };
		db_value_int64(&code, user_id);
		db_value_bytes(&code, hashes[i]);
		error = db_change(db, arena, &add_code, &code, NULL);
	}
	return error;
}

enum error recovery_code_use(struct db *db, struct arena *arena, int64_t user_id, struct str hash)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, user_id);
	db_value_bytes(&values, hash);
	return change_one(db, arena, &use_code, &values, ERROR_NOT_FOUND);
}

enum error recovery_code_count(struct db *db, struct arena *arena, int64_t user_id, int64_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, user_id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &count_codes, &values, &rows);
	if (!error)
		*ret_count = db_int64(&rows, 0, 0);
	return error;
}
