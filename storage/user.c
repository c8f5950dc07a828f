/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Users. Their number is kept in instance_counters, so that nobody counts rows to show it. */
#include "storage/user.h"

#include "storage/instance_counter.h"
#include "storage/statement.h"

#define USER_COLUMNS       \
	"u.id"             \
	", u.actor_id"     \
	", u.email"        \
	", u.password_hash" \
	", u.role"         \
	", u.is_confirmed" \
	", u.is_disabled"  \
	", u.locale"       \
	", u.created_at"

enum {
	USER_ID,
	USER_ACTOR_ID,
	USER_EMAIL,
	USER_PASSWORD_HASH,
	USER_ROLE,
	USER_IS_CONFIRMED,
	USER_IS_DISABLED,
	USER_LOCALE,
	USER_CREATED_AT,
};

static const struct statement find_by_actor = STATEMENT("user_find_by_actor", 1,
	"select " USER_COLUMNS
	" from users as u"
	" where u.actor_id = $1"); // users_actor_id_key

static const struct statement find_by_email = STATEMENT("user_find_by_email", 1,
	"select " USER_COLUMNS
	" from users as u"
	" where lower(u.email) = lower($1)"); // users_email

static const struct statement create = STATEMENT("user_create", 10,
	"with new_user as ("
	"  insert into users (id, actor_id, email, password_hash, role, is_confirmed, is_disabled, locale, created_at)"
	"  values ($1, $2, $3, $4, $5, $6, $7, $8, coalesce($9, now()))"
	"  on conflict do nothing"
	"  returning id, is_disabled"
	"), counted as ("
	"  update instance_counters"
	"  set value = value + 1"
	"  where name = 'users'"
	"    and slot = $10"
	"    and exists (select from new_user where not is_disabled)"
	")"
	" select count(*) from new_user"); // users_email, instance_counters_pkey

static const struct statement set_password = STATEMENT("user_set_password", 2,
	"with changed as ("
	"  update users set password_hash = $2 where id = $1 returning id"
	"), ended as ("
	"  delete from sessions where user_id = $1"
	"), spent as ("
	"  delete from oauth_codes where user_id = $1"
	"), revoked as ("
	"  update oauth_tokens set revoked_at = now() where user_id = $1 and revoked_at is null"
	")"
	" select count(*) from changed"); // users_pkey, sessions_user_id, oauth_codes_user_id, oauth_tokens_user_id

static const struct statement set_disabled = STATEMENT("user_set_disabled", 3,
	"with changed as ("
	"  update users set is_disabled = $2 where id = $1 and is_disabled <> $2 returning id"
	"), counted as ("
	"  update instance_counters"
	"  set value = value + case when $2 then -1 else 1 end"
	"  where name = 'users'"
	"    and slot = $3"
	"    and exists (select from changed)"
	")"
	" select count(*) from users where id = $1"); // users_pkey, instance_counters_pkey

static const struct statement delete_by_actor = STATEMENT("user_delete_by_actor", 2,
	"with gone as ("
	"  delete from users where actor_id = $1 returning is_disabled"
	"), ended as ("
	"  delete from oauth_tokens where actor_id = $1"
	"), spent as ("
	"  delete from oauth_codes where actor_id = $1"
	")"
	" update instance_counters"
	" set value = value - 1"
	" where name = 'users'"
	"   and slot = $2"
	"   and exists (select from gone where not is_disabled)"); // users_actor_id_key, oauth_tokens_actor_id, oauth_codes_actor_id

STATEMENT_TABLE(user_statements, &find_by_actor, &find_by_email, &create, &set_password, &set_disabled, &delete_by_actor);

static const char *const role_names[] = {
	[USER_MEMBER] = "member",
	[USER_MODERATOR] = "moderator",
	[USER_ADMINISTRATOR] = "administrator",
};

const char *user_role_name(enum user_role role)
{
	return role_names[role];
}

bool user_role_from_name(struct str name, enum user_role *ret_role)
{
	for (size_t i = 0; i < sizeof(role_names) / sizeof(role_names[0]); i++) {
		if (str_eq(name, str_from(role_names[i]))) {
			*ret_role = (enum user_role)i;
			return true;
		}
	}
	return false;
}

static void read_user(const struct db_rows *rows, struct user *user)
{
	user->id = db_int64(rows, 0, USER_ID);
	user->actor_id = db_int64(rows, 0, USER_ACTOR_ID);
	user->email = db_text(rows, 0, USER_EMAIL);
	user->password_hash = db_text(rows, 0, USER_PASSWORD_HASH);
	/* One that a newer release stores may do the least. */
	if (!user_role_from_name(db_text(rows, 0, USER_ROLE), &user->role))
		user->role = USER_MEMBER;
	user->is_confirmed = db_bool(rows, 0, USER_IS_CONFIRMED);
	user->is_disabled = db_bool(rows, 0, USER_IS_DISABLED);
	user->locale = db_text(rows, 0, USER_LOCALE);
	user->created_us = db_time(rows, 0, USER_CREATED_AT);
}

static enum error find_one(struct db *db, struct arena *arena, const struct statement *statement,
	const struct db_values *values, struct user *ret_user)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, statement, values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	read_user(&rows, ret_user);
	return ERROR_NONE;
}

enum error user_find_by_actor(struct db *db, struct arena *arena, int64_t actor_id, struct user *ret_user)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	return find_one(db, arena, &find_by_actor, &values, ret_user);
}

enum error user_find_by_email(struct db *db, struct arena *arena, struct str email, struct user *ret_user)
{
	struct db_values values = { .count = 0 };
	db_value_text(&values, email);
	return find_one(db, arena, &find_by_email, &values, ret_user);
}

/* Runs a change whose one value counts the rows that were there. */
static enum error change_counted(struct db *db, struct arena *arena, const struct statement *statement,
	const struct db_values *values, enum error absent)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, statement, values, &rows);
	if (error)
		return error;
	return db_int64(&rows, 0, 0) ? ERROR_NONE : absent;
}

enum error user_create(struct db *db, struct arena *arena, const struct user *user)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, user->id);
	db_value_int64(&values, user->actor_id);
	db_value_text(&values, user->email);
	db_value_text(&values, user->password_hash);
	db_value_text(&values, str_from(user_role_name(user->role)));
	db_value_bool(&values, user->is_confirmed);
	db_value_bool(&values, user->is_disabled);
	db_value_text(&values, user->locale);
	if (user->created_us)
		db_value_time(&values, user->created_us);
	else
		db_value_null(&values);
	db_value_int16(&values, instance_counter_slot(user->id));
	return change_counted(db, arena, &create, &values, ERROR_CONFLICT);
}

enum error user_set_password(struct db *db, struct arena *arena, int64_t user_id, struct str password_hash)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, user_id);
	db_value_text(&values, password_hash);
	return change_counted(db, arena, &set_password, &values, ERROR_NOT_FOUND);
}

enum error user_set_disabled(struct db *db, struct arena *arena, int64_t user_id, bool is_disabled)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, user_id);
	db_value_bool(&values, is_disabled);
	db_value_int16(&values, instance_counter_slot(user_id));
	return change_counted(db, arena, &set_disabled, &values, ERROR_NOT_FOUND);
}

enum error user_delete_by_actor(struct db *db, struct arena *arena, int64_t actor_id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_int16(&values, instance_counter_slot(actor_id));
	return db_change(db, arena, &delete_by_actor, &values, NULL);
}
