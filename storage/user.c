/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Users. Their number is kept in instance_counters, so that nobody counts rows to show it. */
#include "storage/user.h"

#include "storage/event.h"
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
	", u.created_at"   \
	", u.is_approved"  \
	", u.sign_up_reason" \
	", u.totp_sealed"

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
	USER_IS_APPROVED,
	USER_SIGN_UP_REASON,
	USER_TOTP_SEALED,
};

static const struct statement find_by_actor = STATEMENT("user_find_by_actor", 1,
	"select " USER_COLUMNS
	" from users as u"
	" where u.actor_id = $1"); // users_actor_id_key

static const struct statement find_by_email = STATEMENT("user_find_by_email", 1,
	"select " USER_COLUMNS
	" from users as u"
	" where lower(u.email) = lower($1)"); // users_email

static const struct statement find_by_id = STATEMENT("user_find_by_id", 1,
	"select " USER_COLUMNS
	" from users as u"
	" where u.id = $1"); // users_pkey

static const struct statement find_by_handle = STATEMENT("user_find_by_handle", 1,
	"select " USER_COLUMNS
	" from domains as d"
	" join actors as a on a.handle = lower($1) and a.domain = d.name"
	" join users as u on u.actor_id = a.id"
	" where d.is_primary"); // domains_one_primary, actors_handle_domain_key, users_actor_id_key

static const struct statement list_waiting = STATEMENT("user_list_waiting", 1,
	"select " USER_COLUMNS
	" from users as u"
	" where not u.is_approved"
	"   and u.is_confirmed"
	" order by u.id"
	" limit $1"); // users_waiting

static const struct statement confirm = STATEMENT("user_confirm", 2,
	"update users"
	" set is_confirmed = true,"
	"     email = $2"
	" where id = $1"); // users_pkey

static const struct statement change_unconfirmed_email = STATEMENT("user_change_unconfirmed_email", 2,
	"update users"
	" set email = $2"
	" where id = $1"
	"   and not is_confirmed"); // users_pkey

static const struct statement approve = STATEMENT("user_approve", 1,
	"update users"
	" set is_approved = true"
	" where id = $1"
	"   and not is_approved"); // users_pkey

static const struct statement set_rehashed = STATEMENT("user_set_rehashed", 2,
	"update users"
	" set password_hash = $2"
	" where id = $1"); // users_pkey

static const struct statement create = STATEMENT("user_create", 13,
	"with new_user as ("
	"  insert into users (id, actor_id, email, password_hash, role, is_confirmed, is_disabled, locale, created_at,"
	"    is_approved, sign_up_reason, invitation_id)"
	"  values ($1, $2, $3, $4, $5, $6, $7, $8, coalesce($9, now()), $11, $12, $13)"
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
	"), unsent as ("
	"  delete from user_links as l"
	"  using users as u"
	"  where u.id = $1"
	"    and l.user_id = u.id"
	"    and (l.purpose = 'reset' or lower(l.email) <> lower(u.email))"
	"), revoked as ("
	"  update oauth_tokens set revoked_at = now() where user_id = $1 and revoked_at is null returning id"
	")"
	" select 0::bigint from changed"
	" union all"
	" select id from revoked"); // users_pkey, user_links_user_id, sessions_user_id, oauth_codes_user_id, oauth_tokens_user_id

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
	"  delete from users where actor_id = $1 returning id, is_disabled"
	"), ended as ("
	"  delete from oauth_tokens where actor_id = $1"
	"), spent as ("
	"  delete from oauth_codes where actor_id = $1"
	"), counted as ("
	"  update instance_counters"
	"  set value = value - 1"
	"  where name = 'users'"
	"    and slot = $2"
	"    and exists (select from gone where not is_disabled)"
	")"
	" select id from gone"); // users_actor_id_key, oauth_tokens_actor_id, oauth_codes_actor_id

STATEMENT_TABLE(user_statements, &find_by_actor, &find_by_email, &find_by_id, &find_by_handle, &list_waiting, &confirm,
	&change_unconfirmed_email, &approve, &set_rehashed, &create, &set_password, &set_disabled, &delete_by_actor);

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

