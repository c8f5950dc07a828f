/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Whatever is wrong takes the same time and gets the same sentence; why an account is closed is told to those who know
 * its password only. */
#include "server/login/sign_in.h"

#include "server/app.h"
#include "server/http/password_work.h"
#include "server/login/sign_up_modes.h"
#include "storage/attempt.h"

#include "base/log.h"
#include "base/mutant.h"
#include "base/url.h"

#define LOGIN_MAX_BYTES 320

static void write_sign_in(struct request *request, const struct visitor *visitor, int status, const enum text *fault)
{
	enum language language = visitor->language;
	struct str next = login_next(form_value(request->form.count ? &request->form : &request->query, "next"), STR_LITERAL("/settings"));
	struct page page = { .title = text_get(language, TEXT_SIGN_IN) };
	struct buf *out = visitor_page(request, visitor, status, &page);
	TEMPLATE(out, "<section class=\"panel\"><h1>{}</h1><p class=\"note\">{}</p>\n", template_text(page.title),
		template_text(text_get(language, TEXT_SIGN_IN_HELP)));
	if (fault)
		TEMPLATE(out, "<p class=\"fault\" role=\"alert\">{}</p>\n", template_text(text_get(language, *fault)));
	TEMPLATE(out, "<form method=\"post\" action=\"/auth/sign_in\" class=\"form\">");
	visitor_write_form_fields(visitor, out);
	TEMPLATE(out,
		"<input type=\"hidden\" name=\"next\" value=\"{}\">"
		"<label>{}<input name=\"login\" value=\"{}\" autocomplete=\"username\" autocapitalize=\"none\" spellcheck=\"false\""
		" required maxlength=\"320\"></label>"
		"<label>{}<input name=\"password\" type=\"password\" autocomplete=\"current-password\" required maxlength=\"1024\"></label>"
		"<p class=\"buttons\"><button class=\"primary\">{}</button></p></form>\n",
		template_text(next), template_text(text_get(language, TEXT_LOGIN_NAME)),
		template_text(str_slice(form_value(&request->form, "login"), 0, LOGIN_MAX_BYTES)),
		template_text(text_get(language, TEXT_PASSWORD)), template_text(text_get(language, TEXT_SIGN_IN)));
	TEMPLATE(out, "<p class=\"note\"><a href=\"/auth/password\">{}</a>",
		template_text(text_get(language, TEXT_FORGOT_PASSWORD)));
	if (sign_up_is_possible(request->app->config))
		TEMPLATE(out, " · <a href=\"/auth/sign_up\">{}</a>", template_text(text_get(language, TEXT_NO_ACCOUNT_YET)));
	TEMPLATE(out, "</p></section>\n");
	page_end(request, out, &page);
}

enum error handle_sign_in_page(struct request *request)
{
	struct visitor visitor;
	enum error error = visitor_load(request, &visitor);
	if (!error)
		write_sign_in(request, &visitor, 200, NULL);
	return error;
}

enum error sign_in_complete(struct request *request, const struct visitor *visitor, int64_t user_id, struct str next)
{
	struct str cookie;
	enum error error = visitor_log_in(request, visitor, user_id, false, &cookie);
	if (error)
		return error;
	visitor_redirect(request, login_next(next, STR_LITERAL("/settings")));
	visitor_set_cookie(request, cookie);
	log_event(LOG_LEVEL_INFO, "signed_in", LOG_INT("user_id", user_id));
	return ERROR_NONE;
}

static enum error begin_second_step(struct request *request, const struct visitor *visitor, int64_t user_id, struct str next)
{
	struct str cookie;
	enum error error = visitor_log_in(request, visitor, user_id, true, &cookie);
	if (error)
		return error;
	visitor_redirect(request, arena_printf(request->arena, "/auth/second_factor?next=%.*s",
		STR_ARG(url_encode(request->arena, login_next(next, STR_LITERAL("/settings"))))));
	visitor_set_cookie(request, cookie);
	return ERROR_NONE;
}

/* Why somebody with the right password may not come in. */
static bool find_obstacle(const struct user *user, const struct actor *actor, enum text *ret_obstacle)
{
	if (user->is_disabled || actor->is_disabled || actor->is_suspended)
		*ret_obstacle = TEXT_LOGIN_DISABLED;
	else if (!user->is_confirmed)
		*ret_obstacle = TEXT_LOGIN_UNCONFIRMED;
	else if (user->is_pending)
		*ret_obstacle = TEXT_LOGIN_PENDING;
	else
		return false;
	return true;
}

