/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The sign-up form; what was typed stays, but for the password. */
#include "server/login/sign_up_page.h"

#include "server/action/sign_up.h"
#include "server/http/password_work.h"
#include "server/login/sign_up_modes.h"
#include "server/login/visitor.h"


#define INVITATION_MAX_BYTES 64

static struct str given(const struct request *request, const char *name)
{
	return form_value(request->form.count ? &request->form : &request->query, name);
}

static enum text fault_text(const struct sign_up_fault *fault)
{
	switch (fault->field) {
	case SIGN_UP_USERNAME:
		return fault->kind == FAULT_TAKEN ? TEXT_FAULT_USERNAME_TAKEN : TEXT_FAULT_USERNAME;
	case SIGN_UP_EMAIL:
		if (fault->kind == FAULT_BLOCKED)
			return TEXT_FAULT_EMAIL_BLOCKED;
		return fault->kind == FAULT_TAKEN ? TEXT_FAULT_EMAIL_TAKEN : TEXT_FAULT_EMAIL;
	case SIGN_UP_PASSWORD:
		return TEXT_FAULT_PASSWORD;
	case SIGN_UP_AGREEMENT:
		return TEXT_FAULT_AGREEMENT;
	case SIGN_UP_REASON:
		return TEXT_FAULT_REASON;
	case SIGN_UP_INVITATION:
		break;
	}
	return TEXT_SIGN_UP_INVITATION_BAD;
}

static void write_fields(struct request *request, struct buf *out, const struct visitor *visitor, enum sign_up_mode mode)
{
	enum language language = visitor->language;
	TEMPLATE(out,
		"<label>{}<input name=\"username\" value=\"{}\" autocomplete=\"username\" autocapitalize=\"none\" spellcheck=\"false\""
		" required maxlength=\"30\"><small>{}</small></label>"
		"<label>{}<input name=\"email\" type=\"email\" value=\"{}\" autocomplete=\"email\" required maxlength=\"254\"></label>"
		"<label>{}<input name=\"password\" type=\"password\" autocomplete=\"new-password\" required minlength=\"8\""
		" maxlength=\"1024\"><small>{}</small></label>",
		template_text(text_get(language, TEXT_USERNAME)), template_text(str_slice(given(request, "username"), 0, 64)),
		template_text(text_get(language, TEXT_SIGN_UP_USERNAME_HINT)), template_text(text_get(language, TEXT_EMAIL)),
		template_text(str_slice(given(request, "email"), 0, 254)), template_text(text_get(language, TEXT_PASSWORD)),
		template_text(text_get(language, TEXT_SIGN_UP_PASSWORD_HINT)));
	if (mode == SIGN_UP_BY_APPROVAL)
		TEMPLATE(out, "<label>{}<textarea name=\"reason\" rows=\"4\" maxlength=\"1000\">{}</textarea></label>",
			template_text(text_get(language, TEXT_SIGN_UP_REASON)),
			template_text(str_slice(given(request, "reason"), 0, 4000)));
	TEMPLATE(out, "<label class=\"check\"><input type=\"checkbox\" name=\"agreement\" value=\"1\" required>"
		"<span>{} <a href=\"/about\">{}</a></span></label>",
		template_text(text_get(language, TEXT_SIGN_UP_AGREE)), template_text(text_get(language, TEXT_ABOUT)));
}

