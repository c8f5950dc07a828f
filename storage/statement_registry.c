/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The tables of all statements. */
#include "storage/statement.h"

static const struct statement_table *const tables[] = {
#define TABLE(name) &name##_statements,
#include "storage/statement_tables.inc"
#undef TABLE
};

const struct statement_table *const *statement_registry(size_t *ret_count)
{
	*ret_count = sizeof(tables) / sizeof(tables[0]);
	return tables;
}
