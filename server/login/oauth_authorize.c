/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Everything is checked when the page is shown and once more when it is answered. What is wrong with the client or its
 * address is said here, to the person; everything else is told to the client. */
#include "server/login/oauth_authorize.h"

#include "server/app.h"
#include "server/login/oauth_app.h"
#include "server/login/oauth_error.h"
#include "server/login/scope.h"
#include "server/login/visitor.h"
#include "server/mastodon/parameters.h"
#include "storage/membership.h"
#include "storage/oauth.h"

#include "base/clock.h"
#include "base/mutant.h"
#include "base/random.h"
#include "base/url.h"

#define CODE_LIFE_S 600
#define STATE_MAX_BYTES 4096
#define CHALLENGE_BYTES 43 /* base64url of a SHA-256 */

struct authorization {
	struct oauth_application application;
	struct str redirect_uri;
	struct str scopes;
	struct str state;     /* data NULL when none came */
	struct str challenge; /* data NULL when none came */
	bool has_fault;       /* which goes to the client */
	enum oauth_error fault;
};

/* The parameters that a form has to bring back, so that its answer is checked by the same function. */
static const char *const kept[] = { "client_id", "redirect_uri", "scope", "state", "response_type", "code_challenge",
	"code_challenge_method" };

static void set_fault(struct authorization *authorization, enum oauth_error fault)
{
	if (!authorization->has_fault)
		authorization->fault = fault;
	authorization->has_fault = true;
}

static void read_challenge(struct request *request, struct authorization *authorization)
{
	struct str challenge = parameter_text(request, "code_challenge");
	struct str method = parameter_text(request, "code_challenge_method");
	if (!challenge.len && !method.len)
		return;
	/* "plain" protects nothing that is worth protecting. */
	if (!str_eq(method, STR_LITERAL("S256")) || challenge.len != CHALLENGE_BYTES) {
		set_fault(authorization, OAUTH_INVALID_REQUEST);
		return;
	}
	authorization->challenge = challenge;
}

/* False: answered, with a page. */
static bool read_authorization(struct request *request, const struct visitor *visitor, struct authorization *authorization,
	enum error *ret_error)
{
	struct str client_id = parameter_text(request, "client_id"), wanted = parameter_text(request, "scope");
	struct str type = parameter_text(request, "response_type"), state = parameter_text(request, "state");
	*authorization = (struct authorization){ 0 };
	*ret_error = ERROR_NOT_FOUND;
	if (client_id.len > 0 && client_id.len <= 128)
		*ret_error = oauth_application_find(request->db, request->arena, client_id, &authorization->application);
	if (*ret_error && *ret_error != ERROR_NOT_FOUND)
		return false;
	if (*ret_error || authorization->application.is_disabled) {
		*ret_error = ERROR_NONE;
		visitor_message(request, visitor, 400, TEXT_OAUTH_BAD_CLIENT_TITLE, TEXT_OAUTH_BAD_CLIENT_HELP);
		return false;
	}
	authorization->redirect_uri = parameter_text(request, "redirect_uri");
	if (!oauth_app_has_redirect(&authorization->application, authorization->redirect_uri)) {
		visitor_message(request, visitor, 400, TEXT_OAUTH_BAD_REDIRECT_TITLE, TEXT_OAUTH_BAD_REDIRECT_HELP);
		return false;
	}
	if (state.len <= STATE_MAX_BYTES)
		authorization->state = state;
	else
		set_fault(authorization, OAUTH_INVALID_REQUEST);
	if (!str_eq(type, STR_LITERAL("code")))
		set_fault(authorization, type.len ? OAUTH_UNSUPPORTED_RESPONSE_TYPE : OAUTH_INVALID_REQUEST);
	if (!scope_read(request->arena, wanted, &authorization->scopes) ||
	    !scope_is_within(authorization->scopes, authorization->application.scopes))
		set_fault(authorization, OAUTH_INVALID_SCOPE);
	read_challenge(request, authorization);
	return true;
}

static bool is_out_of_band(const struct authorization *authorization)
{
	return str_eq(authorization->redirect_uri, STR_LITERAL(OAUTH_OUT_OF_BAND));
}

