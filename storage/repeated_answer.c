/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Answers that may be asked for again. */
#include "storage/repeated_answer.h"

#include "storage/statement.h"

static const struct statement claim = STATEMENT("repeated_answer_claim", 4,
	"insert into repeated_answers as r (token_id, key_sha256, request_sha256, claim)"
	" values ($1, $2, $3, $4)"
	" on conflict (token_id, key_sha256) do update"
	" set request_sha256 = excluded.request_sha256,"
	"     claim = excluded.claim,"
	"     claimed_at = now(),"
	"     status = null,"
	"     headers = '',"
	"     content_type = null,"
	"     body = null"
	" where r.claimed_at <= now() - interval '24 hours'"
	"    or r.status is null"
	"   and (r.claim = excluded.claim or r.claimed_at <= now() - interval '1 minute')"); // repeated_answers_pkey

static const struct statement find = STATEMENT("repeated_answer_find", 2,
	"select r.request_sha256, r.claim, r.status, r.headers, r.content_type, r.body"
	" from repeated_answers as r"
	" where r.token_id = $1"
	"   and r.key_sha256 = $2"); // repeated_answers_pkey

static const struct statement store = STATEMENT("repeated_answer_store", 7,
	"update repeated_answers"
	" set status = $4,"
	"     headers = $5,"
	"     content_type = $6,"
	"     body = $7"
	" where token_id = $1"
	"   and key_sha256 = $2"
	"   and claim = $3"); // repeated_answers_pkey

static const struct statement drop = STATEMENT("repeated_answer_drop", 3,
	"delete from repeated_answers"
	" where token_id = $1"
	"   and key_sha256 = $2"
	"   and claim = $3"); // repeated_answers_pkey

STATEMENT_TABLE(repeated_answer_statements, &claim, &find, &store, &drop);

static enum error find_first(struct db *db, struct arena *arena, const struct repeated_answer *wanted,
	struct repeated_answer *ret_first)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, wanted->token_id);
	db_value_bytes(&values, wanted->key_sha256);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &find, &values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	*ret_first = (struct repeated_answer){
		.token_id = wanted->token_id,
		.key_sha256 = wanted->key_sha256,
		.request_sha256 = db_bytes(&rows, 0, 0),
		.claim = db_text(&rows, 0, 1),
		.status = (int)db_int64(&rows, 0, 2),
		.headers = db_text(&rows, 0, 3),
		.content_type = db_text(&rows, 0, 4),
		.body = db_bytes(&rows, 0, 5),
	};
	return ERROR_NONE;
}

enum error repeated_answer_claim(struct db *db, struct arena *arena, const struct repeated_answer *wanted,
	struct repeated_answer *ret_first)
{
	struct db_values values = { .count = 0 };
	int64_t affected = 0;
	db_value_int64(&values, wanted->token_id);
	db_value_bytes(&values, wanted->key_sha256);
	db_value_bytes(&values, wanted->request_sha256);
	db_value_text(&values, wanted->claim);
	enum error error = db_change(db, arena, &claim, &values, &affected);
	if (error || affected)
		return error;
	error = find_first(db, arena, wanted, ret_first);
	if (error == ERROR_NOT_FOUND) /* refused and dropped in between */
		return ERROR_UNAVAILABLE;
	return error ? error : ERROR_CONFLICT;
}

enum error repeated_answer_store(struct db *db, struct arena *arena, const struct repeated_answer *answer)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, answer->token_id);
	db_value_bytes(&values, answer->key_sha256);
	db_value_text(&values, answer->claim);
	db_value_int16(&values, (int16_t)answer->status);
	db_value_text(&values, answer->headers.data ? answer->headers : STR_LITERAL(""));
	db_value_text(&values, answer->content_type);
	db_value_bytes(&values, answer->body);
	return db_change(db, arena, &store, &values, NULL);
}

enum error repeated_answer_drop(struct db *db, struct arena *arena, const struct repeated_answer *answer)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, answer->token_id);
	db_value_bytes(&values, answer->key_sha256);
	db_value_text(&values, answer->claim);
	return db_change(db, arena, &drop, &values, NULL);
}
