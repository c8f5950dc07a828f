/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Checks first, then what is slow (keys, password), then one short transaction. A COMMIT whose answer was lost is
 * looked up by the actor's own id. */
#include "server/action/account_create.h"

#include "server/action/email_address.h"
#include "server/action/local_actor.h"
#include "server/mail/mail.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mutant.h"
#include "base/password.h"
#include "storage/domain.h"
#include "storage/id.h"
#include "storage/invitation.h"

#define DISPLAY_NAME_MAX_BYTES 500

static enum error refuse(struct arena *arena, struct str *ret_message, enum error error, const char *format, ...)
	PRINTF_LIKE(4, 5);
static enum error refuse(struct arena *arena, struct str *ret_message, enum error error, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	*ret_message = arena_vprintf(arena, format, arguments);
	va_end(arguments);
	return error;
}

static bool has_control_character(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.data[i] < 0x20 || text.data[i] == 0x7f)
			return true;
	return false;
}

static enum error check_account(struct arena *arena, const struct account_new *account, struct str *ret_message)
{
	bool is_person = account->kind == ACTOR_PERSON;
	if (account->kind == ACTOR_APPLICATION)
		return refuse(arena, ret_message, ERROR_UNPROCESSABLE, "an account is a person, organization, group or service");
	if (!username_is_valid(account->username))
		return refuse(arena, ret_message, ERROR_UNPROCESSABLE,
			"'%.*s' is no username: 1 to %d letters (a to z), digits and underscores, dots and hyphens inside",
			STR_ARG(account->username), USERNAME_MAX_BYTES);
	if (username_is_reserved(account->username) && account->role == USER_MEMBER)
		return refuse(arena, ret_message, ERROR_UNPROCESSABLE, "'%.*s' is reserved for the people who run this server",
			STR_ARG(account->username));
	if (is_person && !email_is_valid(arena, account->email))
		return refuse(arena, ret_message, ERROR_UNPROCESSABLE, "a person needs an e-mail address, not '%.*s'",
			STR_ARG(account->email));
	if (!is_person && (account->email.len || account->password.len))
		return refuse(arena, ret_message, ERROR_UNPROCESSABLE,
			"only a person logs in: an %s has neither e-mail address nor password", actor_kind_name(account->kind));
	if (!is_person && account->role != USER_MEMBER)
		return refuse(arena, ret_message, ERROR_UNPROCESSABLE, "only a person can be moderator or administrator");
	if (account->display_name.len > DISPLAY_NAME_MAX_BYTES || !str_is_utf8(account->display_name) ||
		has_control_character(account->display_name))
		return refuse(arena, ret_message, ERROR_UNPROCESSABLE, "the display name is too long or is no plain text");
	return ERROR_NONE;
}

static enum error find_domain(struct db *db, struct arena *arena, struct str wanted, struct domain *ret_domain,
	struct str *ret_message)
{
	if (wanted.len == 0) {
		enum error error = domain_find_primary(db, arena, ret_domain);
		return error == ERROR_NOT_FOUND ? refuse(arena, ret_message, error, "this instance has no domain yet") : error;
	}
	enum error error = domain_find(db, arena, arena_lower(arena, wanted), ret_domain);
	if (error == ERROR_NOT_FOUND)
		return refuse(arena, ret_message, error, "'%.*s' is no domain of this server; `comptoir domain list` shows them",
			STR_ARG(wanted));
	return error;
}

/* password_hash of the given password, or of one that is made up. */
static enum error make_password(struct arena *arena, struct str given, struct str *ret_hash, struct str *ret_generated,
	struct str *ret_message)
{
	struct str password = given.len ? given : password_generate(arena);
	enum error error = password_hash(arena, password, ret_hash);
	if (error == ERROR_UNPROCESSABLE)
		return refuse(arena, ret_message, error, "a password has %d characters or more, and at most %d bytes",
			PASSWORD_MIN_CHARACTERS, PASSWORD_MAX_BYTES);
	*ret_generated = given.len ? (struct str){ 0 } : password;
	return error;
}

