/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Confirmation of an address and a new password, each good once. Whether an address belongs to somebody is told to
 * nobody. */
#include "server/login/link_pages.h"

#include "server/action/deed.h"
#include "server/action/email_address.h"
#include "server/app.h"
#include "server/http/password_work.h"
#include "server/login/sign_up_modes.h"
#include "server/login/visitor.h"
#include "server/mail/mail.h"
#include "storage/user_link.h"

#include "base/log.h"
#include "base/mutant.h"

#define TOKEN_MAX_BYTES 64

static enum error find_link(struct request *request, const struct form *form, enum user_link_purpose purpose,
	struct user_link *ret_link)
{
	struct str token = form_value(form, "token");
	if (!token.len || token.len > TOKEN_MAX_BYTES)
		return ERROR_NOT_FOUND;
	return user_link_find(request->db, request->arena, login_hash(request->arena, token), purpose, ret_link);
}

/* For GET and POST: the visitor, and the link unless it is none, which is answered here. */
static bool begin(struct request *request, enum user_link_purpose purpose, struct visitor *visitor, struct user_link *link,
	enum error *ret_error)
{
	bool is_post = request->http->method == HTTP_POST;
	*ret_error = visitor_load(request, visitor);
	if (*ret_error)
		return false;
	if (is_post && !visitor_sent_form(request, visitor)) {
		visitor_message(request, visitor, 403, TEXT_FORM_EXPIRED_TITLE, TEXT_FORM_EXPIRED_HELP);
		return false;
	}
	*ret_error = find_link(request, is_post ? &request->form : &request->query, purpose, link);
	if (*ret_error != ERROR_NOT_FOUND)
		return !*ret_error;
	*ret_error = ERROR_NONE;
	visitor_message(request, visitor, 404, TEXT_LINK_BAD_TITLE, TEXT_LINK_BAD_HELP);
	return false;
}

static void write_link_form(struct request *request, const struct visitor *visitor, int status, const char *action,
	enum text title, struct str help, bool wants_password, const enum text *fault)
{
	enum language language = visitor->language;
	const struct form *form = request->form.count ? &request->form : &request->query;
	struct page page = { .title = text_get(language, title) };
	struct buf *out = visitor_page(request, visitor, status, &page);
	TEMPLATE(out, "<section class=\"panel\"><h1>{}</h1><p>{}</p>\n", template_text(page.title), template_text(help));
	if (fault)
		TEMPLATE(out, "<p class=\"fault\" role=\"alert\">{}</p>\n", template_text(text_get(language, *fault)));
	TEMPLATE(out, "<form method=\"post\" action=\"{}\" class=\"form\">", template_url(str_from(action)));
	visitor_write_form_fields(visitor, out);
	TEMPLATE(out, "<input type=\"hidden\" name=\"token\" value=\"{}\">",
		template_text(str_slice(form_value(form, "token"), 0, TOKEN_MAX_BYTES)));
	if (wants_password)
		TEMPLATE(out, "<label>{}<input name=\"password\" type=\"password\" autocomplete=\"new-password\" required"
			" minlength=\"8\" maxlength=\"1024\"></label>",
			template_text(text_get(language, TEXT_NEW_PASSWORD)));
	TEMPLATE(out, "<p class=\"buttons\"><button class=\"primary\">{}</button></p></form></section>\n",
		template_text(text_get(language, wants_password ? TEXT_SAVE : TEXT_CONTINUE)));
	page_end(request, out, &page);
}

enum error handle_confirm_page(struct request *request)
{
	struct visitor visitor;
	struct user_link link;
	enum error error;
	if (!begin(request, USER_LINK_CONFIRM, &visitor, &link, &error))
		return error;
	struct str help = arena_printf(request->arena, "%.*s %.*s", STR_ARG(text_get(visitor.language, TEXT_CONFIRM_HELP)),
		STR_ARG(link.email));
	write_link_form(request, &visitor, 200, "/auth/confirm", TEXT_CONFIRM_TITLE, help, false, NULL);
	return ERROR_NONE;
}

