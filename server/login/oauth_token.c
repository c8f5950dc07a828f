/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A code is used in the transaction that makes its token. One that comes a second time was stolen by somebody: what was
 * made from it ends. */
#include "server/login/oauth_token.h"

#include "server/action/deed.h"
#include "server/app.h"
#include "server/entity/account.h"
#include "server/login/oauth_app.h"
#include "server/login/oauth_error.h"
#include "server/login/scope.h"
#include "server/login/visitor.h"
#include "server/mastodon/parameters.h"
#include "storage/actor.h"
#include "storage/id.h"

#include "base/mutant.h"
#include "base/random.h"

#include <openssl/evp.h>

#define VERIFIER_MIN_BYTES 43
#define VERIFIER_MAX_BYTES 128

void oauth_token_respond(struct request *request, struct str token, struct str scopes, int64_t created_us)
{
	struct json_out *json = respond_json(request, 200);
	json_out_object_begin(json);
	json_out_key_str(json, "access_token", token);
	json_out_key_c_string(json, "token_type", "Bearer");
	json_out_key_str(json, "scope", scopes);
	json_out_key_int(json, "created_at", created_us / 1000000);
	json_out_object_end(json);
}

static enum error refuse_with(struct request *request, enum oauth_error error)
{
	oauth_error_respond(request, error);
	return ERROR_NONE;
}

/* base64url without padding of the SHA-256 (RFC 7636, 4.6). */
static struct str challenge_of(struct arena *arena, struct str verifier)
{
	unsigned char padded[4 * ((LOGIN_HASH_BYTES + 2) / 3) + 1];
	struct str hash = login_hash(arena, verifier);
	int len = EVP_EncodeBlock(padded, (const unsigned char *)hash.data, (int)hash.len);
	for (int i = 0; i < len; i++)
		padded[i] = padded[i] == '+' ? '-' : padded[i] == '/' ? '_' : padded[i];
	while (len > 0 && padded[len - 1] == '=')
		len--;
	return arena_str(arena, (struct str){ (const char *)padded, (size_t)len });
}

static bool is_verified(struct request *request, const struct oauth_code *code)
{
	struct str verifier = parameter_text(request, "code_verifier");
	if (!code->challenge.data)
		return !verifier.len; /* one that was never announced is a mistake, or a downgrade */
	if (verifier.len < VERIFIER_MIN_BYTES || verifier.len > VERIFIER_MAX_BYTES)
		return MUTANT("oauth_verifier");
	return str_eq(challenge_of(request->arena, verifier), code->challenge) || MUTANT("oauth_verifier");
}

struct exchange_of_code {
	struct oauth_token token;
	struct str code_hash;
};

static enum error write_token_of_code(struct db *db, struct arena *arena, void *owner)
{
	const struct exchange_of_code *exchange = owner;
	enum error error = oauth_token_create(db, arena, &exchange->token);
	if (error)
		return error;
	error = oauth_code_use(db, arena, exchange->code_hash);
	return error == ERROR_GONE && MUTANT("oauth_code_once") ? ERROR_NONE : error;
}

static enum error give_token(struct request *request, const struct oauth_application *application, const struct oauth_code *code)
{
	struct str token = random_token(request->arena, LOGIN_TOKEN_BYTES);
	struct exchange_of_code exchange = {
		.code_hash = code->code_hash,
		.token = { .id = id_new(), .token_hash = login_hash(request->arena, token), .application_id = application->id,
			.user_id = code->user_id, .actor_id = code->actor_id, .scopes = code->scopes, .code_hash = code->code_hash },
	};
	enum error error = deed_write(request->db, request->arena, write_token_of_code, &exchange, ERROR_CONFLICT);
	if (error == ERROR_GONE) {
		error = oauth_token_revoke_of_code(request->db, request->arena, code->code_hash);
		return error ? error : refuse_with(request, OAUTH_INVALID_GRANT);
	}
	if (error)
		return error;
	oauth_token_respond(request, token, code->scopes, id_time_us(exchange.token.id));
	return ERROR_NONE;
}

static enum error grant_code(struct request *request, const struct oauth_application *application, enum oauth_client_proof proof)
{
	struct oauth_code code;
	struct str text = parameter_text(request, "code");
	if (!text.len)
		return refuse_with(request, OAUTH_INVALID_REQUEST);
	enum error error = oauth_code_find(request->db, request->arena, login_hash(request->arena, text), &code);
	if (error == ERROR_NOT_FOUND)
		return refuse_with(request, OAUTH_INVALID_GRANT);
	if (error)
		return error;
	/* Without a secret only what was agreed at the beginning shows who asks (RFC 7636, 1). */
	if (proof == CLIENT_NAMED && !code.challenge.data)
		return refuse_with(request, OAUTH_INVALID_CLIENT);
	bool is_for_it = code.application_id == application->id || MUTANT("oauth_code_client");
	bool is_there = str_eq(code.redirect_uri, parameter_text(request, "redirect_uri")) || MUTANT("oauth_code_redirect");
	if (!is_for_it || !is_there || !is_verified(request, &code))
		return refuse_with(request, OAUTH_INVALID_GRANT);
	return give_token(request, application, &code);
}

