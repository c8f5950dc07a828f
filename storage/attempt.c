/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Fixed windows, one row each. */
#include "storage/attempt.h"

#include "storage/statement.h"
#include "base/mutant.h"

#include <openssl/evp.h>

#define SUBJECT_BYTES 32

static const struct {
	const char *name;
	int limit;
	int window_s;
} rules[] = {
	[ATTEMPT_PASSWORD] = { "password", 25, 3600 },
	[ATTEMPT_SECOND_FACTOR] = { "second_factor", 10, 600 },
	[ATTEMPT_MAIL] = { "mail", 5, 1800 },
	[ATTEMPT_MAIL_ADDRESS] = { "mail_address", 20, 1800 },
};

static const struct statement take = STATEMENT("attempt_take", 3,
	"insert into attempts as a (kind, subject, began_at, count)"
	" values ($1, $2, now(), 1)"
	" on conflict (kind, subject) do update"
	" set began_at = case when a.began_at <= now() - make_interval(secs => $3::integer) then now() else a.began_at end,"
	"     count = case when a.began_at <= now() - make_interval(secs => $3::integer) then 1 else least(a.count + 1, 1000000) end"
	" returning a.count,"
	" greatest(1, ceil(extract(epoch from a.began_at + make_interval(secs => $3::integer) - now())))::bigint"); // attempts_pkey

static const struct statement forget = STATEMENT("attempt_forget", 2,
	"delete from attempts"
	" where kind = $1"
	"   and subject = $2"); // attempts_pkey

STATEMENT_TABLE(attempt_statements, &take, &forget);

static void add_subject(struct db_values *values, enum attempt_kind kind, struct str subject, char buffer[SUBJECT_BYTES])
{
	unsigned length = 0;
	if (EVP_Digest(subject.data, subject.len, (unsigned char *)buffer, &length, EVP_sha256(), NULL) != 1)
		memory_fatal("SHA-256 failed");
	db_value_text(values, str_from(rules[kind].name));
	db_value_bytes(values, (struct str){ buffer, SUBJECT_BYTES });
}

enum error attempt_take(struct db *db, struct arena *arena, enum attempt_kind kind, struct str subject,
	bool *ret_is_allowed, int64_t *ret_wait_s)
{
	struct db_values values = { .count = 0 };
	char hash[SUBJECT_BYTES];
	add_subject(&values, kind, subject, hash);
	db_value_int32(&values, rules[kind].window_s);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &take, &values, &rows);
	if (error)
		return error;
	*ret_is_allowed = db_int64(&rows, 0, 0) <= rules[kind].limit || MUTANT("attempt_limit");
	*ret_wait_s = db_int64(&rows, 0, 1);
	return ERROR_NONE;
}

enum error attempt_forget(struct db *db, struct arena *arena, enum attempt_kind kind, struct str subject)
{
	struct db_values values = { .count = 0 };
	char hash[SUBJECT_BYTES];
	add_subject(&values, kind, subject, hash);
	return db_change(db, arena, &forget, &values, NULL);
}