struct confirmation {
	const struct user_link *link;
	struct user user; /* as it was before */
};

static enum error write_confirmation(struct db *db, struct arena *arena, void *owner)
{
	const struct confirmation *confirmation = owner;
	const struct user_link *link = confirmation->link;
	const struct user *user = &confirmation->user;
	enum error error = user_link_use(db, arena, link->token_hash, USER_LINK_CONFIRM);
	if (!error)
		error = user_confirm(db, arena, link->user_id, link->email);
	if (!error && user->is_confirmed && !str_eq_nocase(user->email, link->email))
		error = mail_add(db, arena, MAIL_EMAIL_CHANGED, user->id, user->email);
	return error;
}

enum error handle_confirm(struct request *request)
{
	struct visitor visitor;
	struct user_link link;
	struct confirmation confirmation = { .link = &link };
	enum error error;
	if (!begin(request, USER_LINK_CONFIRM, &visitor, &link, &error))
		return error;
	error = user_find_by_id(request->db, request->arena, link.user_id, &confirmation.user);
	if (!error)
		error = deed_write(request->db, request->arena, write_confirmation, &confirmation, ERROR_NOT_FOUND);
	if (error == ERROR_CONFLICT || error == ERROR_NOT_FOUND) {
		visitor_message(request, &visitor, 404, TEXT_LINK_BAD_TITLE, TEXT_LINK_BAD_HELP);
		return ERROR_NONE;
	}
	if (error)
		return error;
	log_event(LOG_LEVEL_INFO, "address_confirmed", LOG_INT("user_id", link.user_id));
	visitor_message(request, &visitor, 200, TEXT_CONFIRM_DONE_TITLE,
		confirmation.user.is_pending ? TEXT_CONFIRM_WAIT : TEXT_CONFIRM_DONE);
	return ERROR_NONE;
}

enum error handle_password_page(struct request *request)
{
	struct visitor visitor;
	enum error error = visitor_load(request, &visitor);
	if (error)
		return error;
	enum language language = visitor.language;
	bool is_possible = mail_is_possible(request->app->config);
	struct page page = { .title = text_get(language, TEXT_RESET_TITLE) };
	struct buf *out = visitor_page(request, &visitor, 200, &page);
	TEMPLATE(out, "<section class=\"panel\"><h1>{}</h1><p>{}</p>\n", template_text(page.title),
		template_text(text_get(language, is_possible ? TEXT_RESET_HELP : TEXT_RESET_NO_MAIL)));
	if (is_possible) {
		TEMPLATE(out, "<form method=\"post\" action=\"/auth/password\" class=\"form\">");
		visitor_write_form_fields(&visitor, out);
		TEMPLATE(out,
			"<label>{}<input name=\"email\" type=\"email\" autocomplete=\"email\" required maxlength=\"254\"></label>"
			"<p class=\"buttons\"><button class=\"primary\">{}</button></p></form>\n",
			template_text(text_get(language, TEXT_EMAIL)), template_text(text_get(language, TEXT_RESET_SEND)));
	}
	TEMPLATE(out, "</section>\n");
	page_end(request, out, &page);
	return ERROR_NONE;
}

/* For an address that nobody has the same is written as for one that somebody has, so that the time tells nothing
 * either: the job finds no user, and ends. */
static enum error send_link(struct request *request, struct str email)
{
	struct user user = { 0 };
	if (!mail_is_possible(request->app->config) || !email_is_valid(request->arena, email))
		return ERROR_NONE;
	enum error error = user_find_by_email(request->db, request->arena, email, &user);
	if (error && error != ERROR_NOT_FOUND)
		return error;
	if (error || user.is_disabled)
		user = (struct user){ .email = email };
	return mail_add_counted(request->db, request->arena, MAIL_RESET, user.id, user.email);
}

