/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * OAuth applications, codes and tokens. A token that ends is said to all processes, since each remembers valid ones. */
#include "storage/oauth.h"

#include "storage/event.h"
#include "storage/statement.h"

#define APPLICATION_COLUMNS           \
	"p.id"                        \
	", p.client_id"               \
	", p.client_secret_hash"      \
	", p.name"                    \
	", p.website"                 \
	", p.redirect_uris"           \
	", p.scopes"                  \
	", p.is_disabled"

enum {
	APPLICATION_ID,
	APPLICATION_CLIENT_ID,
	APPLICATION_CLIENT_SECRET_HASH,
	APPLICATION_NAME,
	APPLICATION_WEBSITE,
	APPLICATION_REDIRECT_URIS,
	APPLICATION_SCOPES,
	APPLICATION_IS_DISABLED,
};

static const struct statement create_application = STATEMENT("oauth_create_application", 7,
	"insert into oauth_applications (id, client_id, client_secret_hash, name, website, redirect_uris, scopes)"
	" values ($1, $2, $3, $4, $5, $6, coalesce($7, ''))"
	" on conflict do nothing"); // oauth_applications_client_id_key

static const struct statement find_application = STATEMENT("oauth_find_application", 1,
	"select " APPLICATION_COLUMNS
	" from oauth_applications as p"
	" where p.client_id = $1"); // oauth_applications_client_id_key

static const struct statement find_application_by_id = STATEMENT("oauth_find_application_by_id", 1,
	"select " APPLICATION_COLUMNS
	" from oauth_applications as p"
	" where p.id = $1"); // oauth_applications_pkey

static const struct statement disable_application = STATEMENT("oauth_disable_application", 1,
	"update oauth_applications"
	" set is_disabled = true"
	" where id = $1"); // oauth_applications_pkey

static const struct statement create_token = STATEMENT("oauth_create_token", 8,
	"with used as ("
	"  update oauth_applications set is_used = true where id = $3 and not is_used"
	")"
	" insert into oauth_tokens (id, token_hash, application_id, user_id, actor_id, scopes, expires_at, code_hash)"
	" values ($1, $2, $3, $4, $5, coalesce($6, ''), $7, $8)"
	" on conflict do nothing"); // oauth_applications_pkey, oauth_tokens_token_hash_key

static const struct statement find_token_application = STATEMENT("oauth_find_token_application", 1,
	"select t.application_id"
	" from oauth_tokens as t"
	" where t.token_hash = $1"); // oauth_tokens_token_hash_key

static const struct statement revoke_token = STATEMENT("oauth_revoke_token", 2,
	"update oauth_tokens"
	" set revoked_at = now()"
	" where token_hash = $2"
	"   and application_id = $1"
	"   and revoked_at is null"
	" returning id"); // oauth_tokens_token_hash_key

static const struct statement revoke_of_code = STATEMENT("oauth_revoke_of_code", 1,
	"update oauth_tokens"
	" set revoked_at = now()"
	" where code_hash = $1"
	"   and revoked_at is null"
	" returning id"); // oauth_tokens_code_hash

static const struct statement revoke_of_user = STATEMENT("oauth_revoke_of_user", 2,
	"with spent as ("
	"  delete from oauth_codes where user_id = $1 and application_id = $2"
	")"
	" update oauth_tokens"
	" set revoked_at = now()"
	" where user_id = $1"
	"   and application_id = $2"
	"   and revoked_at is null"
	" returning id"); // oauth_codes_user_id, oauth_tokens_user_id

static const struct statement create_code = STATEMENT("oauth_create_code", 8,
	"insert into oauth_codes (code_hash, application_id, user_id, actor_id, redirect_uri, scopes, challenge, expires_at)"
	" values ($1, $2, $3, $4, $5, coalesce($6, ''), $7, $8)");

static const struct statement find_code = STATEMENT("oauth_find_code", 1,
	"select c.application_id, c.user_id, c.actor_id, c.redirect_uri, c.scopes, c.challenge, c.expires_at, c.used_at is not null"
	" from oauth_codes as c"
	" where c.code_hash = $1"); // oauth_codes_pkey

