/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Ids that must not come back. */
#include "storage/tombstone.h"

#include "storage/statement.h"

static const struct statement add = STATEMENT("tombstone_add", 3,
	"insert into tombstones as t (uri, is_local, was_known)"
	" values ($1, $2, $3)"
	" on conflict (uri) do update"
	" set was_known = true"
	" where excluded.was_known"
	"   and not t.was_known"); // tombstones_pkey

static const struct statement exists = STATEMENT("tombstone_exists", 1,
	"select exists (select from tombstones where uri = $1)"); // tombstones_pkey

STATEMENT_TABLE(tombstone_statements, &add, &exists);

enum error tombstone_add(struct db *db, struct arena *arena, const struct tombstone *tombstone)
{
	struct db_values values = { .count = 0 };
	db_value_text(&values, tombstone->uri);
	db_value_bool(&values, tombstone->is_local);
	db_value_bool(&values, tombstone->was_known);
	return db_change(db, arena, &add, &values, NULL);
}

enum error tombstone_exists(struct db *db, struct arena *arena, struct str uri, bool *ret_exists)
{
	struct db_values values = { .count = 0 };
	db_value_text(&values, uri);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &exists, &values, &rows);
	if (error)
		return error;
	*ret_exists = db_bool(&rows, 0, 0);
	return ERROR_NONE;
}
