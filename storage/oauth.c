/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * OAuth applications and tokens. */
#include "storage/oauth.h"

#include "storage/statement.h"

static const struct statement create_application = STATEMENT("oauth_create_application", 7,
	"insert into oauth_applications (id, client_id, client_secret_hash, name, website, redirect_uris, scopes)"
	" values ($1, $2, $3, $4, $5, $6, coalesce($7, ''))"
	" on conflict do nothing"); // oauth_applications_client_id_key

static const struct statement create_token = STATEMENT("oauth_create_token", 7,
	"insert into oauth_tokens (id, token_hash, application_id, user_id, actor_id, scopes, expires_at)"
	" values ($1, $2, $3, $4, $5, coalesce($6, ''), $7)"
	" on conflict do nothing"); // oauth_tokens_token_hash_key

static const struct statement revoke_token = STATEMENT("oauth_revoke_token", 2,
	"update oauth_tokens"
	" set revoked_at = now()"
	" where token_hash = $2"
	"   and application_id = $1"
	"   and revoked_at is null"); // oauth_tokens_token_hash_key

STATEMENT_TABLE(oauth_statements, &create_application, &create_token, &revoke_token);

static enum error change_one(struct db *db, struct arena *arena, const struct statement *statement,
	const struct db_values *values, enum error none)
{
	int64_t affected = 0;
	enum error error = db_change(db, arena, statement, values, &affected);
	if (error)
		return error;
	return affected ? ERROR_NONE : none;
}

enum error oauth_application_create(struct db *db, struct arena *arena, const struct oauth_application *application)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, application->id);
	db_value_text(&values, application->client_id);
	db_value_bytes(&values, application->client_secret_hash);
	db_value_text(&values, application->name);
	db_value_text(&values, application->website);
	db_value_text(&values, application->redirect_uris);
	db_value_text(&values, application->scopes);
	return change_one(db, arena, &create_application, &values, ERROR_CONFLICT);
}

enum error oauth_token_create(struct db *db, struct arena *arena, const struct oauth_token *token)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, token->id);
	db_value_bytes(&values, token->token_hash);
	db_value_int64(&values, token->application_id);
	db_value_id(&values, token->user_id);
	db_value_id(&values, token->actor_id);
	db_value_text(&values, token->scopes);
	if (token->expires_us)
		db_value_time(&values, token->expires_us);
	else
		db_value_null(&values);
	return change_one(db, arena, &create_token, &values, ERROR_CONFLICT);
}

enum error oauth_token_revoke(struct db *db, struct arena *arena, int64_t application_id, struct str token_hash)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, application_id);
	db_value_bytes(&values, token_hash);
	return change_one(db, arena, &revoke_token, &values, ERROR_NOT_FOUND);
}