enum {
	CODE_APPLICATION_ID,
	CODE_USER_ID,
	CODE_ACTOR_ID,
	CODE_REDIRECT_URI,
	CODE_SCOPES,
	CODE_CHALLENGE,
	CODE_EXPIRES_AT,
	CODE_IS_USED,
};

static const struct statement use_code = STATEMENT("oauth_use_code", 1,
	"update oauth_codes"
	" set used_at = now()"
	" where code_hash = $1"
	"   and used_at is null"
	"   and expires_at > now()"); // oauth_codes_pkey

static const struct statement list_authorizations = STATEMENT("oauth_list_authorizations", 2,
	"select p.id, p.name, p.website, held.scopes, held.created_at, held.last_used_at"
	" from ("
	"   select t.application_id,"
	"          string_agg(t.scopes, ' ') as scopes,"
	"          min(t.created_at) as created_at,"
	"          max(t.last_used_on)::timestamptz as last_used_at"
	"   from oauth_tokens as t"
	"   where t.user_id = $1"
	"     and t.revoked_at is null"
	"     and (t.expires_at is null or t.expires_at > now())"
	"   group by t.application_id"
	" ) as held"
	" join oauth_applications as p on p.id = held.application_id"
	" order by held.created_at desc"
	" limit $2"); // oauth_tokens_user_id, oauth_applications_pkey

STATEMENT_TABLE(oauth_statements, &create_application, &find_application, &find_application_by_id, &disable_application,
	&create_token, &find_token_application, &revoke_token, &revoke_of_code, &revoke_of_user, &create_code, &find_code,
	&use_code, &list_authorizations);

static enum error change_one(struct db *db, struct arena *arena, const struct statement *statement,
	const struct db_values *values, enum error none)
{
	int64_t affected = 0;
	enum error error = db_change(db, arena, statement, values, &affected);
	if (error)
		return error;
	return affected ? ERROR_NONE : none;
}

/* Runs what returns the ids of tokens that it ended. */
static enum error end_tokens(struct db *db, struct arena *arena, const struct statement *statement,
	const struct db_values *values, enum error none)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, statement, values, &rows);
	if (error)
		return error;
	for (int row = 0; row < rows.count; row++)
		event_emit_on_commit(db, EVENT_TOKEN_ENDED, db_int64(&rows, row, 0), 0);
	return rows.count ? ERROR_NONE : none;
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

static enum error read_application(struct db *db, struct arena *arena, const struct statement *statement,
	const struct db_values *values, struct oauth_application *ret_application)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, statement, values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	*ret_application = (struct oauth_application){
		.id = db_int64(&rows, 0, APPLICATION_ID),
		.client_id = db_text(&rows, 0, APPLICATION_CLIENT_ID),
		.client_secret_hash = db_bytes(&rows, 0, APPLICATION_CLIENT_SECRET_HASH),
		.name = db_text(&rows, 0, APPLICATION_NAME),
		.website = db_text(&rows, 0, APPLICATION_WEBSITE),
		.redirect_uris = db_text(&rows, 0, APPLICATION_REDIRECT_URIS),
		.scopes = db_text(&rows, 0, APPLICATION_SCOPES),
		.is_disabled = db_bool(&rows, 0, APPLICATION_IS_DISABLED),
	};
	return ERROR_NONE;
}

enum error oauth_application_find(struct db *db, struct arena *arena, struct str client_id,
	struct oauth_application *ret_application)
{
	struct db_values values = { .count = 0 };
	db_value_text(&values, client_id);
	return read_application(db, arena, &find_application, &values, ret_application);
}

enum error oauth_application_find_by_id(struct db *db, struct arena *arena, int64_t id,
	struct oauth_application *ret_application)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	return read_application(db, arena, &find_application_by_id, &values, ret_application);
}

enum error oauth_application_disable(struct db *db, struct arena *arena, int64_t id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	enum error error = change_one(db, arena, &disable_application, &values, ERROR_NOT_FOUND);
	if (!error)
		event_emit_on_commit(db, EVENT_APPLICATION_ENDED, id, 0);
	return error;
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
	db_value_bytes(&values, token->code_hash);
	return change_one(db, arena, &create_token, &values, ERROR_CONFLICT);
}

