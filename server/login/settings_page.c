/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The settings on one page. */
#include "server/login/settings.h"

#include "server/app.h"
#include "server/login/settings_invitations.h"
#include "server/login/settings_exports.h"
#include "server/login/settings_severed.h"
#include "server/login/sign_up_modes.h"
#include "storage/oauth.h"
#include "storage/second_factor.h"

static void write_form_begin(struct buf *out, const struct visitor *visitor, struct str action, const char *class)
{
	TEMPLATE(out, "<form method=\"post\" action=\"{}\" class=\"{}\">", template_url(action), template_text(str_from(class)));
	visitor_write_form_fields(visitor, out);
}

static void write_password_field(struct buf *out, enum language language)
{
	TEMPLATE(out, "<label>{}<input name=\"current_password\" type=\"password\" autocomplete=\"current-password\" required"
		" maxlength=\"1024\"></label>",
		template_text(text_get(language, TEXT_CURRENT_PASSWORD)));
}

static void write_button(struct buf *out, enum language language, enum text text, const char *class)
{
	TEMPLATE(out, "<p class=\"buttons\"><button class=\"{}\">{}</button></p></form>\n", template_text(str_from(class)),
		template_text(text_get(language, text)));
}

static void write_head(struct request *request, struct buf *out, const struct visitor *visitor, const enum text *fault)
{
	enum language language = visitor->language;
	struct str done = form_value(&request->query, "done");
	TEMPLATE(out, "<section class=\"panel\"><h1>{}</h1><p class=\"handle\">@{}@{} · {}</p>\n",
		template_text(text_get(language, TEXT_SETTINGS)), template_text(visitor->actor.username),
		template_text(visitor->actor.domain), template_text(visitor->user.email));
	if (fault)
		TEMPLATE(out, "<p class=\"fault\" role=\"alert\">{}</p>\n", template_text(text_get(language, *fault)));
	else if (done.len)
		TEMPLATE(out, "<p class=\"done\" role=\"status\">{}</p>\n",
			template_text(text_get(language, str_eq(done, STR_LITERAL("mail")) ? TEXT_SETTINGS_MAIL_SENT : TEXT_SETTINGS_SAVED)));
	write_form_begin(out, visitor, STR_LITERAL("/auth/sign_out"), "inline");
	TEMPLATE(out, "<button>{}</button></form></section>\n", template_text(text_get(language, TEXT_SIGN_OUT)));
}

static void write_login(struct request *request, struct buf *out, const struct visitor *visitor)
{
	enum language language = visitor->language;
	TEMPLATE(out, "<section class=\"panel\"><h2>{}</h2><p class=\"note\">{}</p>",
		template_text(text_get(language, TEXT_SETTINGS_CHANGE_PASSWORD)),
		template_text(text_get(language, TEXT_SETTINGS_PASSWORD_HELP)));
	write_form_begin(out, visitor, STR_LITERAL("/settings/password"), "form");
	write_password_field(out, language);
	TEMPLATE(out, "<label>{}<input name=\"password\" type=\"password\" autocomplete=\"new-password\" required minlength=\"8\""
		" maxlength=\"1024\"></label>",
		template_text(text_get(language, TEXT_NEW_PASSWORD)));
	write_button(out, language, TEXT_SAVE, "primary");
	TEMPLATE(out, "</section>\n");
	if (!mail_is_possible(request->app->config))
		return;
	TEMPLATE(out, "<section class=\"panel\"><h2>{}</h2><p class=\"note\">{}</p>",
		template_text(text_get(language, TEXT_SETTINGS_CHANGE_EMAIL)),
		template_text(text_get(language, TEXT_SETTINGS_EMAIL_HELP)));
	write_form_begin(out, visitor, STR_LITERAL("/settings/email"), "form");
	TEMPLATE(out, "<label>{}<input name=\"email\" type=\"email\" autocomplete=\"email\" required maxlength=\"254\"></label>",
		template_text(text_get(language, TEXT_EMAIL)));
	write_password_field(out, language);
	write_button(out, language, TEXT_SAVE, "primary");
	TEMPLATE(out, "</section>\n");
}

static enum error write_second_factor(struct request *request, struct buf *out, const struct visitor *visitor)
{
	enum language language = visitor->language;
	int64_t left = 0;
	bool is_on = visitor->user.totp_sealed.data != NULL;
	enum error error = recovery_code_count(request->db, request->arena, visitor->user.id, &left);
	if (error)
		return error;
	TEMPLATE(out, "<section class=\"panel\" id=\"two_factor\"><h2>{}</h2><p>{}</p>\n",
		template_text(text_get(language, TEXT_TWO_FACTOR)),
		template_text(text_get(language, is_on ? TEXT_TWO_FACTOR_ON : TEXT_TWO_FACTOR_OFF)));
	if (!is_on) {
		TEMPLATE(out, "<p class=\"buttons\"><a class=\"button\" href=\"/settings/two_factor\">{}</a></p></section>\n",
			template_text(text_get(language, TEXT_TWO_FACTOR_SET_UP)));
		return ERROR_NONE;
	}
	TEMPLATE(out, "<p class=\"note\">{}: {}</p>", template_text(text_get(language, TEXT_TWO_FACTOR_CODES_LEFT)),
		template_text(text_number(request->arena, language, left)));
	write_form_begin(out, visitor, STR_LITERAL("/settings/two_factor/codes"), "form");
	write_password_field(out, language);
	write_button(out, language, TEXT_RECOVERY_CODES_NEW, "");
	write_form_begin(out, visitor, STR_LITERAL("/settings/two_factor/end"), "form");
	write_password_field(out, language);
	write_button(out, language, TEXT_TWO_FACTOR_END, "danger");
	TEMPLATE(out, "</section>\n");
	return ERROR_NONE;
}