static void write_form(struct request *request, const struct visitor *visitor, int status, const struct sign_up_fault *faults,
	size_t fault_count)
{
	enum language language = visitor->language;
	enum sign_up_mode mode = sign_up_mode_of(request->app->config);
	struct str invitation = str_slice(given(request, "invite"), 0, INVITATION_MAX_BYTES);
	struct page page = { .title = text_get(language, TEXT_SIGN_UP) };
	struct buf *out = visitor_page(request, visitor, status, &page);
	TEMPLATE(out, "<section class=\"panel\"><h1>{}</h1>\n", template_text(page.title));
	for (size_t i = 0; i < fault_count; i++)
		TEMPLATE(out, "<p class=\"fault\" role=\"alert\">{}</p>\n", template_text(text_get(language, fault_text(&faults[i]))));
	if (mode == SIGN_UP_CLOSED || (mode == SIGN_UP_BY_INVITATION && !invitation.len)) {
		TEMPLATE(out, "<p>{}</p></section>\n",
			template_text(text_get(language, mode == SIGN_UP_CLOSED ? TEXT_SIGN_UP_CLOSED : TEXT_SIGN_UP_INVITED)));
		page_end(request, out, &page);
		return;
	}
	TEMPLATE(out, "<form method=\"post\" action=\"/auth/sign_up\" class=\"form\">");
	visitor_write_form_fields(visitor, out);
	TEMPLATE(out, "<input type=\"hidden\" name=\"invite\" value=\"{}\">", template_text(invitation));
	write_fields(request, out, visitor, mode);
	TEMPLATE(out, "<p class=\"buttons\"><button class=\"primary\">{}</button></p></form></section>\n",
		template_text(text_get(language, TEXT_SIGN_UP)));
	page_end(request, out, &page);
}

enum error handle_sign_up_page(struct request *request)
{
	struct visitor visitor;
	enum error error = visitor_load(request, &visitor);
	if (!error)
		write_form(request, &visitor, 200, NULL, 0);
	return error;
}

static enum error finish(struct request *request, const struct visitor *visitor, const struct sign_up *wish)
{
	struct account_created created;
	enum error error = sign_up_do(request->db, request->arena, request->app, wish, request->password_outcome->hash, &created);
	if (error == ERROR_CONFLICT || error == ERROR_GONE) {
		const struct sign_up_fault fault = { error == ERROR_GONE ? SIGN_UP_INVITATION : SIGN_UP_USERNAME, FAULT_TAKEN };
		write_form(request, visitor, 422, &fault, 1);
		return ERROR_NONE;
	}
	if (error)
		return error;
	if (mail_is_possible(request->app->config))
		visitor_message(request, visitor, 200, TEXT_SIGN_UP_CHECK_MAIL_TITLE, TEXT_SIGN_UP_CHECK_MAIL);
	else
		visitor_message(request, visitor, 200, TEXT_SIGN_UP_DONE_TITLE, TEXT_SIGN_UP_DONE);
	return ERROR_NONE;
}

enum error handle_sign_up(struct request *request)
{
	struct visitor visitor;
	struct sign_up_fault faults[SIGN_UP_MAX_FAULTS];
	size_t fault_count;
	enum error error = visitor_load(request, &visitor);
	if (error)
		return error;
	if (!visitor_sent_form(request, &visitor)) {
		visitor_message(request, &visitor, 403, TEXT_FORM_EXPIRED_TITLE, TEXT_FORM_EXPIRED_HELP);
		return ERROR_NONE;
	}
	const struct sign_up wish = {
		.username = str_trim(given(request, "username")),
		.email = str_trim(given(request, "email")),
		.password = given(request, "password"),
		.locale = language_tag(visitor.language),
		.reason = given(request, "reason"),
		.invitation = str_slice(given(request, "invite"), 0, INVITATION_MAX_BYTES),
		.has_agreed = given(request, "agreement").len > 0,
	};
	error = sign_up_check(request->db, request->arena, request->app, &wish, faults, &fault_count);
	if (error == ERROR_FORBIDDEN) {
		write_form(request, &visitor, 403, NULL, 0);
		return ERROR_NONE;
	}
	if (error)
		return error;
	if (fault_count) {
		write_form(request, &visitor, 422, faults, fault_count);
		return ERROR_NONE;
	}
	if (!request->password_outcome) {
		request_await_password(request, &(struct password_question){ .wanted = wish.password });
		return ERROR_NONE;
	}
	return request->password_outcome->error ? request->password_outcome->error : finish(request, &visitor, &wish);
}
