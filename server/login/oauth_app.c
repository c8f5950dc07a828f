/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Registration takes what real apps send: one address, several lines of them, or a list; schemes of their own with one
 * slash or two. What a browser would run as a script is refused, and plain http but to the user's own machine. */
#include "server/login/oauth_app.h"

#include "server/app.h"
#include "server/login/scope.h"
#include "server/login/visitor.h"
#include "server/mastodon/parameters.h"
#include "server/push/vapid.h"
#include "storage/id.h"

#include "base/encoding.h"
#include "base/mutant.h"
#include "base/net_address.h"
#include "base/random.h"
#include "base/text_line.h"
#include "base/url.h"

#include <openssl/crypto.h>

#define NAME_MAX_CHARACTERS 60
#define WEBSITE_MAX_BYTES 2000
#define REDIRECT_MAX_BYTES 2000
#define REDIRECTS_MAX_BYTES 8000
#define REDIRECTS_MAX 50
#define CLIENT_ID_BYTES 24
#define BASIC_MAX_BYTES 1024

static bool is_visible(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.data[i];
		if (c <= ' ' || c == 0x7f || c == '"' || c == '<' || c == '>' || c == '\\')
			return false;
	}
	return text.len > 0 && str_is_utf8(text);
}

static bool is_own_machine(struct str host)
{
	struct net_address address;
	if (host.len > 2 && host.data[0] == '[')
		host = str_slice(host, 1, host.len - 1);
	return str_eq(host, STR_LITERAL("localhost")) || (net_address_parse(host, &address) && net_address_is_loopback(&address));
}

