/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Bearer tokens (RFC 6750), the cache of those found valid, and the check of scopes. The cache is a table
 * with one place per hash: a collision replaces, so its size is fixed and nobody can make it grow. */
#include "server/http/auth.h"

#include "storage/user.h"
#include "base/clock.h"
#include "base/form.h"
#include "base/mutant.h"

#include <openssl/evp.h>

#include <pthread.h>
#include <string.h>

#define CACHE_PLACES 1024u
#define CACHE_LIFETIME_US 5000000
#define CACHE_MAX_SCOPES_BYTES 400

struct auth_place {
	char hash[AUTH_HASH_BYTES];
	int64_t expires_us; /* monotonic; 0: empty */
	struct access access; /* scopes point at scopes_text */
	char scopes_text[CACHE_MAX_SCOPES_BYTES];
};

struct auth_cache {
	pthread_mutex_t lock;
	struct auth_place places[CACHE_PLACES];
};

struct auth_cache *auth_cache_new(void)
{
	struct auth_cache *cache = memory_new(sizeof(*cache));
	pthread_mutex_init(&cache->lock, NULL);
	return cache;
}

void auth_cache_free(struct auth_cache **cache)
{
	if (!*cache)
		return;
	pthread_mutex_destroy(&(*cache)->lock);
	memory_wipe(*cache, sizeof(**cache));
	memory_free(*cache);
	*cache = NULL;
}

static bool is_token_text(struct str text)
{
	if (!text.len || text.len > AUTH_TOKEN_MAX_BYTES)
		return false;
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] <= ' ' || text.data[i] > '~')
			return false;
	return true;
}

static bool is_stream_path(struct str path)
{
	return str_starts_with(path, STR_LITERAL("/api/v1/streaming")) || str_eq(path, STR_LITERAL("/stream")) ||
	       str_starts_with(path, STR_LITERAL("/stream/"));
}

static struct str stream_token(struct arena *arena, const struct http_request *request)
{
	struct form query = { 0 };
	if (request->query.len && form_parse_urlencoded(arena, request->query, &query) == ERROR_NONE) {
		const struct form_field *field = form_find(&query, "access_token");
		if (field)
			return field->value;
	}
	struct str protocols = http_request_header(request, "Sec-WebSocket-Protocol");
	struct str first;
	if (protocols.len && str_split_next(&protocols, ',', &first))
		return str_trim(first);
	return (struct str){ 0 };
}

struct str auth_request_token(struct arena *arena, const struct http_request *request)
{
	static const struct str prefix = STR("Bearer ");
	static const struct str invalid = STR("");
	struct str token = { 0 };
	struct str header = http_request_header(request, "Authorization");
	if (header.data) {
		if (http_request_header_count(request, "Authorization") != 1 ||
		    !str_eq_nocase(str_slice(header, 0, prefix.len), prefix))
			return invalid;
		token = str_trim(str_slice(header, prefix.len, header.len));
		return is_token_text(token) ? token : invalid;
	}
	if (is_stream_path(request->path))
		token = stream_token(arena, request);
	if (!token.data)
		return token;
	return is_token_text(token) ? token : invalid;
}

void auth_hash_token(struct str token, char ret_hash[AUTH_HASH_BYTES])
{
	unsigned length = 0;
	if (EVP_Digest(token.data, token.len, (unsigned char *)ret_hash, &length, EVP_sha256(), NULL) != 1)
		memory_fatal("SHA-256 failed");
}

static struct auth_place *find_place(struct auth_cache *cache, struct str hash)
{
	unsigned index;
	memcpy(&index, hash.data, sizeof(index));
	return &cache->places[index % CACHE_PLACES];
}

bool auth_cache_get(struct auth_cache *cache, struct arena *arena, struct str hash, struct access *ret_access)
{
	int64_t now_us = clock_monotonic_us();
	pthread_mutex_lock(&cache->lock);
	struct auth_place *place = find_place(cache, hash);
	bool is_found = place->expires_us > now_us && memcmp(place->hash, hash.data, AUTH_HASH_BYTES) == 0;
	if (is_found) {
		*ret_access = place->access;
		ret_access->scopes = arena_str(arena, place->access.scopes);
	}
	pthread_mutex_unlock(&cache->lock);
	return is_found;
}

void auth_cache_put(struct auth_cache *cache, struct str hash, const struct access *access)
{
	if (access->scopes.len > CACHE_MAX_SCOPES_BYTES)
		return;
	int64_t expires_us = clock_monotonic_us() + CACHE_LIFETIME_US;
	pthread_mutex_lock(&cache->lock);
	struct auth_place *place = find_place(cache, hash);
	memcpy(place->hash, hash.data, AUTH_HASH_BYTES);
	if (access->scopes.len)
		memcpy(place->scopes_text, access->scopes.data, access->scopes.len);
	place->access = *access;
	place->access.scopes = (struct str){ place->scopes_text, access->scopes.len };
	place->expires_us = expires_us;
	pthread_mutex_unlock(&cache->lock);
}

static bool follow_holds(struct str wanted)
{
	static const struct str held[] = { STR("read:follows"), STR("write:follows"), STR("read:blocks"),
		STR("write:blocks"), STR("read:mutes"), STR("write:mutes") };
	for (size_t i = 0; i < sizeof(held) / sizeof(held[0]); i++)
		if (str_eq(held[i], wanted))
			return true;
	return false;
}

bool auth_scope_allows(struct str scopes, struct str wanted)
{
	struct str scope;
	while (str_split_next(&scopes, ' ', &scope)) {
		if (!scope.len || !str_starts_with(wanted, scope)) {
			if (str_eq(scope, STR_LITERAL("follow")) && follow_holds(wanted))
				return true;
			continue;
		}
		if (wanted.len == scope.len || wanted.data[scope.len] == ':')
			return true;
	}
	return false;
}

/* Whether the token holds one of the scopes that the route names. */
static bool holds_scope(const struct route *route, const struct access *access)
{
	struct str wanted = str_from(route->scope);
	struct str one;
	while (str_split_next(&wanted, ' ', &one))
		if (auth_scope_allows(access->scopes, one))
			return true;
	return false;
}

enum error auth_check(const struct route *route, const struct access *access, const char **ret_sentence)
{
	if (!access)
		return route->access == ACCESS_PUBLIC ? ERROR_NONE : ERROR_UNAUTHORIZED;
	if (route->scope && !holds_scope(route, access) && !MUTANT("scope_check")) {
		*ret_sentence = "This action is outside the authorized scopes";
		return ERROR_FORBIDDEN;
	}
	bool needs_user = route->access == ACCESS_USER || route->access == ACCESS_ADMIN;
	if (needs_user && !access->user_id && !MUTANT("user_check")) {
		*ret_sentence = "This method requires an authenticated user";
		return ERROR_UNPROCESSABLE;
	}
	if (route->access == ACCESS_ADMIN && access->user_role < USER_MODERATOR && !MUTANT("admin_role_check"))
		return ERROR_FORBIDDEN;
	return ERROR_NONE;
}
