/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Prepared statements, their values and their rows: what the files of this folder are written with. */
#ifndef COMPTOIR_STORAGE_STATEMENT_H
#define COMPTOIR_STORAGE_STATEMENT_H

#include "storage/db.h"

/* Every statement is in the registry (statement_registry.c) so that a test can prepare all of them. */
struct statement {
	const char *name; /* unique, "file_what", at most 63 bytes */
	const char *sql;  /* with $1... ; casts where the type is not evident */
	int parameter_count;
};

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
void db_value_bool(struct db_values *values, bool value);
void db_value_text(struct db_values *values, struct str value); /* data NULL gives SQL null */
void db_value_bytes(struct db_values *values, struct str value); /* bytea; data NULL gives SQL null */
void db_value_time(struct db_values *values, int64_t time_us); /* timestamptz */
void db_value_null(struct db_values *values);

struct db_rows {
	struct arena *arena;
	void *result; /* PGresult, cleared at the end of the call's scope by db_rows_clear */
	int count;
	int64_t affected; /* rows changed by insert, update, delete */
};

/* Runs one statement. Rows must be read before the next call on this connection and cleared with
 * db_rows_clear; readers copy text into the arena. */
enum error db_run(struct db *db, struct arena *arena, const struct statement *statement,
	const struct db_values *values, struct db_rows *ret_rows) MUST_CHECK;
void db_rows_clear(struct db_rows *rows);
void db_rows_auto(struct db_rows *rows); /* AUTO(db_rows) struct db_rows rows = {0}; */

/* For statements whose rows do not matter: *ret_affected may be NULL. */
enum error db_change(struct db *db, struct arena *arena, const struct statement *statement,
	const struct db_values *values, int64_t *ret_affected) MUST_CHECK;

bool db_is_null(const struct db_rows *rows, int row, int column);
int64_t db_int64(const struct db_rows *rows, int row, int column); /* bigint or integer; 0 for null */
bool db_bool(const struct db_rows *rows, int row, int column);
struct str db_text(const struct db_rows *rows, int row, int column); /* copied; data NULL for null */
struct str db_bytes(const struct db_rows *rows, int row, int column);
int64_t db_time(const struct db_rows *rows, int row, int column); /* microseconds since 1970; 0 for null */

#endif
