/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Keys of writes that must not be done twice. */
#include "storage/idempotency.h"

#include "storage/statement.h"

static const struct statement find = STATEMENT("idempotency_find", 2,
	"select request_sha256, result_kind, result_id"
	" from idempotency_keys"
	" where user_id = $1"
	"   and key = $2"
	"   and created_at > now() - interval '24 hours'"); // idempotency_keys_pkey

static const struct statement add = STATEMENT("idempotency_add", 5,
	"insert into idempotency_keys as k (user_id, key, request_sha256, result_kind, result_id)"
	" values ($1, $2, $3, $4, $5)"
	" on conflict (user_id, key) do update"
	" set request_sha256 = excluded.request_sha256,"
	"     result_kind = excluded.result_kind,"
	"     result_id = excluded.result_id,"
	"     created_at = now()"
	" where k.created_at <= now() - interval '24 hours'"); // idempotency_keys_pkey

STATEMENT_TABLE(idempotency_statements, &find, &add);

static struct str name_of(enum idempotency_kind kind)
{
	return kind == IDEMPOTENT_SCHEDULED ? STR_LITERAL("scheduled") : STR_LITERAL("post");
}

enum error idempotency_find(struct db *db, struct arena *arena, int64_t user_id, struct str key,
	struct idempotency *ret_idempotency)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, user_id);
	db_value_text(&values, key);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &find, &values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	*ret_idempotency = (struct idempotency){
		.user_id = user_id,
		.key = key,
		.request_sha256 = db_bytes(&rows, 0, 0),
		.kind = str_eq(db_text(&rows, 0, 1), name_of(IDEMPOTENT_SCHEDULED)) ? IDEMPOTENT_SCHEDULED : IDEMPOTENT_POST,
		.result_id = db_int64(&rows, 0, 2),
	};
	return ERROR_NONE;
}

enum error idempotency_add(struct db *db, struct arena *arena, const struct idempotency *idempotency)
{
	int64_t affected;
	struct db_values values = { .count = 0 };
	db_value_int64(&values, idempotency->user_id);
	db_value_text(&values, idempotency->key);
	db_value_bytes(&values, idempotency->request_sha256);
	db_value_text(&values, name_of(idempotency->kind));
	db_value_int64(&values, idempotency->result_id);
	enum error error = db_change(db, arena, &add, &values, &affected);
	if (error)
		return error;
	return affected ? ERROR_NONE : ERROR_CONFLICT;
}
