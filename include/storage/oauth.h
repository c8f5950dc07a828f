/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Applications, the codes that people give them, and the tokens they hold. Secrets come in as SHA-256: what was given
 * out once is never here. Whoever ends a token ends it everywhere: EVENT_TOKEN_ENDED. */
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
	bool is_disabled;         /* read, never written by oauth_application_create */
};

/* ERROR_CONFLICT when the client id exists. */
enum error oauth_application_create(struct db *db, struct arena *arena, const struct oauth_application *application) MUST_CHECK;
/* Disabled ones are found as well. */
enum error oauth_application_find(struct db *db, struct arena *arena, struct str client_id,
	struct oauth_application *ret_application) MUST_CHECK;
enum error oauth_application_find_by_id(struct db *db, struct arena *arena, int64_t id,
	struct oauth_application *ret_application) MUST_CHECK;
/* All tokens stop; EVENT_APPLICATION_ENDED. ERROR_NOT_FOUND when it is not there. */
enum error oauth_application_disable(struct db *db, struct arena *arena, int64_t id) MUST_CHECK;

struct oauth_token {
	int64_t id; /* id_new() */
	struct str token_hash; /* 32 bytes */
	int64_t application_id;
	int64_t user_id;  /* 0 for a client-credentials token */
	int64_t actor_id; /* who speaks with it; 0 without user */
	struct str scopes;
	int64_t expires_us; /* 0 for never */
	struct str code_hash; /* that it was made from; data NULL for none */
};

/* ERROR_CONFLICT when the token exists. */
enum error oauth_token_create(struct db *db, struct arena *arena, const struct oauth_token *token) MUST_CHECK;

/* ERROR_NOT_FOUND when there is no such token, revoked or not. */
enum error oauth_token_find_application(struct db *db, struct arena *arena, struct str token_hash,
	int64_t *ret_application_id) MUST_CHECK;

/* ERROR_NOT_FOUND when it is not that application's, or is revoked already. */
enum error oauth_token_revoke(struct db *db, struct arena *arena, int64_t application_id, struct str token_hash) MUST_CHECK;
/* All that were made from a code; fine when there is none. */
enum error oauth_token_revoke_of_code(struct db *db, struct arena *arena, struct str code_hash) MUST_CHECK;
/* All that an application holds for a user, and codes that are still to be used. ERROR_NOT_FOUND when there is none. */
enum error oauth_token_revoke_of_user(struct db *db, struct arena *arena, int64_t user_id, int64_t application_id) MUST_CHECK;

struct oauth_code {
	struct str code_hash; /* 32 bytes */
	int64_t application_id;
	int64_t user_id;
	int64_t actor_id;
	struct str redirect_uri;
	struct str scopes;
	struct str challenge; /* PKCE, S256; data NULL for none */
	int64_t expires_us;
	bool is_used;
};

enum error oauth_code_create(struct db *db, struct arena *arena, const struct oauth_code *code) MUST_CHECK;
/* Used and expired ones are found as well. */
enum error oauth_code_find(struct db *db, struct arena *arena, struct str code_hash, struct oauth_code *ret_code) MUST_CHECK;
/* ERROR_GONE when somebody used it before, or its time is over. */
enum error oauth_code_use(struct db *db, struct arena *arena, struct str code_hash) MUST_CHECK;

/* What a user has let in, for the list of them. */
struct oauth_authorization {
	int64_t application_id;
	struct str name;
	struct str website; /* data NULL when there is none */
	struct str scopes;  /* of all its tokens, each once */
	int64_t created_us;
	int64_t last_used_us; /* a day; 0 for never */
};
#define OAUTH_AUTHORIZATIONS_MAX 200
/* The newest first. */
enum error oauth_authorization_list(struct db *db, struct arena *arena, int64_t user_id,
	struct oauth_authorization **ret_authorizations, size_t *ret_count) MUST_CHECK;

#endif
