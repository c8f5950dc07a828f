/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * OAuth access tokens as a request meets them. Tokens are stored as SHA-256 only. */
#ifndef COMPTOIR_STORAGE_ACCESS_H
#define COMPTOIR_STORAGE_ACCESS_H

#include "storage/db.h"
#include "storage/membership.h"

/* What the user of a token still has to wait for. */
enum access_state { ACCESS_READY, ACCESS_UNCONFIRMED, ACCESS_UNAPPROVED };

struct access {
	int64_t token_id;
	int64_t application_id;
	int64_t user_id;  /* 0 for a client-credentials token */
	int64_t actor_id; /* who speaks with it; 0 without user */
	struct str scopes; /* space-separated */
	int user_role;    /* enum user_role */
	struct standing standing; /* of who speaks for a brand account with it; no membership: they speak for themselves */
	enum access_state state; /* other than ACCESS_READY: nothing is allowed but what has to do with that (route.h) */
};

/* token_hash is the SHA-256 of the token (32 bytes). ERROR_NOT_FOUND for unknown, revoked, expired, or
 * when its user, actor or application is disabled; also for a
 * token of an account that is not the user's own when the user has no right (storage/membership.h) to anything with it. */
enum error access_find(struct db *db, struct arena *arena, struct str token_hash, struct access *ret_access) MUST_CHECK;

#endif
