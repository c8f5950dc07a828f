/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The rules: a handful of rows. */
#include "storage/rule.h"

#include "storage/statement.h"

static const struct statement add = STATEMENT("rule_add", 3,
	"insert into instance_rules (id, text, hint)"
	" values ($1, $2, $3)");

static const struct statement remove_one = STATEMENT("rule_remove", 1,
	"delete from instance_rules"
	" where id = $1"); // instance_rules_pkey

static const struct statement list = STATEMENT("rule_list", 0,
	"select id, text, hint"
	" from instance_rules"
	" order by id"); // instance_rules_pkey

STATEMENT_TABLE(rule_statements, &add, &remove_one, &list);

enum error rule_add(struct db *db, struct arena *arena, const struct rule *rule)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, rule->id);
	db_value_text(&values, rule->text);
	db_value_text(&values, rule->hint.data ? rule->hint : STR_LITERAL(""));
	return db_change(db, arena, &add, &values, NULL);
}

enum error rule_remove(struct db *db, struct arena *arena, int64_t id)
{
	int64_t affected;
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	enum error error = db_change(db, arena, &remove_one, &values, &affected);
	if (!error && !affected)
		return ERROR_NOT_FOUND;
	return error;
}

enum error rule_list(struct db *db, struct arena *arena, struct rule **ret_rules, size_t *ret_count)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list, NULL, &rows);
	if (error)
		return error;
	struct rule *rules = arena_alloc_array(arena, (size_t)rows.count, sizeof(*rules));
	for (int row = 0; row < rows.count; row++)
		rules[row] = (struct rule){ db_int64(&rows, row, 0), db_text(&rows, row, 1), db_text(&rows, row, 2) };
	*ret_rules = rules;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}
