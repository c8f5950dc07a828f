/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Macros. */
#include "storage/macro.h"

#include "storage/organisation.h"
#include "storage/statement.h"

#define COLUMNS "m.id, m.organisation_id, m.name, m.actions::text, m.version"

static const struct statement list = STATEMENT("macro_list", 2,
	"select " COLUMNS
	" from macros as m"
	" where m.organisation_id = $1"
	" order by m.name"
	" limit $2"); // macros_organisation_id_name_key

static const struct statement find = STATEMENT("macro_find", 2,
	"select " COLUMNS
	" from macros as m"
	" where m.id = $2"
	"   and m.organisation_id = $1"); // macros_pkey

static const struct statement insert = STATEMENT("macro_insert", 5,
	"insert into macros (id, organisation_id, name, actions)"
	" select $1, $2, $3, $4::text::jsonb"
	" where (select count(*) from macros as m where m.organisation_id = $2) < $5"); // macros_organisation_id_name_key

static const struct statement change = STATEMENT("macro_change", 5,
	"update macros"
	" set name = $3, actions = $4::text::jsonb, version = version + 1"
	" where id = $1"
	"   and organisation_id = $2"
	"   and version = $5"); // macros_pkey

static const struct statement remove_one = STATEMENT("macro_remove", 2,
	"delete from macros"
	" where id = $2"
	"   and organisation_id = $1"); // macros_pkey

STATEMENT_TABLE(macro_statements, &list, &find, &insert, &change, &remove_one);

static struct macro read_macro(const struct db_rows *rows, int row)
{
	return (struct macro){
		.id = db_int64(rows, row, 0),
		.organisation_id = db_int64(rows, row, 1),
		.name = db_text(rows, row, 2),
		.actions = db_text(rows, row, 3),
		.version = db_int64(rows, row, 4),
	};
}

enum error macro_list(struct db *db, struct arena *arena, int64_t organisation_id, struct macro **ret_macros, size_t *ret_count)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_int64(&values, organisation_id);
	db_value_int64(&values, MACROS_MAX);
	enum error error = db_run(db, arena, &list, &values, &rows);
	if (error)
		return error;
	struct macro *macros = arena_alloc_array(arena, (size_t)rows.count, sizeof(*macros));
	for (int i = 0; i < rows.count; i++)
		macros[i] = read_macro(&rows, i);
	*ret_macros = macros;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error macro_find(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id, struct macro *ret_macro)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_int64(&values, organisation_id);
	db_value_int64(&values, id);
	enum error error = db_run(db, arena, &find, &values, &rows);
	if (!error && !rows.count)
		error = ERROR_NOT_FOUND;
	if (!error)
		*ret_macro = read_macro(&rows, 0);
	return error;
}

enum error macro_store(struct db *db, struct arena *arena, const struct macro *macro)
{
	int64_t written = 0;
	struct db_values values = { .count = 0 };
	db_value_int64(&values, macro->id);
	db_value_int64(&values, macro->organisation_id);
	db_value_text(&values, macro->name);
	db_value_text(&values, macro->actions);
	db_value_int64(&values, macro->version ? macro->version : MACROS_MAX);
	enum error error = macro->version ? ERROR_NONE : organisation_lock(db, arena, macro->organisation_id);
	if (!error)
		error = db_change(db, arena, macro->version ? &change : &insert, &values, &written);
	if (!error && !written)
		error = macro->version ? ERROR_GONE : ERROR_CONTENT_TOO_LARGE;
	return error;
}

enum error macro_remove(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id)
{
	int64_t removed = 0;
	struct db_values values = { .count = 0 };
	db_value_int64(&values, organisation_id);
	db_value_int64(&values, id);
	enum error error = db_change(db, arena, &remove_one, &values, &removed);
	return !error && !removed ? ERROR_NOT_FOUND : error;
}
