/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The changes. Whatever another person at this browser must not do asks for the password. */
#include "server/login/settings.h"

#include "server/action/account_end.h"
#include "server/action/deed.h"
#include "server/action/email_address.h"
#include "server/app.h"
#include "server/http/password_work.h"
#include "server/login/sign_up_modes.h"
#include "server/mail/mail.h"
#include "server/mastodon/parameters.h"
#include "server/web/actor_lookup.h"
#include "storage/attempt.h"
#include "storage/oauth.h"

#include "base/log.h"
#include "base/mutant.h"

bool settings_begin(struct request *request, struct visitor *ret_visitor, enum error *ret_error)
{
	*ret_error = visitor_load(request, ret_visitor);
	if (*ret_error)
		return false;
	if (!ret_visitor->is_in) {
		visitor_send_to_sign_in(request, STR_LITERAL("/settings"));
		return false;
	}
	if (request->http->method == HTTP_POST && !visitor_sent_form(request, ret_visitor)) {
		visitor_message(request, ret_visitor, 403, TEXT_FORM_EXPIRED_TITLE, TEXT_FORM_EXPIRED_HELP);
		return false;
	}
	return true;
}

enum error settings_prove(struct request *request, const struct visitor *visitor, struct str wanted,
	enum settings_proof *ret_proof)
{
	bool is_allowed;
	int64_t wait_s;
	struct str subject = arena_printf(request->arena, "user %lld", (long long)visitor->user.id);
	const struct password_outcome *outcome = request->password_outcome;
	if (outcome) {
		*ret_proof = outcome->is_right || MUTANT("settings_proof") ? PROOF_RIGHT : PROOF_WRONG;
		return outcome->is_right ? attempt_forget(request->db, request->arena, ATTEMPT_PASSWORD, subject) : ERROR_NONE;
	}
	enum error error = attempt_take(request->db, request->arena, ATTEMPT_PASSWORD, subject, &is_allowed, &wait_s);
	if (error)
		return error;
	*ret_proof = is_allowed ? PROOF_AWAITED : PROOF_TOO_MANY;
	if (is_allowed)
		request_await_password(request, &(struct password_question){ .wants_check = true,
			.given = form_value(&request->form, "current_password"), .hash = visitor->user.password_hash, .wanted = wanted });
	return ERROR_NONE;
}

bool settings_is_proven(struct request *request, const struct visitor *visitor, struct str wanted, enum error *ret_error)
{
	static const enum text wrong = TEXT_SETTINGS_WRONG_PASSWORD, too_many = TEXT_TOO_MANY_TRIES;
	enum settings_proof proof;
	*ret_error = settings_prove(request, visitor, wanted, &proof);
	if (*ret_error)
		return false;
	switch (proof) {
	case PROOF_RIGHT:
		return true;
	case PROOF_WRONG:
		*ret_error = settings_write(request, visitor, 403, &wrong);
		break;
	case PROOF_TOO_MANY:
		*ret_error = settings_write(request, visitor, 429, &too_many);
		break;
	case PROOF_AWAITED:
		break;
	}
	return false;
}

enum error settings_renew(struct request *request, const struct visitor *visitor)
{
	struct str cookie;
	enum error error = visitor_log_in(request, visitor, visitor->user.id, false, &cookie);
	if (error)
		return error;
	visitor_redirect(request, STR_LITERAL("/settings?done=1"));
	visitor_set_cookie(request, cookie);
	return ERROR_NONE;
}

struct change {
	const struct visitor *visitor;
	struct str password_hash;
};

static enum error write_password(struct db *db, struct arena *arena, void *owner)
{
	const struct change *change = owner;
	const struct user *user = &change->visitor->user;
	enum error error = user_set_password(db, arena, user->id, change->password_hash);
	if (!error)
		error = mail_forget(db, arena, MAIL_CONFIRM, user->id);
	return error ? error : mail_add(db, arena, MAIL_PASSWORD_CHANGED, user->id, user->email);
}

