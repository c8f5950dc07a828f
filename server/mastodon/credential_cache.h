/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Rendered CredentialAccounts, which every app asks for again and again. Kept for some seconds, and dropped at once when
 * the owner's profile, posts or relations change, here or in another process (storage/event.h). One for the process; any
 * thread. */
#ifndef COMPTOIR_SERVER_MASTODON_CREDENTIAL_CACHE_H
#define COMPTOIR_SERVER_MASTODON_CREDENTIAL_CACHE_H

#include "server/http/shared_bytes.h"

/* A reference of the caller's own, or NULL. user_role: of the token, part of what is shown. */
struct shared_bytes *credential_cache_get(int64_t actor_id, int user_role);

/* To be asked before reading what will be put: what changes meanwhile is not kept. */
uint64_t credential_cache_stamp(int64_t actor_id);
/* Takes a reference of its own. */
void credential_cache_put(int64_t actor_id, int user_role, uint64_t stamp, struct shared_bytes *bytes);

#endif
