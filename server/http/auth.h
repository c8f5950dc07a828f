/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * From a bearer token to what it may do. Tokens found valid are remembered by their SHA-256 for five seconds. What ends
 * them (storage/event.h) is heard in every process, so that a revoked one stops at once; five seconds is how long it
 * may go on when the news is lost. */
#ifndef COMPTOIR_SERVER_HTTP_AUTH_H
#define COMPTOIR_SERVER_HTTP_AUTH_H

#include "base/http_message.h"
#include "server/http/route.h"
#include "storage/access.h"

#include <stdint.h>

struct auth_cache;

#define AUTH_TOKEN_MAX_BYTES 256
#define AUTH_HASH_BYTES 32

/* Listens to events until it is freed. */
struct auth_cache *auth_cache_new(void) MUST_CHECK;
void auth_cache_free(struct auth_cache **cache); /* accepts NULL; wipes */

/* The token of "Authorization: Bearer"; without that header, the access_token parameter of the query, and on streams
 * the first member of Sec-WebSocket-Protocol, since browsers cannot set headers there. Only below /api/. data NULL: none. A header that is not a
 * bearer token, two headers, or a token that cannot be one gives an empty token, which is never valid. */
struct str auth_request_token(struct arena *arena, const struct http_request *request) MUST_CHECK;

void auth_hash_token(struct str token, char ret_hash[AUTH_HASH_BYTES]);

/* From memory; the scopes are copied to the arena. Any thread. */
bool auth_cache_get(struct auth_cache *cache, struct arena *arena, struct str hash, struct access *ret_access) MUST_CHECK;
/* Counts the news of things that ended. Read before the database is asked: what is found then and put afterwards
 * might have ended in between. */
uint64_t auth_cache_generation(struct auth_cache *cache);
/* Not remembered when something has ended since. */
void auth_cache_put(struct auth_cache *cache, struct str hash, const struct access *access, uint64_t generation);

/* Whether the space-separated scopes hold wanted or a scope that it is a part of: "read" holds
 * "read:accounts", "admin:read" holds "admin:read:reports". "follow" is what Mastodon used to call reading
 * and writing follows, blocks and mutes. */
bool auth_scope_allows(struct str scopes, struct str wanted);

/* Who may call a route: ERROR_UNAUTHORIZED, ERROR_FORBIDDEN, ERROR_UNPROCESSABLE (the token of an application where a
 * user is needed) or ERROR_NONE. access NULL: no valid token. *ret_sentence: what the client may read instead of the
 * error's own text; untouched when that fits. */
enum error auth_check(const struct route *route, const struct access *access, const char **ret_sentence) MUST_CHECK;

#endif