static enum error come_in(struct request *request, const struct visitor *visitor, const struct user *user,
	const struct password_outcome *outcome)
{
	struct actor actor;
	enum text obstacle;
	struct str next = form_value(&request->form, "next");
	enum error error = actor_find_by_id(request->db, request->arena, user->actor_id, &actor);
	if (error)
		return error;
	if (find_obstacle(user, &actor, &obstacle)) {
		write_sign_in(request, visitor, 403, &obstacle);
		return ERROR_NONE;
	}
	if (outcome->rehashed.data)
		error = user_set_rehashed(request->db, request->arena, user->id, outcome->rehashed);
	if (error)
		return error;
	bool is_whole = !user->totp_sealed.data || MUTANT("second_factor");
	return is_whole ? sign_in_complete(request, visitor, user->id, next) : begin_second_step(request, visitor, user->id, next);
}

/* Tries count for the account when there is one, else for the name that was typed, so that both look the same. */
static struct str attempt_subject(struct request *request, const struct user *user, struct str login)
{
	if (user->id)
		return arena_printf(request->arena, "user %lld", (long long)user->id);
	return arena_printf(request->arena, "login %.*s", STR_ARG(arena_lower(request->arena, login)));
}

static enum error ask_password(struct request *request, const struct visitor *visitor, const struct user *user,
	struct str subject, struct str password)
{
	bool is_allowed;
	int64_t wait_s;
	enum error error = attempt_take(request->db, request->arena, ATTEMPT_PASSWORD, subject, &is_allowed, &wait_s);
	if (error)
		return error;
	if (!is_allowed) {
		static const enum text fault = TEXT_TOO_MANY_TRIES;
		write_sign_in(request, visitor, 429, &fault);
		respond_header(request, "Retry-After", arena_printf(request->arena, "%lld", (long long)wait_s));
		return ERROR_NONE;
	}
	request_await_password(request, &(struct password_question){ .wants_check = true, .given = password,
		.hash = user->password_hash });
	return ERROR_NONE;
}

enum error handle_sign_in(struct request *request)
{
	static const enum text wrong = TEXT_WRONG_LOGIN;
	struct visitor visitor;
	struct user user = { 0 };
	struct str login = str_trim(form_value(&request->form, "login")), password = form_value(&request->form, "password");
	enum error error = visitor_load(request, &visitor);
	if (error)
		return error;
	if (!visitor_sent_form(request, &visitor)) {
		visitor_message(request, &visitor, 403, TEXT_FORM_EXPIRED_TITLE, TEXT_FORM_EXPIRED_HELP);
		return ERROR_NONE;
	}
	if (login.len > 0 && login.len <= LOGIN_MAX_BYTES)
		error = user_find_by_login(request->db, request->arena, login, &user);
	if (error && error != ERROR_NOT_FOUND)
		return error;
	struct str subject = attempt_subject(request, &user, str_slice(login, 0, LOGIN_MAX_BYTES));
	if (!request->password_outcome)
		return ask_password(request, &visitor, &user, subject, password);
	bool is_current = str_eq(request->password_outcome->checked, user.password_hash) || MUTANT("sign_in_changed");
	if (!user.id || !request->password_outcome->is_right || !is_current) {
		write_sign_in(request, &visitor, 401, &wrong);
		return ERROR_NONE;
	}
	error = attempt_forget(request->db, request->arena, ATTEMPT_PASSWORD, subject);
	return error ? error : come_in(request, &visitor, &user, request->password_outcome);
}

enum error handle_sign_out(struct request *request)
{
	struct visitor visitor;
	enum error error = visitor_load(request, &visitor);
	if (error)
		return error;
	if (!visitor_sent_form(request, &visitor)) {
		visitor_message(request, &visitor, 403, TEXT_FORM_EXPIRED_TITLE, TEXT_FORM_EXPIRED_HELP);
		return ERROR_NONE;
	}
	error = visitor_log_out(request, &visitor);
	if (error)
		return error;
	visitor_redirect(request, STR_LITERAL("/auth/sign_in"));
	visitor_set_cookie(request, (struct str){ 0 });
	return ERROR_NONE;
}
