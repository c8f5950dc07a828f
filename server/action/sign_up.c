/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Sign-up. Where no mail can leave, whoever has an invitation is believed about the address. */
#include "server/action/sign_up.h"

#include "server/action/deed.h"
#include "server/action/email_address.h"
#include "server/action/local_actor.h"
#include "server/login/sign_up_modes.h"
#include "server/login/visitor.h"
#include "server/mail/mail.h"
#include "server/web/text.h"
#include "storage/domain.h"
#include "storage/invitation.h"
#include "storage/job.h"

#include "base/log.h"
#include "base/mutant.h"
#include "base/password.h"

struct faults {
	struct sign_up_fault *list;
	size_t count;
};

static void add(struct faults *faults, enum sign_up_field field, enum sign_up_fault_kind kind)
{
	if (faults->count < SIGN_UP_MAX_FAULTS)
		faults->list[faults->count++] = (struct sign_up_fault){ field, kind };
}

static size_t count_characters(struct str text)
{
	size_t count = 0;
	for (size_t i = 0; i < text.len; i++)
		count += ((unsigned char)text.data[i] & 0xc0) != 0x80;
	return count;
}

static enum error check_username(struct db *db, struct arena *arena, struct str username, struct faults *faults)
{
	struct actor actor;
	struct domain domain;
	if (!username.len)
		add(faults, SIGN_UP_USERNAME, FAULT_BLANK);
	else if (username.len > USERNAME_MAX_BYTES)
		add(faults, SIGN_UP_USERNAME, FAULT_TOO_LONG);
	else if (!username_is_valid(username))
		add(faults, SIGN_UP_USERNAME, FAULT_INVALID);
	else if (username_is_reserved(username))
		add(faults, SIGN_UP_USERNAME, FAULT_RESERVED);
	else {
		enum error error = domain_find_primary(db, arena, &domain);
		if (!error)
			error = actor_find_local(db, arena, username, domain.name, &actor);
		if (!error)
			add(faults, SIGN_UP_USERNAME, FAULT_TAKEN);
		else if (error != ERROR_NOT_FOUND)
			return error;
	}
	return ERROR_NONE;
}

static enum error check_email(struct db *db, struct arena *arena, struct str email, struct faults *faults)
{
	struct user user;
	if (!email.len) {
		add(faults, SIGN_UP_EMAIL, FAULT_BLANK);
		return ERROR_NONE;
	}
	if (!email_is_valid(arena, email)) {
		add(faults, SIGN_UP_EMAIL, FAULT_INVALID);
		return ERROR_NONE;
	}
	bool is_welcome;
	enum error error = email_is_welcome(db, arena, email, &is_welcome);
	if (error)
		return error;
	if (!is_welcome) {
		add(faults, SIGN_UP_EMAIL, FAULT_BLOCKED);
		return ERROR_NONE;
	}
	error = user_find_by_email(db, arena, email, &user);
	if (!error)
		add(faults, SIGN_UP_EMAIL, FAULT_TAKEN);
	return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
}

static void check_texts(const struct sign_up *wish, enum sign_up_mode mode, struct faults *faults)
{
	if (!wish->password.len)
		add(faults, SIGN_UP_PASSWORD, FAULT_BLANK);
	else if (count_characters(wish->password) < PASSWORD_MIN_CHARACTERS)
		add(faults, SIGN_UP_PASSWORD, FAULT_TOO_SHORT);
	else if (wish->password.len > PASSWORD_MAX_BYTES)
		add(faults, SIGN_UP_PASSWORD, FAULT_TOO_LONG);
	if (!wish->has_agreed && !MUTANT("sign_up_agreement"))
		add(faults, SIGN_UP_AGREEMENT, FAULT_ACCEPTED);
	if (mode == SIGN_UP_BY_APPROVAL && !wish->invitation.len && !str_trim(wish->reason).len)
		add(faults, SIGN_UP_REASON, FAULT_BLANK);
	if (count_characters(wish->reason) > SIGN_UP_REASON_MAX_CHARACTERS)
		add(faults, SIGN_UP_REASON, FAULT_TOO_LONG);
}

