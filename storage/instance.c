/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Numbers about the instance. */
#include "storage/instance.h"

#include "storage/statement.h"

static const struct statement count = STATEMENT("instance_count", 0,
	"select"
	" (select sum(value)::bigint from instance_counters where name = 'users'),"
	" (select count(*) from users where last_active_on > current_date - 30),"
	" (select count(*) from users where last_active_on > current_date - 180),"
	" (select sum(value)::bigint from instance_counters where name = 'local_posts'),"
	" (select sum(value)::bigint from instance_counters where name = 'local_comments'),"
	" (select count(*) from peers)"); // instance_counters_pkey, users_last_active_on; peers is read whole

static const struct statement list_peers = STATEMENT("instance_list_peers", 1,
	"select p.name"
	" from peers as p"
	" where not exists (select from domain_blocks as b where b.domain = p.name and b.severity = 'suspend')"
	" order by p.name"
	" limit $1"); // peers_pkey, domain_blocks_pkey

STATEMENT_TABLE(instance_statements, &count, &list_peers);

enum error instance_count(struct db *db, struct arena *arena, struct instance_counts *ret_counts)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &count, NULL, &rows);
	if (error)
		return error;
	ret_counts->users = db_int64(&rows, 0, 0);
	ret_counts->active_month = db_int64(&rows, 0, 1);
	ret_counts->active_half_year = db_int64(&rows, 0, 2);
	ret_counts->local_posts = db_int64(&rows, 0, 3);
	ret_counts->local_comments = db_int64(&rows, 0, 4);
	ret_counts->known_peers = db_int64(&rows, 0, 5);
	return ERROR_NONE;
}

enum error instance_list_peers(struct db *db, struct arena *arena, struct str **ret_names, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, INSTANCE_MAX_PEERS);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list_peers, &values, &rows);
	if (error)
		return error;
	struct str *names = arena_alloc_array(arena, (size_t)rows.count, sizeof(*names));
	for (int row = 0; row < rows.count; row++)
		names[row] = db_text(&rows, row, 0);
	*ret_names = names;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}
