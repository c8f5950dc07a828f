/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Bearer tokens (RFC 6750), the cache of those found valid, and the check of scopes. The cache is a table
 * with one place per hash: a collision replaces, so its size is fixed and nobody can make it grow. */
#include "server/http/auth.h"

#include "server/http/brand_rule.h"
#include "storage/event.h"
#include "storage/user.h"
#include "base/clock.h"
#include "base/form.h"
#include "base/list.h"
#include "base/mutant.h"

#include <openssl/evp.h>

#include <pthread.h>
#include <string.h>

#define CACHE_PLACES 4096u
#define CACHE_LIFETIME_US 5000000
#define CACHE_MAX_SCOPES_BYTES 400

struct auth_place {
	char hash[AUTH_HASH_BYTES];
	int64_t expires_us; /* monotonic; 0: empty */
	struct access access; /* scopes point at scopes_text */
	char scopes_text[CACHE_MAX_SCOPES_BYTES];
};

struct auth_cache {
	struct event_listener listener;
	pthread_mutex_t lock;
	uint64_t generation; /* under lock */
	struct auth_place places[CACHE_PLACES];
};

/* What an event says of a token that is remembered. */
static bool is_ended_by(const struct access *access, const struct event *event)
{
	switch (event->kind) {
	case EVENT_TOKEN_ENDED:
		return access->token_id == event->id;
	case EVENT_APPLICATION_ENDED:
		return access->application_id == event->id;
	case EVENT_USER_ENDED:
		return access->user_id == event->id;
	case EVENT_ACTOR_ENDED:
		return access->actor_id == event->actor_id;
	case EVENT_GAP:
		return true;
	case EVENT_POST_CREATED:
	case EVENT_POST_EDITED:
	case EVENT_POST_DELETED:
	case EVENT_BOOST_CREATED:
	case EVENT_BOOST_DELETED:
	case EVENT_NOTIFICATION:
	case EVENT_NOTIFICATIONS_MERGED:
	case EVENT_CONVERSATION:
	case EVENT_FILTERS_CHANGED:
	case EVENT_RELATIONS_CHANGED:
	case EVENT_PROFILE_CHANGED:
	case EVENT_ANNOUNCEMENT:
	case EVENT_ANNOUNCEMENT_DELETED:
	case EVENT_ANNOUNCEMENT_REACTION:
	case EVENT_TICKET:
	case EVENT_DRAFT:
	case EVENT_DELIVERY:
	case EVENT_QUOTE:
	case EVENT_GONE_IN_PUBLIC:
	case EVENT_GONE_AT_HOME:
	case EVENT_GONE_FOR:
	case EVENT_KIND_COUNT:
		break;
	}
	return false;
}

static void hear(struct event_listener *listener, const struct event *event)
{
	struct auth_cache *cache = LIST_OBJECT(listener, struct auth_cache, listener);
	if (MUTANT("auth_cache_events"))
		return;
	pthread_mutex_lock(&cache->lock);
	cache->generation++;
	for (size_t i = 0; i < CACHE_PLACES; i++) {
		if (cache->places[i].expires_us && is_ended_by(&cache->places[i].access, event))
			cache->places[i].expires_us = 0;
	}
	pthread_mutex_unlock(&cache->lock);
}

struct auth_cache *auth_cache_new(void)
{
	struct auth_cache *cache = memory_new(sizeof(*cache));
	pthread_mutex_init(&cache->lock, NULL);
	cache->listener = (struct event_listener){ .heard = hear, .kinds = 1U << EVENT_TOKEN_ENDED |
		1U << EVENT_APPLICATION_ENDED | 1U << EVENT_USER_ENDED | 1U << EVENT_ACTOR_ENDED | 1U << EVENT_GAP };
	event_listen(&cache->listener);
	return cache;
}

void auth_cache_free(struct auth_cache **cache)
{
	if (!*cache)
		return;
	event_unlisten(&(*cache)->listener);
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

static bool is_api_path(struct str path)
{
	return str_starts_with(path, STR_LITERAL("/api/")) || str_eq(path, STR_LITERAL("/stream")) ||
	       str_starts_with(path, STR_LITERAL("/stream/"));
}

static bool is_stream_path(struct str path)
{
	return str_starts_with(path, STR_LITERAL("/api/v1/streaming")) || !str_starts_with(path, STR_LITERAL("/api/"));
}

static struct str query_token(struct arena *arena, const struct http_request *request)
{
	struct form query = { 0 };
	if (str_index_of_str(request->query, STR_LITERAL("access_token")) < request->query.len &&
	    form_parse_urlencoded(arena, request->query, &query) == ERROR_NONE) {
		const struct form_field *field = form_find(&query, "access_token");
		if (field)
			return field->value;
	}
	struct str protocols = http_request_header(request, "Sec-WebSocket-Protocol");
	struct str first;
	if (is_stream_path(request->path) && protocols.len && str_split_next(&protocols, ',', &first))
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
	if (is_api_path(request->path))
		token = query_token(arena, request);
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

uint64_t auth_cache_generation(struct auth_cache *cache)
{
	pthread_mutex_lock(&cache->lock);
	uint64_t generation = cache->generation;
	pthread_mutex_unlock(&cache->lock);
	return generation;
}

void auth_cache_put(struct auth_cache *cache, struct str hash, const struct access *access, uint64_t generation)
{
	/* Rights in an organisation are asked for each time. */
	if (access->scopes.len > CACHE_MAX_SCOPES_BYTES || (access->standing.membership_id && !MUTANT("auth_cache_brand")))
		return;
	int64_t expires_us = clock_monotonic_us() + CACHE_LIFETIME_US;
	pthread_mutex_lock(&cache->lock);
	if (cache->generation != generation) {
		pthread_mutex_unlock(&cache->lock);
		return;
	}
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

/* A token whose user is still to be confirmed or approved is worth nothing on other routes. */
static enum error check_state(const struct route *route, const struct access *access, const char **ret_sentence)
{
	if (access->state == ACCESS_READY || route->flags & ROUTE_UNCONFIRMED)
		return ERROR_NONE;
	*ret_sentence = access->state == ACCESS_UNCONFIRMED ? "Your login is missing a confirmed e-mail address"
							    : "Your login is currently pending approval";
	return ERROR_FORBIDDEN;
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
	enum error error = check_state(route, access, ret_sentence);
	if (error)
		return error;
	if (access->standing.membership_id && !brand_rule_allows(route, access->standing.rights)) {
		*ret_sentence = "Your role does not allow this with this account";
		return ERROR_FORBIDDEN;
	}
	if (route->access == ACCESS_ADMIN && access->user_role < USER_MODERATOR && !MUTANT("admin_role_check"))
		return ERROR_FORBIDDEN;
	return ERROR_NONE;
}