/* Back to the app, with name=value and the state behind the address as it was registered. */
static void answer_client(struct request *request, const struct authorization *authorization, const char *name,
	struct str value, struct str description)
{
	struct arena *arena = request->arena;
	struct str uri = authorization->redirect_uri;
	const char *joint = str_contains_char(uri, '?') ? "&" : "?";
	struct str location = arena_printf(arena, "%.*s%s%s=%.*s", STR_ARG(uri), joint, name, STR_ARG(url_encode(arena, value)));
	if (description.data)
		location = arena_printf(arena, "%.*s&error_description=%.*s", STR_ARG(location),
			STR_ARG(url_encode(arena, description)));
	if (authorization->state.data)
		location = arena_printf(arena, "%.*s&state=%.*s", STR_ARG(location), STR_ARG(url_encode(arena, authorization->state)));
	respond_redirect(request, location);
}

static void answer_error(struct request *request, const struct visitor *visitor, const struct authorization *authorization,
	enum oauth_error error)
{
	if (!is_out_of_band(authorization)) {
		answer_client(request, authorization, "error", oauth_error_name(error), oauth_error_description(error));
		return;
	}
	struct page page = { .title = oauth_error_name(error) };
	struct buf *out = visitor_page(request, visitor, error == OAUTH_ACCESS_DENIED ? 200 : 400, &page);
	TEMPLATE(out, "<section class=\"message\"><h1>{}</h1><p>{}</p></section>\n", template_text(page.title),
		template_text(oauth_error_description(error)));
	page_end(request, out, &page);
}

static void write_target(struct buf *out, const struct visitor *visitor, const struct authorization *authorization)
{
	struct str target = authorization->redirect_uri;
	TEMPLATE(out, "<div><dt>{}</dt><dd>", template_text(text_get(visitor->language, TEXT_AUTHORIZE_TARGET)));
	if (is_out_of_band(authorization))
		TEMPLATE(out, "{}", template_text(text_get(visitor->language, TEXT_AUTHORIZE_CODE_PAGE)));
	else
		TEMPLATE(out, "<code>{}</code>", template_text(target));
	TEMPLATE(out, "</dd></div>\n");
}

static void write_facts(struct buf *out, const struct visitor *visitor, const struct authorization *authorization)
{
	const struct oauth_application *application = &authorization->application;
	TEMPLATE(out, "<dl class=\"fields\"><div><dt>{}</dt><dd><strong>{}</strong> <span class=\"handle\">@{}@{}</span></dd></div>\n",
		template_text(text_get(visitor->language, TEXT_AUTHORIZE_AS)), template_text(visitor->actor.display_name),
		template_text(visitor->actor.username), template_text(visitor->actor.domain));
	/* Text, not a link: an app's own word for where it comes from. */
	if (application->website.data)
		TEMPLATE(out, "<div><dt>{}</dt><dd>{}</dd></div>\n",
			template_text(text_get(visitor->language, TEXT_AUTHORIZE_WEBSITE)), template_text(application->website));
	write_target(out, visitor, authorization);
	TEMPLATE(out, "</dl>\n");
}

static void write_scopes(struct buf *out, const struct visitor *visitor, struct str scopes)
{
	struct str scope;
	enum text meaning;
	TEMPLATE(out, "<h2>{}</h2>\n<ul class=\"scopes\">", template_text(text_get(visitor->language, TEXT_AUTHORIZE_MAY)));
	while (str_split_next(&scopes, ' ', &scope))
		if (scope_meaning(scope, &meaning))
			TEMPLATE(out, "<li>{} <code>{}</code></li>", template_text(text_get(visitor->language, meaning)),
				template_text(scope));
	TEMPLATE(out, "</ul>\n");
}

static void write_voice(struct buf *out, struct str value, struct str name, struct str username, struct str domain, bool is_first)
{
	TEMPLATE(out, "<label><input type=\"radio\" name=\"actor\" value=\"{}\"{}> <strong>{}</strong> <span class=\"handle\">@{}@{}</span></label>\n",
		template_text(value), template_text(is_first ? STR_LITERAL(" checked") : STR_LITERAL("")), template_text(name),
		template_text(username), template_text(domain));
}

/* Nothing where there is nothing to choose. */
static void write_voices(struct request *request, struct buf *out, const struct visitor *visitor, const struct voice *voices,
	size_t count)
{
	if (!count)
		return;
	TEMPLATE(out, "<fieldset class=\"voices\"><legend>{}</legend>\n",
		template_text(text_get(visitor->language, TEXT_AUTHORIZE_VOICE)));
	write_voice(out, STR_LITERAL(""), visitor->actor.display_name.len ? visitor->actor.display_name : visitor->actor.username,
		visitor->actor.username, visitor->actor.domain, true);
	for (size_t i = 0; i < count; i++)
		write_voice(out, arena_printf(request->arena, "%lld", (long long)voices[i].actor_id), voices[i].display_name,
			voices[i].username, voices[i].domain, false);
	TEMPLATE(out, "</fieldset>\n");
}