enum error handle_settings_password(struct request *request)
{
	static const enum text fault = TEXT_FAULT_PASSWORD;
	struct visitor visitor;
	enum error error;
	struct str wanted = form_value(&request->form, "password");
	if (!settings_begin(request, &visitor, &error) ||
	    !settings_is_proven(request, &visitor, wanted.data ? wanted : STR_LITERAL(""), &error))
		return error;
	if (request->password_outcome->error == ERROR_UNPROCESSABLE)
		return settings_write(request, &visitor, 422, &fault);
	if (request->password_outcome->error)
		return request->password_outcome->error;
	struct change change = { .visitor = &visitor, .password_hash = request->password_outcome->hash };
	error = deed_write(request->db, request->arena, write_password, &change, ERROR_NONE);
	if (error)
		return error;
	log_event(LOG_LEVEL_INFO, "login_changed", LOG_INT("user_id", visitor.user.id));
	return settings_renew(request, &visitor);
}

enum error handle_settings_email(struct request *request)
{
	static const enum text fault = TEXT_FAULT_EMAIL, blocked_fault = TEXT_FAULT_EMAIL_BLOCKED;
	struct visitor visitor;
	struct user other;
	bool is_welcome;
	enum error error;
	struct str email = str_trim(form_value(&request->form, "email"));
	if (!settings_begin(request, &visitor, &error))
		return error;
	if (!mail_is_possible(request->app->config))
		return ERROR_FORBIDDEN;
	if (!settings_is_proven(request, &visitor, (struct str){ 0 }, &error))
		return error;
	if (!email_is_valid(request->arena, email))
		return settings_write(request, &visitor, 422, &fault);
	error = email_is_welcome(request->db, request->arena, email, &is_welcome);
	if (error)
		return error;
	if (!is_welcome)
		return settings_write(request, &visitor, 422, &blocked_fault);
	/* An address of somebody else gets no mail, and nobody is told: the job for user 0 takes as long, and ends. */
	error = user_find_by_email(request->db, request->arena, email, &other);
	if (!error || error == ERROR_NOT_FOUND)
		error = mail_add_counted(request->db, request->arena, MAIL_CONFIRM, error ? visitor.user.id : 0, email);
	if (error)
		return error;
	visitor_redirect(request, STR_LITERAL("/settings?done=mail"));
	return ERROR_NONE;
}

enum error handle_settings_session_end(struct request *request)
{
	struct visitor visitor;
	enum error error;
	if (!settings_begin(request, &visitor, &error))
		return error;
	error = session_delete(request->db, request->arena, visitor.user.id, parameter_path_id(request, 0));
	if (error)
		return error;
	visitor_redirect(request, STR_LITERAL("/settings?done=1"));
	return ERROR_NONE;
}

enum error handle_settings_app_revoke(struct request *request)
{
	struct visitor visitor;
	enum error error;
	if (!settings_begin(request, &visitor, &error))
		return error;
	error = oauth_token_revoke_of_user(request->db, request->arena, visitor.user.id, parameter_path_id(request, 0));
	if (error)
		return error;
	visitor_redirect(request, STR_LITERAL("/settings?done=1"));
	return ERROR_NONE;
}

enum error handle_settings_delete(struct request *request)
{
	struct visitor visitor;
	enum error error;
	if (!settings_begin(request, &visitor, &error) ||
	    !settings_is_proven(request, &visitor, (struct str){ 0 }, &error))
		return error;
	error = account_delete(request->db, request->arena, visitor.actor.id);
	if (error)
		return error;
	actor_documents_forget(request->app, request->arena, &visitor.actor);
	visitor_message(request, &visitor, 200, TEXT_SETTINGS_DELETED_TITLE, TEXT_SETTINGS_DELETED);
	visitor_set_cookie(request, (struct str){ 0 });
	return ERROR_NONE;
}

enum error handle_change_password_link(struct request *request)
{
	respond_redirect(request, STR_LITERAL("/settings"));
	return ERROR_NONE;
}
