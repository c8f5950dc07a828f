/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Prepared statements, their values and their rows: what the files of this folder are written with.
 *
 *   static const struct statement find_user = STATEMENT("user_find", 1,
 *           "select " USER_COLUMNS
 *           " from users as u"
 *           " where u.id = $1"); // users_pkey
 */
#ifndef COMPTOIR_STORAGE_STATEMENT_H
#define COMPTOIR_STORAGE_STATEMENT_H

#include "storage/db.h"

struct statement {
	const char *name; /* unique, "file_what", at most 63 bytes */
	int parameter_count;
	const char *sql; /* with $1... ; casts where the type is not evident */
};

#define STATEMENT(statement_name, parameters, text) { (statement_name), (parameters), (text) }

/* Each file ends its statements with STATEMENT_TABLE(file_statements, &one, &other), and has a line in
 * statement_tables.inc, so that tests can prepare and explain all of them. */
struct statement_table {
	const struct statement *const *statements;
	size_t count;
};

#define STATEMENT_TABLE(table_name, ...)                                                  \
	static const struct statement *const table_name##_all[] = { __VA_ARGS__ };            \
	const struct statement_table table_name = { table_name##_all,                         \
		sizeof(table_name##_all) / sizeof(table_name##_all[0]) }

#define TABLE(name) extern const struct statement_table name##_statements;
#include "storage/statement_tables.inc"
#undef TABLE

/* All tables; *ret_count of them. */
const struct statement_table *const *statement_registry(size_t *ret_count);

#define DB_MAX_PARAMETERS 48

struct db_values {
	int count;
	const char *data[DB_MAX_PARAMETERS];
	int lengths[DB_MAX_PARAMETERS];
	int formats[DB_MAX_PARAMETERS];
	char numbers[DB_MAX_PARAMETERS][8]; /* big-endian, for the binary form */
};

void db_value_int64(struct db_values *values, int64_t value); /* bigint */
void db_value_int32(struct db_values *values, int32_t value); /* integer */
void db_value_int16(struct db_values *values, int16_t value); /* smallint */
void db_value_id(struct db_values *values, int64_t id);       /* bigint; 0 gives SQL null */
void db_value_bool(struct db_values *values, bool value);
void db_value_text(struct db_values *values, struct str value);  /* data NULL gives SQL null */
void db_value_bytes(struct db_values *values, struct str value); /* bytea; data NULL gives SQL null */
void db_value_time(struct db_values *values, int64_t time_us);   /* timestamptz */
void db_value_null(struct db_values *values);
void db_value_int64_array(struct db_values *values, struct arena *arena, const int64_t *items, size_t count); /* bigint[] */
void db_value_bool_array(struct db_values *values, struct arena *arena, const bool *items, size_t count);
void db_value_time_array(struct db_values *values, struct arena *arena, const int64_t *times_us, size_t count); /* 0 gives null */
void db_value_bytes_array(struct db_values *values, struct arena *arena, const struct str *items, size_t count); /* bytea[] */
/* text[]; an item with data NULL gives SQL null. */
void db_value_text_array(struct db_values *values, struct arena *arena, const struct str *items, size_t count);

/* How PostgreSQL writes a text[], for columns of arrays: an array of arrays would have to be as long in each row. */
struct str db_array_text(struct arena *arena, const struct str *items, size_t count);

/* One column of `count` rows, each an expression of i:
 *   DB_VALUE_COLUMN(db_value_text_array, struct str, rows[i].uri);
 * where `values`, `arena` and `count` are the caller's. */
#define DB_VALUE_COLUMN(add_array, type, expression)                                     \
	do {                                                                             \
		type *column = arena_alloc_array(arena, count, sizeof(*column));         \
		for (size_t i = 0; i < count; i++)                                       \
			column[i] = (expression);                                        \
		add_array(values, arena, column, count);                                 \
	} while (0)

struct db_rows {
	struct arena *arena;
	void *result; /* PGresult, cleared by db_rows_clear */
	int count;
	int64_t affected; /* rows changed by insert, update, delete */
};

/* Runs one statement, in the open transaction or alone. Rows are cleared with db_rows_clear (AUTO(db_rows));
 * readers copy text into the arena. values may be NULL. Alone, a statement other than select whose connection
 * dies under it gives ERROR_COMMIT_UNKNOWN. */
enum error db_run(struct db *db, struct arena *arena, const struct statement *statement,
	const struct db_values *values, struct db_rows *ret_rows) MUST_CHECK;
void db_rows_clear(struct db_rows *rows);
void db_rows_auto(struct db_rows *rows); /* AUTO(db_rows) struct db_rows rows = {0}; */

/* For statements whose rows do not matter: ret_affected may be NULL. */
enum error db_change(struct db *db, struct arena *arena, const struct statement *statement,
	const struct db_values *values, int64_t *ret_affected) MUST_CHECK;

/* Several statements of static text without values, in the open transaction: for migrations. */
enum error db_run_script(struct db *db, const char *name, const char *sql) MUST_CHECK;

bool db_is_null(const struct db_rows *rows, int row, int column);
int64_t db_int64(const struct db_rows *rows, int row, int column); /* bigint, integer, smallint; 0 for null */
bool db_bool(const struct db_rows *rows, int row, int column);
struct str db_text(const struct db_rows *rows, int row, int column); /* copied; data NULL for null */
struct str db_bytes(const struct db_rows *rows, int row, int column);
int64_t db_time(const struct db_rows *rows, int row, int column); /* microseconds since 1970; 0 for null */

#endif
