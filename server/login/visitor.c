/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Sessions as cookies. The token of forms is made from the session's secret, or from a cookie of its own before there is
 * a session; the Origin of a POST has to be ours as well. */
#include "server/login/visitor.h"

#include "server/app.h"
#include "server/http/auth.h"
#include "server/http/cookie.h"
#include "storage/id.h"

#include "base/clock.h"
#include "base/mutant.h"
#include "base/random.h"
#include "base/url.h"

#include <openssl/crypto.h>

#define SESSION_LIFE_S (90LL * 24 * 3600)
#define HALF_LIFE_S 600
#define FORM_LIFE_S (24LL * 3600)
#define COOKIE_MAX_BYTES 64
#define NEXT_MAX_BYTES 4096

static bool is_secure(const struct request *request)
{
	return str_starts_with(request->app->base_url, STR_LITERAL("https://"));
}

static struct str session_cookie_name(const struct request *request)
{
	return is_secure(request) ? STR_LITERAL("__Host-comptoir_session") : STR_LITERAL("comptoir_session");
}

static struct str form_cookie_name(const struct request *request)
{
	return is_secure(request) ? STR_LITERAL("__Host-comptoir_form") : STR_LITERAL("comptoir_form");
}

struct str login_hash(struct arena *arena, struct str secret)
{
	char *hash = arena_alloc(arena, LOGIN_HASH_BYTES);
	_Static_assert(LOGIN_HASH_BYTES == AUTH_HASH_BYTES, "one hash for all secrets");
	auth_hash_token(secret, hash);
	return (struct str){ hash, LOGIN_HASH_BYTES };
}

static struct str hexadecimal(struct arena *arena, struct str bytes)
{
	static const char digits[] = "0123456789abcdef";
	char *text = arena_alloc(arena, bytes.len * 2 + 1);
	for (size_t i = 0; i < bytes.len; i++) {
		text[2 * i] = digits[(unsigned char)bytes.data[i] >> 4];
		text[2 * i + 1] = digits[(unsigned char)bytes.data[i] & 15];
	}
	return (struct str){ text, bytes.len * 2 };
}

static struct str form_token_of(struct arena *arena, struct str secret)
{
	return hexadecimal(arena, login_hash(arena, arena_printf(arena, "form:%.*s", STR_ARG(secret))));
}

static enum error load_user(struct request *request, struct visitor *visitor)
{
	enum error error = user_find_by_id(request->db, request->arena, visitor->session.user_id, &visitor->user);
	if (!error)
		error = actor_find_by_id(request->db, request->arena, visitor->user.actor_id, &visitor->actor);
	if (error)
		return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
	const struct user *user = &visitor->user;
	bool may = user->is_confirmed && !user->is_pending && !user->is_disabled && !visitor->actor.is_suspended &&
		!visitor->actor.is_disabled && !visitor->actor.is_deleted;
	visitor->is_half = may && visitor->session.is_half && !MUTANT("session_half");
	visitor->is_in = may && !visitor->is_half;
	return ERROR_NONE;
}

/* lang= goes before Accept-Language, as apps open the page in their own language. */
static enum language choose_language(const struct request *request)
{
	enum language language = page_language(request);
	struct str wanted = form_value(&request->query, "lang");
	if (str_is_empty(wanted))
		wanted = form_value(&request->form, "lang");
	if (!str_is_empty(wanted) && !language_from_tag(wanted, &language))
		return page_language(request);
	return language;
}

enum error visitor_load(struct request *request, struct visitor *ret_visitor)
{
	struct visitor visitor = { .language = choose_language(request) };
	struct str cookie = cookie_get(request->http, session_cookie_name(request));
	if (cookie.len > 0 && cookie.len <= COOKIE_MAX_BYTES) {
		enum error error = session_find(request->db, request->arena, login_hash(request->arena, cookie), &visitor.session);
		if (!error)
			error = load_user(request, &visitor);
		if (error && error != ERROR_NOT_FOUND)
			return error;
	}
	struct str secret = cookie;
	if (!visitor.session.id) {
		secret = cookie_get(request->http, form_cookie_name(request));
		if (secret.len < 32 || secret.len > COOKIE_MAX_BYTES)
			secret = visitor.new_cookie = random_token(request->arena, LOGIN_TOKEN_BYTES);
	}
	visitor.form_token = form_token_of(request->arena, secret);
	*ret_visitor = visitor;
	return ERROR_NONE;
}

