/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Every request with a token comes through here: one statement, and once a day and token a second one that
 * notes its use. */
#include "storage/access.h"

#include "storage/statement.h"
#include "storage/user.h"
#include "base/mutant.h"

static const struct statement find = STATEMENT("access_find", 1,
	"select t.id, t.application_id, t.user_id, t.actor_id, t.scopes, u.role,"
	" t.revoked_at is not null,"
	" coalesce(t.expires_at <= now(), false),"
	" p.is_disabled,"
	" coalesce(u.is_disabled, false),"
	" coalesce(a.is_disabled or a.suspended_at is not null, false),"
	" t.last_used_on is distinct from current_date,"
	" coalesce(u.is_confirmed, true),"
	" coalesce(u.is_approved, true),"
	" coalesce(u.actor_id <> t.actor_id, false)"
	" from oauth_tokens as t"
	" join oauth_applications as p on p.id = t.application_id"
	" left join users as u on u.id = t.user_id"
	" left join actors as a on a.id = t.actor_id"
	" where t.token_hash = $1"); // oauth_tokens_token_hash_key and primary keys

enum {
	FIND_TOKEN_ID,
	FIND_APPLICATION_ID,
	FIND_USER_ID,
	FIND_ACTOR_ID,
	FIND_SCOPES,
	FIND_ROLE,
	FIND_IS_REVOKED,
	FIND_IS_EXPIRED,
	FIND_IS_APPLICATION_DISABLED,
	FIND_IS_USER_DISABLED,
	FIND_IS_ACTOR_DISABLED,
	FIND_IS_FIRST_USE_TODAY,
	FIND_IS_CONFIRMED,
	FIND_IS_APPROVED,
	FIND_IS_FOR_ANOTHER,
};

static const struct statement note_use = STATEMENT("access_note_use", 2,
	"with used as ("
	"  update oauth_tokens set last_used_on = current_date where id = $1"
	")"
	" update users"
	" set last_active_on = current_date"
	" where id = $2"
	"   and last_active_on is distinct from current_date"); // oauth_tokens_pkey, users_pkey

STATEMENT_TABLE(access_statements, &find, &note_use);

static bool is_valid(const struct db_rows *rows)
{
	if (db_bool(rows, 0, FIND_IS_REVOKED) && !MUTANT("access_revoked"))
		return false;
	if (db_bool(rows, 0, FIND_IS_EXPIRED) && !MUTANT("access_expired"))
		return false;
	if (db_bool(rows, 0, FIND_IS_APPLICATION_DISABLED) && !MUTANT("access_application_disabled"))
		return false;
	if (db_bool(rows, 0, FIND_IS_USER_DISABLED) && !MUTANT("access_user_disabled"))
		return false;
	return !db_bool(rows, 0, FIND_IS_ACTOR_DISABLED) || MUTANT("access_actor_disabled");
}

enum error access_find(struct db *db, struct arena *arena, struct str token_hash, struct access *ret_access)
{
	struct db_values values = { .count = 0 };
	db_value_bytes(&values, token_hash);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &find, &values, &rows);
	if (error)
		return error;
	if (!rows.count || !is_valid(&rows))
		return ERROR_NOT_FOUND;
	struct access access = {
		.token_id = db_int64(&rows, 0, FIND_TOKEN_ID),
		.application_id = db_int64(&rows, 0, FIND_APPLICATION_ID),
		.user_id = db_int64(&rows, 0, FIND_USER_ID),
		.actor_id = db_int64(&rows, 0, FIND_ACTOR_ID),
		.scopes = db_text(&rows, 0, FIND_SCOPES),
		.user_role = (int)USER_MEMBER,
	};
	if (!db_bool(&rows, 0, FIND_IS_CONFIRMED) && !MUTANT("access_unconfirmed"))
		access.state = ACCESS_UNCONFIRMED;
	else if (!db_bool(&rows, 0, FIND_IS_APPROVED) && !MUTANT("access_unapproved"))
		access.state = ACCESS_UNAPPROVED;
	enum user_role role;
	if (user_role_from_name(db_text(&rows, 0, FIND_ROLE), &role))
		access.user_role = (int)role;
	if (db_bool(&rows, 0, FIND_IS_FOR_ANOTHER)) {
		error = rights_find(db, arena, access.user_id, access.actor_id, &access.standing);
		if (error)
			return error;
		if (rights_are_none(access.standing.rights) && !MUTANT("access_brand_right"))
			return ERROR_NOT_FOUND;
	}
	if (db_bool(&rows, 0, FIND_IS_FIRST_USE_TODAY)) {
		struct db_values use = { .count = 0 };
		db_value_int64(&use, access.token_id);
		db_value_int64(&use, access.user_id);
		/* Whether the use was noted does not matter to the one who uses it; db.c has said why not. */
		error = db_change(db, arena, &note_use, &use, NULL);
		(void)error;
	}
	*ret_access = access;
	return ERROR_NONE;
}
