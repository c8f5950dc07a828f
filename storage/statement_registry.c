/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The tables of all statements. */
#include "storage/statement.h"

static const struct statement_table *const tables[] = {
	&access_statements,
	&actor_statements,
	&actor_delete_statements,
	&actor_key_statements,
	&actor_local_statements,
	&actor_remote_statements,
	&block_statements,
	&db_statements,
	&domain_statements,
	&follow_statements,
	&instance_statements,
	&migrate_statements,
	&notification_statements,
	&oauth_statements,
	&pin_statements,
	&post_statements,
	&report_statements,
	&tombstone_statements,
	&user_statements,
};

const struct statement_table *const *statement_registry(size_t *ret_count)
{
	*ret_count = sizeof(tables) / sizeof(tables[0]);
	return tables;
}