/* A browser says where a POST comes from; what says nothing is no browser, and still needs the token. */
static bool has_own_origin(const struct request *request)
{
	struct str origin = http_request_header(request->http, "Origin");
	struct str rest = origin;
	if (!origin.data)
		return true;
	if (str_starts_with(origin, STR_LITERAL("https://")))
		rest = str_slice(origin, 8, origin.len);
	else if (str_starts_with(origin, STR_LITERAL("http://")))
		rest = str_slice(origin, 7, origin.len);
	else
		return false;
	return str_eq_nocase(rest, request->http->host) || str_eq_nocase(rest, request->app->authority);
}

bool visitor_sent_form(const struct request *request, const struct visitor *visitor)
{
	struct str token = form_value(&request->form, "form_token");
	if (!has_own_origin(request) && !MUTANT("form_origin"))
		return false;
	if (MUTANT("form_token"))
		return true;
	return !visitor->new_cookie.data && token.len == visitor->form_token.len &&
		CRYPTO_memcmp(token.data, visitor->form_token.data, token.len) == 0;
}

void visitor_write_form_fields(const struct visitor *visitor, struct buf *out)
{
	TEMPLATE(out, "<input type=\"hidden\" name=\"form_token\" value=\"{}\"><input type=\"hidden\" name=\"lang\" value=\"{}\">",
		template_text(visitor->form_token), template_text(language_tag(visitor->language)));
}

enum error visitor_log_in(struct request *request, const struct visitor *visitor, int64_t user_id, bool is_half,
	struct str *ret_cookie)
{
	struct str token = random_token(request->arena, LOGIN_TOKEN_BYTES);
	struct session session = {
		.id = id_new(),
		.token_hash = login_hash(request->arena, token),
		.user_id = user_id,
		.user_agent = page_excerpt(request->arena, http_request_header(request->http, "User-Agent"), 300),
		.is_half = is_half,
		.expires_us = clock_now_us() + (is_half ? HALF_LIFE_S : SESSION_LIFE_S) * 1000000,
	};
	if (!str_is_utf8(session.user_agent))
		session.user_agent = (struct str){ 0 };
	enum error error = session_create(request->db, request->arena, &session);
	if (!error && visitor->session.id)
		error = session_delete(request->db, request->arena, visitor->session.user_id, visitor->session.id);
	if (error && error != ERROR_NOT_FOUND)
		return error;
	*ret_cookie = token;
	return ERROR_NONE;
}

void visitor_set_cookie(struct request *request, struct str cookie)
{
	cookie_set(request, session_cookie_name(request), cookie, cookie.data ? SESSION_LIFE_S : 0, is_secure(request));
}

enum error visitor_log_out(struct request *request, const struct visitor *visitor)
{
	if (!visitor->session.id)
		return ERROR_NONE;
	enum error error = session_delete(request->db, request->arena, visitor->session.user_id, visitor->session.id);
	return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
}

struct buf *visitor_page(struct request *request, const struct visitor *visitor, int status, struct page *page)
{
	page->language = visitor->language;
	page->kind = "website";
	struct buf *out = page_respond(request, status, page);
	if (visitor->new_cookie.data)
		cookie_set(request, form_cookie_name(request), visitor->new_cookie, FORM_LIFE_S, is_secure(request));
	return out;
}

void visitor_redirect(struct request *request, struct str path)
{
	respond_redirect(request, path);
}

void visitor_send_to_sign_in(struct request *request, struct str next)
{
	enum language language;
	struct str wanted = form_value(&request->query, "lang");
	bool has_language = !str_is_empty(wanted) && language_from_tag(wanted, &language);
	visitor_redirect(request, arena_printf(request->arena, "/auth/sign_in?next=%.*s%s%.*s",
		STR_ARG(url_encode(request->arena, next)), has_language ? "&lang=" : "",
		STR_ARG(has_language ? language_tag(language) : STR_LITERAL(""))));
}

void visitor_message(struct request *request, const struct visitor *visitor, int status, enum text title, enum text help)
{
	struct page page = { .title = text_get(visitor->language, title) };
	struct buf *out = visitor_page(request, visitor, status, &page);
	TEMPLATE(out, "<section class=\"message\"><h1>{}</h1><p>{}</p></section>\n", template_text(page.title),
		template_text(text_get(visitor->language, help)));
	page_end(request, out, &page);
}

struct str login_next(struct str next, struct str fallback)
{
	static const struct str places[] = { STR("/oauth/authorize"), STR("/settings") };
	if (next.len > NEXT_MAX_BYTES)
		return fallback;
	for (size_t i = 0; i < next.len; i++)
		if (next.data[i] <= ' ' || next.data[i] > '~' || next.data[i] == '\\')
			return fallback;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		char after = next.len > places[i].len ? next.data[places[i].len] : '\0';
		if (str_starts_with(next, places[i]) && (after == '\0' || after == '?' || after == '/'))
			return next;
	}
	return MUTANT("login_next") ? next : fallback;
}