static enum error use_invitation(struct db *db, struct arena *arena, struct str code_hash, struct user *user, struct str *ret_message)
{
	if (!code_hash.data)
		return ERROR_NONE;
	enum error error = invitation_use(db, arena, code_hash, &user->invitation_id);
	return error == ERROR_NOT_FOUND ? refuse(arena, ret_message, ERROR_GONE, "this invitation is not valid any more") : error;
}

enum error account_write(struct db *db, struct arena *arena, struct account_prepared *prepared, struct str *ret_message)
{
	const struct actor_new *actor = &prepared->actor;
	struct user *user = &prepared->user;
	enum error error = use_invitation(db, arena, prepared->invitation_code_hash, user, ret_message);
	if (!error)
		error = actor_create_local(db, arena, actor);
	if (error == ERROR_CONFLICT)
		error = refuse(arena, ret_message, error, "the name '%.*s' is taken on this domain", STR_ARG(actor->username));
	if (!error && user->id) {
		error = user_create(db, arena, user);
		if (error == ERROR_CONFLICT)
			error = refuse(arena, ret_message, error, "the address '%.*s' belongs to another account", STR_ARG(user->email));
	}
	if (!error && user->id && !user->is_confirmed)
		error = mail_add(db, arena, MAIL_CONFIRM, user->id, user->email);
	return error;
}

static enum error store(struct db *db, struct arena *arena, struct account_prepared *prepared, struct str *ret_message)
{
	enum error error = db_begin(db);
	if (error)
		return error;
	error = account_write(db, arena, prepared, ret_message);
	if (!error)
		error = db_commit(db);
	if (error)
		db_rollback(db);
	return error;
}

enum error account_prepare(struct db *db, struct arena *arena, const struct secret_box *box, const struct account_new *account,
	struct account_prepared *ret_prepared, struct str *ret_message)
{
	struct domain domain;
	enum error error = check_account(arena, account, ret_message);
	if (!error)
		error = find_domain(db, arena, account->domain, &domain, ret_message);
	if (error)
		return error;
	struct account_prepared prepared = { .invitation_code_hash = account->invitation_code_hash };
	prepared.actor = (struct actor_new){
		.id = id_new(),
		.kind = account->kind,
		.domain_id = domain.id,
		.username = account->username,
		.display_name = account->display_name.len ? account->display_name : account->username,
		.is_discoverable = account->kind != ACTOR_PERSON,
	};
	prepared.user = (struct user){
		.id = account->kind == ACTOR_PERSON ? id_new() : 0,
		.actor_id = prepared.actor.id,
		.email = account->email,
		.role = account->role,
		.is_confirmed = account->is_confirmed,
		.is_pending = account->is_pending,
		.sign_up_reason = account->sign_up_reason,
		.password_hash = account->password_hash,
		.locale = account->locale.len ? account->locale : str_from("en"),
		.created_us = clock_now_us(),
	};
	if (prepared.user.id && !prepared.user.password_hash.data)
		error = make_password(arena, account->password, &prepared.user.password_hash, &prepared.generated_password, ret_message);
	if (!error)
		error = local_actor_make_keys(arena, box, &prepared.actor);
	if (!error)
		*ret_prepared = prepared;
	return error;
}

enum error account_create(struct db *db, struct arena *arena, const struct secret_box *box, const struct account_new *account,
	struct account_created *ret_created, struct str *ret_message)
{
	struct account_prepared prepared;
	enum error error = account_prepare(db, arena, box, account, &prepared, ret_message);
	if (!error)
		error = store(db, arena, &prepared, ret_message);
	if (error && error != ERROR_COMMIT_UNKNOWN)
		return error;

	struct actor created;
	enum error found = actor_find_by_id(db, arena, prepared.actor.id, &created);
	if (found == ERROR_NOT_FOUND)
		return ERROR_DATABASE_UNREACHABLE; /* nothing was written: it may be done again */
	if (found)
		return found;
	*ret_created = (struct account_created){
		.actor_id = created.id,
		.user_id = prepared.user.id,
		.username = created.username,
		.domain = created.domain,
		.uri = created.uri,
		.generated_password = prepared.generated_password,
	};
	log_event(LOG_LEVEL_INFO, "account_created", LOG_INT("actor_id", created.id),
		LOG_TEXT("kind", actor_kind_name(prepared.actor.kind)), LOG_TEXT("role", user_role_name(prepared.user.role)));
	return ERROR_NONE;
}
