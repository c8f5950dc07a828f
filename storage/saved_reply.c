/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Saved replies. */
#include "storage/saved_reply.h"

#include "storage/organisation.h"
#include "storage/statement.h"

#define COLUMNS "r.id, r.organisation_id, r.code, r.language, r.body, r.version"

static const struct statement list = STATEMENT("saved_reply_list", 2,
	"select " COLUMNS
	" from saved_replies as r"
	" where r.organisation_id = $1"
	" order by r.code, r.language"
	" limit $2"); // saved_replies_organisation_id_code_language_key

static const struct statement find = STATEMENT("saved_reply_find", 2,
	"select " COLUMNS
	" from saved_replies as r"
	" where r.id = $2"
	"   and r.organisation_id = $1"); // saved_replies_pkey

/* How well one of that language reads it, or one of the other; 0 is best. */
#define READS(language, otherwise)                                                                              \
	"case when lower(r.language) = lower(" language "::text) then 0"                                       \
	" when split_part(lower(r.language), '-', 1) = split_part(lower(" language "), '-', 1) then 1"         \
	" when lower(r.language) = lower(" otherwise "::text) then 2"                                          \
	" when split_part(lower(r.language), '-', 1) = split_part(lower(" otherwise "), '-', 1) then 3"        \
	" else 4 end"

static const struct statement choose = STATEMENT("saved_reply_choose", 4,
	"select " COLUMNS
	" from saved_replies as r"
	" where r.organisation_id = $1"
	"   and r.code = $2"
	" order by " READS("$3", "$4") ", r.language"
	" limit 1"); // saved_replies_organisation_id_code_language_key

static const struct statement choose_all = STATEMENT("saved_reply_choose_all", 4,
	"select distinct on (r.code) " COLUMNS
	" from saved_replies as r"
	" where r.organisation_id = $1"
	" order by r.code, " READS("$2", "$3") ", r.language"
	" limit $4"); // saved_replies_organisation_id_code_language_key

static const struct statement insert = STATEMENT("saved_reply_insert", 6,
	"insert into saved_replies (id, organisation_id, code, language, body)"
	" select $1, $2, $3, $4, $5"
	" where (select count(*) from saved_replies as r where r.organisation_id = $2) < $6"); // saved_replies_organisation_id_code_language_key

static const struct statement change = STATEMENT("saved_reply_change", 6,
	"update saved_replies"
	" set code = $3, language = $4, body = $5, version = version + 1"
	" where id = $1"
	"   and organisation_id = $2"
	"   and version = $6"); // saved_replies_pkey

static const struct statement remove_one = STATEMENT("saved_reply_remove", 2,
	"delete from saved_replies"
	" where id = $2"
	"   and organisation_id = $1"); // saved_replies_pkey

STATEMENT_TABLE(saved_reply_statements, &list, &find, &choose, &choose_all, &insert, &change, &remove_one);

static struct saved_reply read_reply(const struct db_rows *rows, int row)
{
	return (struct saved_reply){
		.id = db_int64(rows, row, 0),
		.organisation_id = db_int64(rows, row, 1),
		.code = db_text(rows, row, 2),
		.language = db_text(rows, row, 3),
		.body = db_text(rows, row, 4),
		.version = db_int64(rows, row, 5),
	};
}

static enum error read_list(struct db *db, struct arena *arena, const struct statement *statement, const struct db_values *values,
	struct saved_reply **ret_replies, size_t *ret_count)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, statement, values, &rows);
	if (error)
		return error;
	struct saved_reply *replies = arena_alloc_array(arena, (size_t)rows.count, sizeof(*replies));
	for (int i = 0; i < rows.count; i++)
		replies[i] = read_reply(&rows, i);
	*ret_replies = replies;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error saved_reply_list(struct db *db, struct arena *arena, int64_t organisation_id, struct saved_reply **ret_replies, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, organisation_id);
	db_value_int64(&values, SAVED_REPLIES_MAX);
	return read_list(db, arena, &list, &values, ret_replies, ret_count);
}

enum error saved_reply_choose_all(struct db *db, struct arena *arena, int64_t organisation_id, struct str language, struct str otherwise,
	struct saved_reply **ret_replies, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, organisation_id);
	db_value_text(&values, language);
	db_value_text(&values, otherwise);
	db_value_int64(&values, SAVED_REPLIES_MAX);
	return read_list(db, arena, &choose_all, &values, ret_replies, ret_count);
}

static enum error find_one(struct db *db, struct arena *arena, const struct statement *statement, const struct db_values *values,
	struct saved_reply *ret_reply)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, statement, values, &rows);
	if (!error && !rows.count)
		error = ERROR_NOT_FOUND;
	if (!error)
		*ret_reply = read_reply(&rows, 0);
	return error;
}

enum error saved_reply_find(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id, struct saved_reply *ret_reply)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, organisation_id);
	db_value_int64(&values, id);
	return find_one(db, arena, &find, &values, ret_reply);
}

enum error saved_reply_choose(struct db *db, struct arena *arena, int64_t organisation_id, struct str code, struct str language,
	struct str otherwise, struct saved_reply *ret_reply)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, organisation_id);
	db_value_text(&values, code);
	db_value_text(&values, language);
	db_value_text(&values, otherwise);
	return find_one(db, arena, &choose, &values, ret_reply);
}

enum error saved_reply_store(struct db *db, struct arena *arena, const struct saved_reply *reply)
{
	int64_t written = 0;
	struct db_values values = { .count = 0 };
	db_value_int64(&values, reply->id);
	db_value_int64(&values, reply->organisation_id);
	db_value_text(&values, reply->code);
	db_value_text(&values, reply->language);
	db_value_text(&values, reply->body);
	db_value_int64(&values, reply->version ? reply->version : SAVED_REPLIES_MAX);
	enum error error = reply->version ? ERROR_NONE : organisation_lock(db, arena, reply->organisation_id);
	if (!error)
		error = db_change(db, arena, reply->version ? &change : &insert, &values, &written);
	if (!error && !written)
		error = reply->version ? ERROR_GONE : ERROR_CONTENT_TOO_LARGE;
	return error;
}

enum error saved_reply_remove(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id)
{
	int64_t removed = 0;
	struct db_values values = { .count = 0 };
	db_value_int64(&values, organisation_id);
	db_value_int64(&values, id);
	enum error error = db_change(db, arena, &remove_one, &values, &removed);
	return !error && !removed ? ERROR_NOT_FOUND : error;
}
