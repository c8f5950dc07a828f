/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The tables of all statements. */
#include "storage/statement.h"

static const struct statement_table *const tables[] = {
	&access_statements,
	&acquaintance_statements,
	&actor_statements,
	&db_statements,
	&domain_statements,
	&follow_statements,
	&instance_statements,
	&migrate_statements,
	&oauth_statements,
	&post_statements,
	&user_statements,
};

const struct statement_table *const *statement_registry(size_t *ret_count)
{
	*ret_count = sizeof(tables) / sizeof(tables[0]);
	return tables;
}