enum error oauth_token_find_application(struct db *db, struct arena *arena, struct str token_hash, int64_t *ret_application_id)
{
	struct db_values values = { .count = 0 };
	db_value_bytes(&values, token_hash);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &find_token_application, &values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	*ret_application_id = db_int64(&rows, 0, 0);
	return ERROR_NONE;
}

enum error oauth_token_revoke(struct db *db, struct arena *arena, int64_t application_id, struct str token_hash)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, application_id);
	db_value_bytes(&values, token_hash);
	return end_tokens(db, arena, &revoke_token, &values, ERROR_NOT_FOUND);
}

enum error oauth_token_revoke_of_code(struct db *db, struct arena *arena, struct str code_hash)
{
	struct db_values values = { .count = 0 };
	db_value_bytes(&values, code_hash);
	return end_tokens(db, arena, &revoke_of_code, &values, ERROR_NONE);
}

enum error oauth_token_revoke_of_user(struct db *db, struct arena *arena, int64_t user_id, int64_t application_id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, user_id);
	db_value_int64(&values, application_id);
	return end_tokens(db, arena, &revoke_of_user, &values, ERROR_NOT_FOUND);
}

enum error oauth_code_create(struct db *db, struct arena *arena, const struct oauth_code *code)
{
	struct db_values values = { .count = 0 };
	db_value_bytes(&values, code->code_hash);
	db_value_int64(&values, code->application_id);
	db_value_int64(&values, code->user_id);
	db_value_int64(&values, code->actor_id);
	db_value_text(&values, code->redirect_uri);
	db_value_text(&values, code->scopes);
	db_value_text(&values, code->challenge);
	db_value_time(&values, code->expires_us);
	return db_change(db, arena, &create_code, &values, NULL);
}

enum error oauth_code_find(struct db *db, struct arena *arena, struct str code_hash, struct oauth_code *ret_code)
{
	struct db_values values = { .count = 0 };
	db_value_bytes(&values, code_hash);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &find_code, &values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	*ret_code = (struct oauth_code){
		.code_hash = code_hash,
		.application_id = db_int64(&rows, 0, CODE_APPLICATION_ID),
		.user_id = db_int64(&rows, 0, CODE_USER_ID),
		.actor_id = db_int64(&rows, 0, CODE_ACTOR_ID),
		.redirect_uri = db_text(&rows, 0, CODE_REDIRECT_URI),
		.scopes = db_text(&rows, 0, CODE_SCOPES),
		.challenge = db_text(&rows, 0, CODE_CHALLENGE),
		.expires_us = db_time(&rows, 0, CODE_EXPIRES_AT),
		.is_used = db_bool(&rows, 0, CODE_IS_USED),
	};
	return ERROR_NONE;
}

enum error oauth_code_use(struct db *db, struct arena *arena, struct str code_hash)
{
	struct db_values values = { .count = 0 };
	db_value_bytes(&values, code_hash);
	return change_one(db, arena, &use_code, &values, ERROR_GONE);
}

enum error oauth_authorization_list(struct db *db, struct arena *arena, int64_t user_id,
	struct oauth_authorization **ret_authorizations, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, user_id);
	db_value_int64(&values, OAUTH_AUTHORIZATIONS_MAX);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list_authorizations, &values, &rows);
	if (error)
		return error;
	struct oauth_authorization *all = arena_alloc_array(arena, (size_t)rows.count + 1, sizeof(*all));
	for (int row = 0; row < rows.count; row++)
		all[row] = (struct oauth_authorization){
			.application_id = db_int64(&rows, row, 0),
			.name = db_text(&rows, row, 1),
			.website = db_text(&rows, row, 2),
			.scopes = db_text(&rows, row, 3),
			.created_us = db_time(&rows, row, 4),
			.last_used_us = db_time(&rows, row, 5),
		};
	*ret_authorizations = all;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}