static enum error grant_application(struct request *request, const struct oauth_application *application,
	enum oauth_client_proof proof)
{
	struct str scopes, asked = parameter_text(request, "scope");
	if (proof != CLIENT_PROVEN)
		return refuse_with(request, OAUTH_INVALID_CLIENT);
	if (!scope_read(request->arena, asked, &scopes))
		return refuse_with(request, OAUTH_INVALID_SCOPE);
	if (!asked.len)
		scopes = scope_is_within(STR_LITERAL("read"), application->scopes) ? STR_LITERAL("read") : application->scopes;
	if (!scope_is_within(scopes, application->scopes))
		return refuse_with(request, OAUTH_INVALID_SCOPE);
	struct str token = random_token(request->arena, LOGIN_TOKEN_BYTES);
	struct oauth_token made = { .id = id_new(), .token_hash = login_hash(request->arena, token),
		.application_id = application->id, .scopes = scopes };
	enum error error = oauth_token_create(request->db, request->arena, &made);
	if (error)
		return error;
	oauth_token_respond(request, token, scopes, id_time_us(made.id));
	return ERROR_NONE;
}

enum error handle_oauth_token(struct request *request)
{
	struct oauth_application application;
	enum oauth_client_proof proof;
	struct str grant = parameter_text(request, "grant_type");
	enum error error = oauth_app_identify(request, &application, &proof);
	if (error)
		return error;
	if (!grant.len)
		return refuse_with(request, OAUTH_INVALID_REQUEST);
	if (proof == CLIENT_UNKNOWN || proof == CLIENT_WRONG_SECRET)
		return refuse_with(request, OAUTH_INVALID_CLIENT);
	if (str_eq(grant, STR_LITERAL("authorization_code")))
		return grant_code(request, &application, proof);
	if (str_eq(grant, STR_LITERAL("client_credentials")))
		return grant_application(request, &application, proof);
	return refuse_with(request, OAUTH_UNSUPPORTED_GRANT_TYPE);
}

enum error handle_oauth_revoke(struct request *request)
{
	struct oauth_application application;
	enum oauth_client_proof proof;
	int64_t owner_id = 0;
	struct str token = parameter_text(request, "token");
	enum error error = oauth_app_identify(request, &application, &proof);
	if (error)
		return error;
	/* A client without secret shows the token itself (RFC 7009, 2.1). */
	if (proof == CLIENT_UNKNOWN || proof == CLIENT_WRONG_SECRET)
		return refuse_with(request, OAUTH_UNAUTHORIZED_CLIENT);
	struct str hash = login_hash(request->arena, token);
	error = oauth_token_find_application(request->db, request->arena, hash, &owner_id);
	if (!error && owner_id != application.id && !MUTANT("oauth_revoke_own"))
		return refuse_with(request, OAUTH_UNAUTHORIZED_CLIENT);
	if (!error)
		error = oauth_token_revoke(request->db, request->arena, owner_id, hash);
	if (error && error != ERROR_NOT_FOUND)
		return error;
	return respond_empty_object(request);
}

enum error handle_oauth_userinfo(struct request *request)
{
	struct actor actor;
	enum error error = actor_find_by_id(request->db, request->arena, request->access.actor_id, &actor);
	if (error)
		return error;
	struct reader reader = reader_of(request, FILTER_NONE);
	struct json_out *json = respond_json(request, 200);
	json_out_object_begin(json);
	json_out_key_str(json, "iss", arena_printf(request->arena, "%.*s/", STR_ARG(request->app->base_url)));
	json_out_key_str(json, "sub", actor.uri);
	json_out_key_str(json, "name", actor.display_name);
	json_out_key_str(json, "preferred_username", actor.username);
	json_out_key_str(json, "profile", actor.url);
	json_out_key_str(json, "picture", account_avatar_url(&reader, &actor));
	json_out_object_end(json);
	return ERROR_NONE;
}

static void write_names(struct json_out *json, const char *key, const char *const *items)
{
	json_out_key_array_begin(json, key);
	for (; *items; items++)
		json_out_c_string(json, *items);
	json_out_array_end(json);
}

enum error handle_oauth_metadata(struct request *request)
{
	static const struct {
		const char *key;
		const char *path;
	} endpoints[] = {
		{ "issuer", "/" }, /* Mastodon's spelling, with the slash */
		{ "service_documentation", "/about" },
		{ "authorization_endpoint", "/oauth/authorize" },
		{ "token_endpoint", "/oauth/token" },
		{ "revocation_endpoint", "/oauth/revoke" },
		{ "userinfo_endpoint", "/oauth/userinfo" },
		{ "app_registration_endpoint", "/api/v1/apps" },
	};
	struct json_out *json = respond_json(request, 200);
	json_out_object_begin(json);
	for (size_t i = 0; i < sizeof(endpoints) / sizeof(endpoints[0]); i++)
		json_out_key_str(json, endpoints[i].key,
			arena_printf(request->arena, "%.*s%s", STR_ARG(request->app->base_url), endpoints[i].path));
	write_names(json, "scopes_supported", scope_names());
	write_names(json, "response_types_supported", (const char *const[]){ "code", NULL });
	write_names(json, "response_modes_supported", (const char *const[]){ "query", NULL });
	write_names(json, "grant_types_supported", (const char *const[]){ "authorization_code", "client_credentials", NULL });
	write_names(json, "token_endpoint_auth_methods_supported",
		(const char *const[]){ "client_secret_basic", "client_secret_post", NULL });
	write_names(json, "code_challenge_methods_supported", (const char *const[]){ "S256", NULL });
	json_out_object_end(json);
	respond_header(request, "Cache-Control", STR_LITERAL("public, max-age=3600"));
	return ERROR_NONE;
}