/* RFC 3986, 3.1; in lower case. */
static bool is_scheme(struct str scheme)
{
	for (size_t i = 0; i < scheme.len; i++) {
		char c = scheme.data[i];
		bool is_letter = c >= 'a' && c <= 'z';
		if (!is_letter && (i == 0 || !((c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.')))
			return false;
	}
	return scheme.len > 0;
}

static bool is_script_scheme(struct str scheme)
{
	static const struct str scripts[] = { STR("javascript"), STR("data"), STR("vbscript"), STR("blob"), STR("file"),
		STR("about"), STR("mailto"), STR("view-source") };
	for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++)
		if (str_eq(scheme, scripts[i]) && !MUTANT("oauth_redirect_script"))
			return true;
	return false;
}

/* A sentence of Mastodon's for what is wrong with it, or NULL. */
static const char *redirect_fault(struct arena *arena, struct str uri)
{
	struct url url;
	size_t colon = str_index_of(uri, ':', 0);
	struct str scheme = arena_lower(arena, str_slice(uri, 0, colon));
	if (str_eq(uri, STR_LITERAL(OAUTH_OUT_OF_BAND)))
		return NULL;
	if (uri.len > REDIRECT_MAX_BYTES || !is_visible(uri) || colon + 1 >= uri.len || !is_scheme(scheme))
		return "Redirect URI must be an absolute URI.";
	if (str_contains_char(uri, '#'))
		return "Redirect URI cannot contain a fragment.";
	if (is_script_scheme(scheme))
		return "Redirect URI is forbidden by the server.";
	bool is_http = str_eq(scheme, STR_LITERAL("http"));
	if (!is_http && !str_eq(scheme, STR_LITERAL("https")))
		return NULL;
	if (!url_parse(arena, uri, &url))
		return "Redirect URI must be an absolute URI.";
	if (is_http && !is_own_machine(url.host) && !MUTANT("oauth_redirect_http"))
		return "Redirect URI must be an HTTPS/SSL URI.";
	return NULL;
}

/* One a line, from however they came. */
static const char *read_redirects(struct request *request, struct str *ret_redirects)
{
	struct str *values;
	struct str joined = { 0 };
	size_t count = parameter_list(request, "redirect_uris", &values), uri_count = 0;
	for (size_t i = 0; i < count; i++) {
		struct str rest = values[i], line;
		while (str_split_next(&rest, '\n', &line)) {
			struct str uri = str_trim(line);
			if (str_ends_with(uri, STR_LITERAL("\r")))
				uri = str_trim(str_slice(uri, 0, uri.len - 1));
			if (!uri.len)
				continue;
			const char *fault = redirect_fault(request->arena, uri);
			if (fault)
				return fault;
			if (++uri_count > REDIRECTS_MAX || joined.len + uri.len + 1 > REDIRECTS_MAX_BYTES)
				return "Redirect URI is too long";
			joined = joined.len ? arena_printf(request->arena, "%.*s\n%.*s", STR_ARG(joined), STR_ARG(uri)) : uri;
		}
	}
	if (!joined.len)
		return "Redirect URI can't be blank";
	*ret_redirects = joined;
	return NULL;
}

static size_t count_characters(struct str text)
{
	size_t count = 0;
	for (size_t i = 0; i < text.len; i++)
		count += ((unsigned char)text.data[i] & 0xc0) != 0x80;
	return count;
}

static const char *name_fault(struct str name)
{
	if (!name.len)
		return "Name can't be blank";
	if (count_characters(name) > NAME_MAX_CHARACTERS && !MUTANT("oauth_app_name"))
		return "Application name is too long (maximum is 60 characters)";
	for (size_t i = 0; i < name.len; i++)
		if ((unsigned char)name.data[i] < ' ' || name.data[i] == 0x7f)
			return "Application name is invalid";
	return NULL;
}

static const char *read_application(struct request *request, struct oauth_application *application)
{
	struct url url;
	struct str website = str_trim(parameter_text(request, "website"));
	application->name = str_trim(parameter_text(request, "client_name"));
	const char *fault = name_fault(application->name);
	if (!fault) {
		application->name = text_line(request->arena, application->name, application->name.len);
		fault = name_fault(application->name); /* nothing may be left */
	}
	if (!fault)
		fault = read_redirects(request, &application->redirect_uris);
	if (fault)
		return fault;
	if (website.len && (website.len > WEBSITE_MAX_BYTES || !url_parse(request->arena, website, &url)))
		return "Website must be a valid URL";
	application->website = website.len ? website : (struct str){ 0 };
	if (!scope_read(request->arena, parameter_text(request, "scopes"), &application->scopes))
		return "Scopes doesn't match configured on the server.";
	return NULL;
}

static void write_list(struct json_out *json, const char *key, struct str text, char separator)
{
	struct str part;
	json_out_key_array_begin(json, key);
	while (str_split_next(&text, separator, &part))
		if (part.len)
			json_out_str(json, part);
	json_out_array_end(json);
}

static void write_members(struct json_out *json, const struct app *app, const struct oauth_application *application)
{
	json_out_key_id(json, "id", application->id);
	json_out_key_str(json, "name", application->name);
	if (application->website.data)
		json_out_key_str(json, "website", application->website);
	else
		json_out_key_null(json, "website");
	write_list(json, "scopes", application->scopes, ' ');
	write_list(json, "redirect_uris", application->redirect_uris, '\n');
	json_out_key_str(json, "redirect_uri", application->redirect_uris);
	json_out_key_str(json, "vapid_key", app->vapid ? vapid_public_key(app->vapid) : STR_LITERAL(""));
}

enum error handle_app_create(struct request *request)
{
	struct oauth_application application = {
		.id = id_new(),
		.client_id = random_token(request->arena, CLIENT_ID_BYTES),
	};
	const char *fault = read_application(request, &application);
	if (fault)
		return refuse(request, arena_printf(request->arena, "Validation failed: %s", fault).data);
	struct str secret = random_token(request->arena, LOGIN_TOKEN_BYTES);
	application.client_secret_hash = login_hash(request->arena, secret);
	enum error error = oauth_application_create(request->db, request->arena, &application);
	if (error)
		return error;
	struct json_out *json = respond_json(request, 200);
	json_out_object_begin(json);
	write_members(json, request->app, &application);
	json_out_key_str(json, "client_id", application.client_id);
	json_out_key_str(json, "client_secret", secret);
	json_out_key_int(json, "client_secret_expires_at", 0);
	json_out_object_end(json);
	return ERROR_NONE;
}

enum error handle_app_verify_credentials(struct request *request)
{
	struct oauth_application application;
	enum error error = oauth_application_find_by_id(request->db, request->arena, request->access.application_id, &application);
	if (error)
		return error == ERROR_NOT_FOUND ? ERROR_UNAUTHORIZED : error;
	struct json_out *json = respond_json(request, 200);
	json_out_object_begin(json);
	write_members(json, request->app, &application);
	json_out_object_end(json);
	return ERROR_NONE;
}

bool oauth_app_has_redirect(const struct oauth_application *application, struct str redirect_uri)
{
	struct str rest = application->redirect_uris, line;
	while (str_split_next(&rest, '\n', &line)) {
		if (str_eq(line, redirect_uri))
			return true;
		if (MUTANT("oauth_redirect_exact") && str_starts_with(redirect_uri, line))
			return true;
	}
	return false;
}

/* False when there is no such header. What it says badly is an empty id, which nobody has. */
static bool read_basic(struct request *request, struct str *ret_id, struct str *ret_secret)
{
	static const struct str prefix = STR("Basic ");
	struct str header = http_request_header(request->http, "Authorization");
	struct str text, id, secret;
	if (!header.data || !str_eq_nocase(str_slice(header, 0, prefix.len), prefix))
		return false;
	*ret_id = *ret_secret = STR_LITERAL("");
	header = str_trim(str_slice(header, prefix.len, header.len));
	if (header.len > BASIC_MAX_BYTES || http_request_header_count(request->http, "Authorization") != 1 ||
	    !base64_decode(request->arena, header, &text))
		return true;
	size_t colon = str_index_of(text, ':', 0);
	/* RFC 6749, 2.3.1: both are form-encoded before; ours need no encoding, so that either way reads the same. */
	if (url_decode(request->arena, str_slice(text, 0, colon), true, &id) &&
	    url_decode(request->arena, str_slice(text, colon + 1, text.len), true, &secret)) {
		*ret_id = id;
		*ret_secret = secret;
	}
	return true;
}

enum error oauth_app_identify(struct request *request, struct oauth_application *ret_application,
	enum oauth_client_proof *ret_proof)
{
	struct str id, secret;
	struct oauth_application application;
	if (!read_basic(request, &id, &secret)) {
		id = parameter_text(request, "client_id");
		secret = parameter_text(request, "client_secret");
	}
	*ret_proof = CLIENT_UNKNOWN;
	if (!id.len || id.len > 128)
		return ERROR_NONE;
	enum error error = oauth_application_find(request->db, request->arena, id, &application);
	if (error)
		return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
	if (application.is_disabled)
		return ERROR_NONE;
	*ret_application = application;
	if (!secret.len) {
		*ret_proof = CLIENT_NAMED;
		return ERROR_NONE;
	}
	struct str hash = login_hash(request->arena, secret);
	bool is_right = application.client_secret_hash.len == hash.len &&
		CRYPTO_memcmp(application.client_secret_hash.data, hash.data, hash.len) == 0;
	*ret_proof = is_right || MUTANT("oauth_secret") ? CLIENT_PROVEN : CLIENT_WRONG_SECRET;
	return ERROR_NONE;
}