enum error handle_password_link(struct request *request)
{
	struct visitor visitor;
	enum error error = visitor_load(request, &visitor);
	if (error)
		return error;
	if (!visitor_sent_form(request, &visitor)) {
		visitor_message(request, &visitor, 403, TEXT_FORM_EXPIRED_TITLE, TEXT_FORM_EXPIRED_HELP);
		return ERROR_NONE;
	}
	error = send_link(request, str_trim(form_value(&request->form, "email")));
	if (error)
		return error;
	visitor_message(request, &visitor, 200, TEXT_RESET_SENT_TITLE, TEXT_RESET_SENT);
	return ERROR_NONE;
}

enum error handle_password_reset_page(struct request *request)
{
	struct visitor visitor;
	struct user_link link;
	enum error error;
	if (begin(request, USER_LINK_RESET, &visitor, &link, &error))
		write_link_form(request, &visitor, 200, "/auth/password/reset", TEXT_RESET_TITLE, STR_LITERAL(""), true, NULL);
	return error;
}

struct reset {
	const struct user_link *link;
	struct user user;
	struct str password_hash;
};

/* Who has read the mail has shown that the address is theirs, too. */
static enum error write_reset(struct db *db, struct arena *arena, void *owner)
{
	const struct reset *reset = owner;
	const struct user *user = &reset->user;
	enum error error = user_link_use(db, arena, reset->link->token_hash, USER_LINK_RESET);
	if (error == ERROR_NOT_FOUND && MUTANT("reset_link_once"))
		error = ERROR_NONE;
	/* Sent to an address that the user has left since. */
	if (!error && !str_eq_nocase(user->email, reset->link->email) && !MUTANT("reset_link_address"))
		error = ERROR_NOT_FOUND;
	if (!error)
		error = user_set_password(db, arena, user->id, reset->password_hash);
	if (!error)
		error = mail_forget(db, arena, MAIL_CONFIRM, user->id);
	if (!error && !user->is_confirmed && str_eq(user->email, reset->link->email))
		error = user_confirm(db, arena, user->id, user->email);
	return error ? error : mail_add(db, arena, MAIL_PASSWORD_CHANGED, user->id, user->email);
}

enum error handle_password_reset(struct request *request)
{
	static const enum text fault = TEXT_FAULT_PASSWORD;
	struct visitor visitor;
	struct user_link link;
	enum error error;
	if (!begin(request, USER_LINK_RESET, &visitor, &link, &error))
		return error;
	const struct password_outcome *outcome = request->password_outcome;
	if (!outcome) {
		struct str password = form_value(&request->form, "password");
		request_await_password(request,
			&(struct password_question){ .wanted = password.data ? password : STR_LITERAL("") });
		return ERROR_NONE;
	}
	if (outcome->error == ERROR_UNPROCESSABLE) {
		write_link_form(request, &visitor, 422, "/auth/password/reset", TEXT_RESET_TITLE, STR_LITERAL(""), true, &fault);
		return ERROR_NONE;
	}
	if (outcome->error)
		return outcome->error;
	struct reset reset = { .link = &link, .password_hash = outcome->hash };
	error = user_find_by_id(request->db, request->arena, link.user_id, &reset.user);
	if (!error)
		error = deed_write(request->db, request->arena, write_reset, &reset, ERROR_NOT_FOUND);
	if (error == ERROR_NOT_FOUND) {
		visitor_message(request, &visitor, 404, TEXT_LINK_BAD_TITLE, TEXT_LINK_BAD_HELP);
		return ERROR_NONE;
	}
	if (error)
		return error;
	log_event(LOG_LEVEL_INFO, "login_reset", LOG_INT("user_id", link.user_id));
	visitor_message(request, &visitor, 200, TEXT_RESET_DONE_TITLE, TEXT_RESET_DONE);
	return ERROR_NONE;
}
