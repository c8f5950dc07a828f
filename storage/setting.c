/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Settings: JSON strings. */
#include "storage/setting.h"

#include "storage/statement.h"

static const struct statement find_text = STATEMENT("setting_find_text", 1,
	"select s.value #>> '{}'"
	" from settings as s"
	" where s.name = $1"
	"   and jsonb_typeof(s.value) = 'string'"); // settings_pkey

static const struct statement add_text = STATEMENT("setting_add_text", 2,
	"insert into settings (name, value)"
	" values ($1, to_jsonb($2::text))"
	" on conflict do nothing"); // settings_pkey

STATEMENT_TABLE(setting_statements, &find_text, &add_text);

enum error setting_find_text(struct db *db, struct arena *arena, struct str name, struct str *ret_text)
{
	struct db_values values = { .count = 0 };
	db_value_text(&values, name);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &find_text, &values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	*ret_text = db_text(&rows, 0, 0);
	return ERROR_NONE;
}

enum error setting_add_text(struct db *db, struct arena *arena, struct str name, struct str text)
{
	struct db_values values = { .count = 0 };
	db_value_text(&values, name);
	db_value_text(&values, text);
	return db_change(db, arena, &add_text, &values, NULL);
}
