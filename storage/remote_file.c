/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Copies of what lies elsewhere. */
#include "storage/remote_file.h"

#include "storage/media.h"
#include "storage/statement.h"

static const struct statement find = STATEMENT("remote_file_find", 1,
	"select name, url, state = 'ready', file_name, preview_name, size_bytes, fetched_at, width, height, blurhash"
	" from remote_files"
	" where name = $1"); // remote_files_pkey

static const struct statement store = STATEMENT("remote_file_store", 9,
	"insert into remote_files as f (name, url, state, file_name, preview_name, size_bytes, width, height, blurhash)"
	" values ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
	" on conflict (name) do update"
	" set state = excluded.state,"
	"     file_name = excluded.file_name,"
	"     preview_name = excluded.preview_name,"
	"     size_bytes = excluded.size_bytes,"
	"     width = excluded.width,"
	"     height = excluded.height,"
	"     blurhash = excluded.blurhash,"
	"     fetched_at = now()"); // remote_files_pkey

static const struct statement forget = STATEMENT("remote_file_forget", 2,
	"delete from remote_files"
	" where name in (select f.name"
	"                from remote_files as f"
	"                where f.fetched_at < $1"
	"                order by f.fetched_at"
	"                limit $2"
	"                for update skip locked)"); // remote_files_fetched_at, remote_files_pkey

static const struct statement remove_one = STATEMENT("remote_file_remove", 1,
	"delete from remote_files"
	" where name = $1"); // remote_files_pkey

STATEMENT_TABLE(remote_file_statements, &find, &store, &forget, &remove_one);

enum error remote_file_find(struct db *db, struct arena *arena, struct str name, struct remote_file *ret_file)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_text(&values, name);
	enum error error = db_run(db, arena, &find, &values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	*ret_file = (struct remote_file){
		.name = db_text(&rows, 0, 0),
		.url = db_text(&rows, 0, 1),
		.is_ready = db_bool(&rows, 0, 2),
		.file_name = db_text(&rows, 0, 3),
		.preview_name = db_text(&rows, 0, 4),
		.size_bytes = db_int64(&rows, 0, 5),
		.fetched_us = db_time(&rows, 0, 6),
		.width = (int32_t)db_int64(&rows, 0, 7),
		.height = (int32_t)db_int64(&rows, 0, 8),
		.blurhash = db_text(&rows, 0, 9),
	};
	return ERROR_NONE;
}

enum error remote_file_store(struct db *db, struct arena *arena, const struct remote_file *file)
{
	struct db_values values = { .count = 0 };
	db_value_text(&values, file->name);
	db_value_text(&values, file->url);
	db_value_text(&values, file->is_ready ? STR_LITERAL("ready") : STR_LITERAL("failed"));
	db_value_text(&values, file->file_name);
	db_value_text(&values, file->preview_name);
	db_value_int64(&values, file->size_bytes);
	db_value_int32(&values, file->width);
	db_value_int32(&values, file->height);
	db_value_text(&values, file->blurhash);
	return db_change(db, arena, &store, &values, NULL);
}

enum error remote_file_forget(struct db *db, struct arena *arena, int64_t before_us, int64_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_time(&values, before_us);
	db_value_int64(&values, MEDIA_SWEEP_BATCH);
	return db_change(db, arena, &forget, &values, ret_count);
}

enum error remote_file_remove(struct db *db, struct arena *arena, struct str name)
{
	int64_t affected = 0;
	struct db_values values = { .count = 0 };
	db_value_text(&values, name);
	enum error error = db_change(db, arena, &remove_one, &values, &affected);
	return error ? error : affected ? ERROR_NONE : ERROR_NOT_FOUND;
}
