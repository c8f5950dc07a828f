/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Sessions of browsers. */
#include "storage/session.h"

#include "storage/statement.h"
#include "base/mutant.h"

static const struct statement create = STATEMENT("session_create", 6,
	"insert into sessions (id, token_hash, user_id, user_agent, is_half, expires_at)"
	" values ($1, $2, $3, left(coalesce($4, ''), 500), $5, $6)");

static const struct statement find = STATEMENT("session_find", 1,
	"select s.id, s.user_id, s.user_agent, s.is_half, s.created_at, s.expires_at, s.last_used_on::timestamptz,"
	" s.expires_at <= now() or s.last_used_on < current_date - 30, s.last_used_on <> current_date"
	" from sessions as s"
	" where s.token_hash = $1"); // sessions_token_hash_key

enum {
	SESSION_ID,
	SESSION_USER_ID,
	SESSION_USER_AGENT,
	SESSION_IS_HALF,
	SESSION_CREATED_AT,
	SESSION_EXPIRES_AT,
	SESSION_LAST_USED_AT,
	SESSION_IS_OVER,
	SESSION_IS_FIRST_USE_TODAY,
};

static const struct statement note_use = STATEMENT("session_note_use", 2,
	"with used as ("
	"  update sessions set last_used_on = current_date where id = $1"
	")"
	" update users"
	" set last_active_on = current_date"
	" where id = $2"
	"   and last_active_on is distinct from current_date"); // sessions_pkey, users_pkey

static const struct statement list = STATEMENT("session_list", 2,
	"select s.id, s.user_id, s.user_agent, s.is_half, s.created_at, s.expires_at, s.last_used_on::timestamptz"
	" from sessions as s"
	" where s.user_id = $1"
	"   and not s.is_half"
	"   and s.expires_at > now()"
	" order by s.id desc"
	" limit $2"); // sessions_user_id

static const struct statement delete_one = STATEMENT("session_delete", 2,
	"delete from sessions"
	" where id = $2"
	"   and user_id = $1"); // sessions_pkey

static const struct statement delete_others = STATEMENT("session_delete_others", 2,
	"delete from sessions"
	" where user_id = $1"
	"   and id <> $2"); // sessions_user_id

STATEMENT_TABLE(session_statements, &create, &find, &note_use, &list, &delete_one, &delete_others);

enum error session_create(struct db *db, struct arena *arena, const struct session *session)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, session->id);
	db_value_bytes(&values, session->token_hash);
	db_value_int64(&values, session->user_id);
	db_value_text(&values, session->user_agent);
	db_value_bool(&values, session->is_half);
	db_value_time(&values, session->expires_us);
	return db_change(db, arena, &create, &values, NULL);
}

static void read_session(const struct db_rows *rows, int row, struct session *session)
{
	*session = (struct session){
		.id = db_int64(rows, row, SESSION_ID),
		.user_id = db_int64(rows, row, SESSION_USER_ID),
		.user_agent = db_text(rows, row, SESSION_USER_AGENT),
		.is_half = db_bool(rows, row, SESSION_IS_HALF),
		.created_us = db_time(rows, row, SESSION_CREATED_AT),
		.expires_us = db_time(rows, row, SESSION_EXPIRES_AT),
		.last_used_us = db_time(rows, row, SESSION_LAST_USED_AT),
	};
}

enum error session_find(struct db *db, struct arena *arena, struct str token_hash, struct session *ret_session)
{
	struct db_values values = { .count = 0 };
	db_value_bytes(&values, token_hash);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &find, &values, &rows);
	if (error)
		return error;
	if (!rows.count || (db_bool(&rows, 0, SESSION_IS_OVER) && !MUTANT("session_time")))
		return ERROR_NOT_FOUND;
	struct session session;
	read_session(&rows, 0, &session);
	session.token_hash = token_hash;
	if (db_bool(&rows, 0, SESSION_IS_FIRST_USE_TODAY)) {
		struct db_values use = { .count = 0 };
		db_value_int64(&use, session.id);
		db_value_int64(&use, session.user_id);
		/* Whether the use was noted does not matter to the one who uses it; db.c has said why not. */
		error = db_change(db, arena, &note_use, &use, NULL);
		(void)error;
	}
	*ret_session = session;
	return ERROR_NONE;
}

enum error session_list(struct db *db, struct arena *arena, int64_t user_id, struct session **ret_sessions, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, user_id);
	db_value_int64(&values, SESSION_LIST_MAX);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list, &values, &rows);
	if (error)
		return error;
	struct session *sessions = arena_alloc_array(arena, (size_t)rows.count + 1, sizeof(*sessions));
	for (int row = 0; row < rows.count; row++)
		read_session(&rows, row, &sessions[row]);
	*ret_sessions = sessions;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error session_delete(struct db *db, struct arena *arena, int64_t user_id, int64_t id)
{
	struct db_values values = { .count = 0 };
	int64_t affected = 0;
	db_value_int64(&values, user_id);
	db_value_int64(&values, id);
	enum error error = db_change(db, arena, &delete_one, &values, &affected);
	if (error)
		return error;
	return affected ? ERROR_NONE : ERROR_NOT_FOUND;
}

enum error session_delete_others(struct db *db, struct arena *arena, int64_t user_id, int64_t keep_id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, user_id);
	db_value_int64(&values, keep_id);
	return db_change(db, arena, &delete_others, &values, NULL);
}