static enum error check_invitation(struct db *db, struct arena *arena, const struct sign_up *wish, enum sign_up_mode mode,
	struct faults *faults)
{
	if (!wish->invitation.len) {
		if (mode == SIGN_UP_BY_INVITATION && !MUTANT("sign_up_invitation"))
			add(faults, SIGN_UP_INVITATION, FAULT_BLANK);
		return ERROR_NONE;
	}
	enum error error = invitation_check(db, arena, login_hash(arena, wish->invitation));
	if (error == ERROR_NOT_FOUND)
		add(faults, SIGN_UP_INVITATION, FAULT_INVALID);
	return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
}

enum error sign_up_check(struct db *db, struct arena *arena, const struct app *app, const struct sign_up *wish,
	struct sign_up_fault ret_faults[SIGN_UP_MAX_FAULTS], size_t *ret_count)
{
	struct faults faults = { ret_faults, 0 };
	enum sign_up_mode mode = sign_up_mode_of(app->config);
	if (mode == SIGN_UP_CLOSED && !MUTANT("sign_up_closed"))
		return ERROR_FORBIDDEN;
	enum error error = check_username(db, arena, wish->username, &faults);
	if (!error)
		error = check_email(db, arena, wish->email, &faults);
	check_texts(wish, mode, &faults);
	if (!error)
		error = check_invitation(db, arena, wish, mode, &faults);
	*ret_count = faults.count;
	return error;
}

enum error sign_up_do(struct db *db, struct arena *arena, const struct app *app, const struct sign_up *wish,
	struct str password_hash, struct account_created *ret_created)
{
	struct str message;
	enum language language = LANGUAGE_ENGLISH;
	bool is_invited = wish->invitation.len > 0;
	if (!language_from_tag(wish->locale, &language))
		language = LANGUAGE_ENGLISH;
	struct account_new account = {
		.kind = ACTOR_PERSON,
		.username = wish->username,
		.email = wish->email,
		.password_hash = password_hash,
		.role = USER_MEMBER,
		.locale = language_tag(language),
		.is_confirmed = !mail_is_possible(app->config),
		.is_pending = sign_up_mode_of(app->config) == SIGN_UP_BY_APPROVAL && !is_invited && !MUTANT("sign_up_approval"),
		.sign_up_reason = str_trim(wish->reason).len ? str_trim(wish->reason) : (struct str){ 0 },
		.invitation_code_hash = is_invited ? login_hash(arena, wish->invitation) : (struct str){ 0 },
	};
	enum error error = account_create(db, arena, app->secret_box, &account, ret_created, &message);
	if (error)
		return error;
	/* The account is there, whether or not moderators can be told. */
	struct str key = arena_printf(arena, "%lld", (long long)ret_created->actor_id);
	enum error told = job_add(db, arena, STR_LITERAL("tell_sign_up"), key, (struct str){ 0 }, 0);
	(void)told;
	return ERROR_NONE;
}

static enum error write_approval(struct db *db, struct arena *arena, void *owner)
{
	const struct user *user = owner;
	enum error error = user_approve(db, arena, user->id);
	return error ? error : mail_add(db, arena, MAIL_APPROVED, user->id, user->email);
}

enum error sign_up_approve(struct db *db, struct arena *arena, int64_t user_id)
{
	struct user user;
	enum error error = user_find_by_id(db, arena, user_id, &user);
	if (!error && !user.is_pending)
		error = ERROR_NOT_FOUND;
	if (!error)
		error = deed_write(db, arena, write_approval, &user, ERROR_NOT_FOUND);
	if (!error)
		log_event(LOG_LEVEL_INFO, "sign_up_approved", LOG_INT("user_id", user_id));
	return error;
}