static void write_buttons(struct request *request, struct buf *out, const struct visitor *visitor, const struct voice *voices,
	size_t voice_count)
{
	TEMPLATE(out, "<form method=\"post\" action=\"/oauth/authorize\" class=\"form\">");
	visitor_write_form_fields(visitor, out);
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		if (parameter_is_there(request, kept[i]))
			TEMPLATE(out, "<input type=\"hidden\" name=\"{}\" value=\"{}\">", template_text(str_from(kept[i])),
				template_text(parameter_text(request, kept[i])));
	write_voices(request, out, visitor, voices, voice_count);
	TEMPLATE(out,
		"<p class=\"buttons\"><button name=\"decision\" value=\"allow\" class=\"primary\">{}</button>"
		"<button name=\"decision\" value=\"deny\">{}</button></p></form>\n",
		template_text(text_get(visitor->language, TEXT_AUTHORIZE)), template_text(text_get(visitor->language, TEXT_DENY)));
}

/* The same question, as a path: without what was asked of the sign-in. */
static struct str own_path(struct request *request)
{
	struct str path = STR_LITERAL("/oauth/authorize");
	const char *joint = "?";
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		if (!parameter_is_there(request, kept[i]))
			continue;
		path = arena_printf(request->arena, "%.*s%s%s=%.*s", STR_ARG(path), joint, kept[i],
			STR_ARG(url_encode(request->arena, parameter_text(request, kept[i]))));
		joint = "&";
	}
	struct str language = parameter_text(request, "lang");
	if (language.len)
		path = arena_printf(request->arena, "%.*s&lang=%.*s", STR_ARG(path), STR_ARG(url_encode(request->arena, language)));
	return path;
}

static enum error write_page(struct request *request, const struct visitor *visitor, const struct authorization *authorization)
{
	struct voice *voices;
	size_t voice_count;
	enum error error = voice_list(request->db, request->arena, visitor->user.id, &voices, &voice_count);
	if (error)
		return error;
	struct page page = { .title = text_get(visitor->language, TEXT_AUTHORIZE), .leads_elsewhere = true };
	struct buf *out = visitor_page(request, visitor, 200, &page);
	TEMPLATE(out, "<section class=\"panel\"><h1>{}</h1><p class=\"lead\">{}</p>\n",
		template_text(authorization->application.name),
		template_text(text_get(visitor->language, TEXT_AUTHORIZE_QUESTION)));
	write_facts(out, visitor, authorization);
	write_scopes(out, visitor, authorization->scopes);
	TEMPLATE(out, "<p class=\"note\">{}</p>\n", template_text(text_get(visitor->language, TEXT_AUTHORIZE_WARNING)));
	write_buttons(request, out, visitor, voices, voice_count);
	TEMPLATE(out, "<p class=\"note\"><a href=\"{}\">{}</a></p></section>\n",
		template_url(arena_printf(request->arena, "/auth/sign_in?next=%.*s",
			STR_ARG(url_encode(request->arena, own_path(request))))),
		template_text(text_get(visitor->language, TEXT_OTHER_ACCOUNT)));
	page_end(request, out, &page);
	return ERROR_NONE;
}

static bool drop_admin(struct request *request, const struct visitor *visitor, struct authorization *authorization)
{
	if (visitor->user.role == USER_MEMBER)
		authorization->scopes = scope_without_admin(request->arena, authorization->scopes);
	return authorization->scopes.len > 0;
}

enum error handle_authorize_page(struct request *request)
{
	struct visitor visitor;
	struct authorization authorization;
	enum error error = visitor_load(request, &visitor);
	if (error)
		return error;
	if (!read_authorization(request, &visitor, &authorization, &error))
		return error;
	if (authorization.has_fault) {
		answer_error(request, &visitor, &authorization, authorization.fault);
		return ERROR_NONE;
	}
	if (!visitor.is_in || parameter_bool(request, "force_login", false)) {
		visitor_send_to_sign_in(request, own_path(request));
		return ERROR_NONE;
	}
	if (drop_admin(request, &visitor, &authorization))
		return write_page(request, &visitor, &authorization);
	answer_error(request, &visitor, &authorization, OAUTH_INVALID_SCOPE);
	return ERROR_NONE;
}