static enum error write_sessions(struct request *request, struct buf *out, const struct visitor *visitor)
{
	enum language language = visitor->language;
	struct session *sessions;
	size_t count;
	enum error error = session_list(request->db, request->arena, visitor->user.id, &sessions, &count);
	if (error)
		return error;
	TEMPLATE(out, "<section class=\"panel\"><h2>{}</h2>\n<ul class=\"rows\">",
		template_text(text_get(language, TEXT_SETTINGS_SESSIONS)));
	for (size_t i = 0; i < count; i++) {
		struct str agent = sessions[i].user_agent;
		TEMPLATE(out, "<li><span><strong>{}</strong><small>{} {}</small></span>",
			template_text(agent.len ? agent : text_get(language, TEXT_SETTINGS_UNKNOWN_BROWSER)),
			template_text(text_get(language, TEXT_SETTINGS_SINCE)),
			template_text(text_date(request->arena, language, sessions[i].created_us)));
		if (sessions[i].id == visitor->session.id) {
			TEMPLATE(out, "<em>{}</em></li>\n", template_text(text_get(language, TEXT_SETTINGS_THIS_SESSION)));
			continue;
		}
		write_form_begin(out, visitor,
			arena_printf(request->arena, "/settings/sessions/%lld/end", (long long)sessions[i].id), "inline");
		TEMPLATE(out, "<button>{}</button></form></li>\n", template_text(text_get(language, TEXT_SETTINGS_END)));
	}
	TEMPLATE(out, "</ul></section>\n");
	return ERROR_NONE;
}

static enum error write_apps(struct request *request, struct buf *out, const struct visitor *visitor)
{
	enum language language = visitor->language;
	struct oauth_authorization *all;
	size_t count;
	enum error error = oauth_authorization_list(request->db, request->arena, visitor->user.id, &all, &count);
	if (error)
		return error;
	TEMPLATE(out, "<section class=\"panel\"><h2>{}</h2>\n", template_text(text_get(language, TEXT_SETTINGS_APPS)));
	if (!count)
		TEMPLATE(out, "<p class=\"empty\">{}</p>", template_text(text_get(language, TEXT_SETTINGS_NO_APPS)));
	TEMPLATE(out, "<ul class=\"rows\">");
	for (size_t i = 0; i < count; i++) {
		TEMPLATE(out, "<li><span><strong>{}</strong><small>{} {} · {}</small></span>", template_text(all[i].name),
			template_text(text_get(language, TEXT_SETTINGS_SINCE)),
			template_text(text_date(request->arena, language, all[i].created_us)),
			template_text(page_excerpt(request->arena, all[i].scopes, 120)));
		write_form_begin(out, visitor,
			arena_printf(request->arena, "/settings/applications/%lld/revoke", (long long)all[i].application_id), "inline");
		TEMPLATE(out, "<button>{}</button></form></li>\n", template_text(text_get(language, TEXT_SETTINGS_REVOKE)));
	}
	TEMPLATE(out, "</ul></section>\n");
	return ERROR_NONE;
}

static void write_deletion(struct buf *out, const struct visitor *visitor)
{
	enum language language = visitor->language;
	TEMPLATE(out, "<section class=\"panel\"><h2>{}</h2><p class=\"note\">{}</p>",
		template_text(text_get(language, TEXT_SETTINGS_DELETE)), template_text(text_get(language, TEXT_SETTINGS_DELETE_HELP)));
	write_form_begin(out, visitor, STR_LITERAL("/settings/delete"), "form");
	write_password_field(out, language);
	write_button(out, language, TEXT_SETTINGS_DELETE, "danger");
	TEMPLATE(out, "</section>\n");
}

enum error settings_write(struct request *request, const struct visitor *visitor, int status, const enum text *fault)
{
	struct page page = { .title = text_get(visitor->language, TEXT_SETTINGS) };
	struct buf *out = visitor_page(request, visitor, status, &page);
	write_head(request, out, visitor, fault);
	enum error error = settings_write_invitations(request, out, visitor);
	write_login(request, out, visitor);
	if (!error)
		error = write_second_factor(request, out, visitor);
	if (!error)
		error = write_sessions(request, out, visitor);
	if (!error)
		error = write_apps(request, out, visitor);
	if (!error)
		error = settings_write_severed(request, out, visitor);
	if (error)
		return error;
	settings_write_exports(out, visitor);
	write_deletion(out, visitor);
	page_end(request, out, &page);
	return ERROR_NONE;
}

enum error handle_settings_page(struct request *request)
{
	struct visitor visitor;
	enum error error;
	if (settings_begin(request, &visitor, &error))
		error = settings_write(request, &visitor, 200, NULL);
	return error;
}
