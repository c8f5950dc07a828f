/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Applications and the tokens they hold. Secrets come in as SHA-256: what was given out once is never here. */
#ifndef COMPTOIR_STORAGE_OAUTH_H
#define COMPTOIR_STORAGE_OAUTH_H

#include "storage/db.h"

struct oauth_application {
	int64_t id; /* id_new() */
	struct str client_id;
	struct str client_secret_hash; /* 32 bytes; data NULL for a public client */
	struct str name;
	struct str website;       /* data NULL when there is none */
	struct str redirect_uris; /* one a line */
	struct str scopes;        /* space-separated */
};

/* ERROR_CONFLICT when the client id exists. */
enum error oauth_application_create(struct db *db, struct arena *arena, const struct oauth_application *application) MUST_CHECK;

struct oauth_token {
	int64_t id; /* id_new() */
	struct str token_hash; /* 32 bytes */
	int64_t application_id;
	int64_t user_id;  /* 0 for a client-credentials token */
	int64_t actor_id; /* who speaks with it; 0 without user */
	struct str scopes;
	int64_t expires_us; /* 0 for never */
};

/* ERROR_CONFLICT when the token exists. */
enum error oauth_token_create(struct db *db, struct arena *arena, const struct oauth_token *token) MUST_CHECK;

/* ERROR_NOT_FOUND when it is not that application's, or is revoked already. */
enum error oauth_token_revoke(struct db *db, struct arena *arena, int64_t application_id, struct str token_hash) MUST_CHECK;

#endif