/* Who was chosen to speak. ERROR_FORBIDDEN for one that the visitor may do nothing with. */
static enum error choose_voice(struct request *request, const struct visitor *visitor, int64_t *ret_actor_id)
{
	struct str chosen = parameter_text(request, "actor");
	struct voice *voices;
	size_t count;
	int64_t id;
	*ret_actor_id = visitor->actor.id;
	if (!chosen.len)
		return ERROR_NONE;
	enum error error = voice_list(request->db, request->arena, visitor->user.id, &voices, &count);
	if (error || !str_to_int64(chosen, &id))
		return error ? error : ERROR_FORBIDDEN;
	for (size_t i = 0; i < count; i++)
		if (voices[i].actor_id == id)
			*ret_actor_id = id;
	return *ret_actor_id == id || MUTANT("authorize_foreign_voice") ? ERROR_NONE : ERROR_FORBIDDEN;
}

static enum error give_code(struct request *request, const struct visitor *visitor, const struct authorization *authorization,
	int64_t actor_id)
{
	struct str scopes = authorization->scopes;
	if (actor_id != visitor->actor.id)
		scopes = scope_without_admin(request->arena, scopes);
	struct str text = random_token(request->arena, LOGIN_TOKEN_BYTES);
	const struct oauth_code code = {
		.code_hash = login_hash(request->arena, text),
		.application_id = authorization->application.id,
		.user_id = visitor->user.id,
		.actor_id = actor_id,
		.redirect_uri = authorization->redirect_uri,
		.scopes = scopes,
		.challenge = authorization->challenge,
		.expires_us = clock_now_us() + CODE_LIFE_S * 1000000LL,
	};
	enum error error = oauth_code_create(request->db, request->arena, &code);
	if (error)
		return error;
	if (is_out_of_band(authorization))
		visitor_redirect(request, arena_printf(request->arena, "/oauth/authorize/native?code=%.*s", STR_ARG(text)));
	else
		answer_client(request, authorization, "code", text, (struct str){ 0 });
	return ERROR_NONE;
}

/* What POST and DELETE begin with. False: answered, or *ret_error. */
static bool begin_answer(struct request *request, struct visitor *visitor, struct authorization *authorization,
	enum error *ret_error)
{
	*ret_error = visitor_load(request, visitor);
	if (*ret_error)
		return false;
	if (!visitor_sent_form(request, visitor)) {
		visitor_message(request, visitor, 403, TEXT_FORM_EXPIRED_TITLE, TEXT_FORM_EXPIRED_HELP);
		return false;
	}
	if (!read_authorization(request, visitor, authorization, ret_error))
		return false;
	if (!visitor->is_in) {
		visitor_send_to_sign_in(request, own_path(request));
		return false;
	}
	if (!drop_admin(request, visitor, authorization))
		set_fault(authorization, OAUTH_INVALID_SCOPE);
	if (!authorization->has_fault)
		return true;
	answer_error(request, visitor, authorization, authorization->fault);
	return false;
}

enum error handle_authorize(struct request *request)
{
	struct visitor visitor;
	struct authorization authorization;
	enum error error = ERROR_NONE;
	if (!begin_answer(request, &visitor, &authorization, &error))
		return error;
	int64_t actor_id = visitor.actor.id;
	bool is_allowed = str_eq(parameter_text(request, "decision"), STR_LITERAL("allow"));
	if (is_allowed)
		error = choose_voice(request, &visitor, &actor_id);
	if (is_allowed && !error)
		return give_code(request, &visitor, &authorization, actor_id);
	if (error && error != ERROR_FORBIDDEN)
		return error;
	answer_error(request, &visitor, &authorization, OAUTH_ACCESS_DENIED);
	return ERROR_NONE;
}

enum error handle_authorize_denied(struct request *request)
{
	struct visitor visitor;
	struct authorization authorization;
	enum error error;
	if (begin_answer(request, &visitor, &authorization, &error))
		answer_error(request, &visitor, &authorization, OAUTH_ACCESS_DENIED);
	return error;
}

enum error handle_authorize_native(struct request *request)
{
	struct visitor visitor;
	enum error error = visitor_load(request, &visitor);
	if (error)
		return error;
	struct str code = form_value(&request->query, "code");
	struct page page = { .title = text_get(visitor.language, TEXT_NATIVE_TITLE) };
	if (!code.len || code.len > 128)
		return ERROR_BAD_REQUEST;
	struct buf *out = visitor_page(request, &visitor, 200, &page);
	TEMPLATE(out, "<section class=\"panel\"><h1>{}</h1><p><code class=\"secret\">{}</code></p><p class=\"note\">{}</p></section>\n",
		template_text(page.title), template_text(code), template_text(text_get(visitor.language, TEXT_NATIVE_HELP)));
	page_end(request, out, &page);
	return ERROR_NONE;
}
