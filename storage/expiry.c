/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Takes expired rows away, in batches that never lock for long. */
#include "storage/expiry.h"

#include "storage/statement.h"

static const struct statement forget_sessions = STATEMENT("expiry_sessions", 1,
	"delete from sessions"
	" where id in (select id from sessions where expires_at < now() limit $1)"); // sessions_expires_at, sessions_pkey

static const struct statement forget_codes = STATEMENT("expiry_codes", 1,
	"delete from oauth_codes"
	" where code_hash in (select code_hash from oauth_codes where expires_at < now() - interval '1 day' limit $1)");
	// oauth_codes_expires_at, oauth_codes_pkey

static const struct statement forget_idempotency_keys = STATEMENT("expiry_idempotency_keys", 1,
	"delete from idempotency_keys"
	" where ctid = any (array("
	"   select ctid from idempotency_keys where created_at < now() - interval '24 hours' limit $1))");
	// idempotency_keys_created_at

static const struct statement forget_mutes = STATEMENT("expiry_mutes", 1,
	"delete from mutes"
	" where id in (select id from mutes where expires_at < now() limit $1)"); // mutes_expires_at, mutes_pkey

STATEMENT_TABLE(expiry_statements, &forget_sessions, &forget_codes, &forget_idempotency_keys, &forget_mutes);

enum error expiry_forget(struct db *db, struct arena *arena, bool *ret_has_more)
{
	static const struct statement *const all[] = { &forget_sessions, &forget_codes, &forget_idempotency_keys, &forget_mutes };
	bool has_more = false;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		int64_t affected;
		struct db_values values = { .count = 0 };
		db_value_int64(&values, EXPIRY_BATCH);
		enum error error = db_change(db, arena, all[i], &values, &affected);
		if (error)
			return error;
		has_more |= affected == EXPIRY_BATCH;
	}
	*ret_has_more = has_more;
	return ERROR_NONE;
}