static void read_user(const struct db_rows *rows, int row, struct user *user)
{
	*user = (struct user){ 0 };
	user->id = db_int64(rows, row, USER_ID);
	user->actor_id = db_int64(rows, row, USER_ACTOR_ID);
	user->email = db_text(rows, row, USER_EMAIL);
	user->password_hash = db_text(rows, row, USER_PASSWORD_HASH);
	/* One that a newer release stores may do the least. */
	if (!user_role_from_name(db_text(rows, row, USER_ROLE), &user->role))
		user->role = USER_MEMBER;
	user->is_confirmed = db_bool(rows, row, USER_IS_CONFIRMED);
	user->is_disabled = db_bool(rows, row, USER_IS_DISABLED);
	user->locale = db_text(rows, row, USER_LOCALE);
	user->created_us = db_time(rows, row, USER_CREATED_AT);
	user->is_pending = !db_bool(rows, row, USER_IS_APPROVED);
	user->sign_up_reason = db_text(rows, row, USER_SIGN_UP_REASON);
	user->totp_sealed = db_bytes(rows, row, USER_TOTP_SEALED);
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
	read_user(&rows, 0, ret_user);
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

enum error user_find_by_id(struct db *db, struct arena *arena, int64_t id, struct user *ret_user)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	return find_one(db, arena, &find_by_id, &values, ret_user);
}

enum error user_find_by_login(struct db *db, struct arena *arena, struct str login, struct user *ret_user)
{
	struct db_values values = { .count = 0 };
	bool is_address = str_index_of(login, '@', 1) < login.len;
	if (!is_address && str_starts_with(login, STR_LITERAL("@")))
		login = str_slice(login, 1, login.len);
	db_value_text(&values, login);
	return find_one(db, arena, is_address ? &find_by_email : &find_by_handle, &values, ret_user);
}

enum error user_list_waiting(struct db *db, struct arena *arena, struct user **ret_users, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, USER_WAITING_MAX);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list_waiting, &values, &rows);
	if (error)
		return error;
	struct user *users = arena_alloc_array(arena, (size_t)rows.count + 1, sizeof(*users));
	for (int row = 0; row < rows.count; row++)
		read_user(&rows, row, &users[row]);
	*ret_users = users;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

/* A change of one row. */
static enum error change_one(struct db *db, struct arena *arena, const struct statement *statement,
	const struct db_values *values)
{
	int64_t affected = 0;
	enum error error = db_change(db, arena, statement, values, &affected);
	if (error)
		return error;
	return affected ? ERROR_NONE : ERROR_NOT_FOUND;
}

enum error user_confirm(struct db *db, struct arena *arena, int64_t user_id, struct str email)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, user_id);
	db_value_text(&values, email);
	return change_one(db, arena, &confirm, &values);
}

enum error user_change_unconfirmed_email(struct db *db, struct arena *arena, int64_t user_id, struct str email)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, user_id);
	db_value_text(&values, email);
	return change_one(db, arena, &change_unconfirmed_email, &values);
}

enum error user_approve(struct db *db, struct arena *arena, int64_t user_id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, user_id);
	return change_one(db, arena, &approve, &values);
}

enum error user_set_rehashed(struct db *db, struct arena *arena, int64_t user_id, struct str password_hash)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, user_id);
	db_value_text(&values, password_hash);
	return change_one(db, arena, &set_rehashed, &values);
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
	db_value_bool(&values, !user->is_pending);
	db_value_text(&values, user->sign_up_reason);
	db_value_id(&values, user->invitation_id);
	return change_counted(db, arena, &create, &values, ERROR_CONFLICT);
}

enum error user_set_password(struct db *db, struct arena *arena, int64_t user_id, struct str password_hash)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, user_id);
	db_value_text(&values, password_hash);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &set_password, &values, &rows);
	if (error)
		return error;
	bool is_there = false;
	for (int row = 0; row < rows.count; row++) {
		int64_t token_id = db_int64(&rows, row, 0);
		if (token_id)
			event_emit_on_commit(db, EVENT_TOKEN_ENDED, token_id, 0);
		is_there |= !token_id;
	}
	return is_there ? ERROR_NONE : ERROR_NOT_FOUND;
}

enum error user_set_disabled(struct db *db, struct arena *arena, int64_t user_id, bool is_disabled)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, user_id);
	db_value_bool(&values, is_disabled);
	db_value_int16(&values, instance_counter_slot(user_id));
	enum error error = change_counted(db, arena, &set_disabled, &values, ERROR_NOT_FOUND);
	if (!error && is_disabled)
		event_emit_on_commit(db, EVENT_USER_ENDED, user_id, 0);
	return error;
}

enum error user_delete_by_actor(struct db *db, struct arena *arena, int64_t actor_id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_int16(&values, instance_counter_slot(actor_id));
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &delete_by_actor, &values, &rows);
	if (error)
		return error;
	for (int row = 0; row < rows.count; row++)
		event_emit_on_commit(db, EVENT_USER_ENDED, db_int64(&rows, row, 0), 0);
	event_emit_on_commit(db, EVENT_ACTOR_ENDED, 0, actor_id);
	return ERROR_NONE;
}
