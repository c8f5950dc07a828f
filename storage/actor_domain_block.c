/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Domains that local actors block for themselves, and what ties them to those. */
#include "storage/actor_domain_block.h"

#include "storage/event.h"
#include "storage/id.h"
#include "storage/id_page_sql.h"

static const struct statement add = STATEMENT("actor_domain_block_add", 3,
	"insert into actor_domain_blocks (id, actor_id, domain)"
	" values ($1, $2, $3)"
	" on conflict do nothing");

static const struct statement remove_one = STATEMENT("actor_domain_block_remove", 2,
	"delete from actor_domain_blocks"
	" where actor_id = $1"
	"   and domain = $2"); // actor_domain_blocks_actor_id_domain_key

static const struct statement exists_for = STATEMENT("actor_domain_block_exists", 2,
	"select exists (select"
	"  from actors as a"
	"  join actor_domain_blocks as d on d.actor_id = $1 and d.domain = a.domain"
	"  where a.id = $2"
	"    and a.domain_id is null)"); // actors_pkey, actor_domain_blocks_actor_id_domain_key

static const struct statement list_page = STATEMENT("actor_domain_block_list", 5,
	ID_PAGE_SELECT("d.id, d.domain",
	" from actor_domain_blocks as d"
	" where d.actor_id = $1", "d.id")); // actor_domain_blocks_actor_id

static const struct statement count_ties = STATEMENT("actor_domain_block_count_ties", 2,
	"select (select count(*)"
	"        from follows as f"
	"        join actors as a on a.id = f.followed_id"
	"        where f.follower_id = $1"
	"          and a.domain = $2"
	"          and a.domain_id is null),"
	"       (select count(*)"
	"        from follows as f"
	"        join actors as a on a.id = f.follower_id"
	"        where f.followed_id = $1"
	"          and a.domain = $2"
	"          and a.domain_id is null)"); // follows_follower_id, follows_followed_id, actors_pkey

static const struct statement list_ties = STATEMENT("actor_domain_block_list_ties", 3,
	"(select a.id, false, f.state = 'pending'"
	" from follows as f"
	" join actors as a on a.id = f.followed_id"
	" where f.follower_id = $1"
	"   and a.domain = $2"
	"   and a.domain_id is null"
	" limit $3)"
	" union all"
	" (select a.id, true, f.state = 'pending'"
	" from follows as f"
	" join actors as a on a.id = f.follower_id"
	" where f.followed_id = $1"
	"   and a.domain = $2"
	"   and a.domain_id is null"
	" limit $3)"); // follows_follower_id, follows_followed_id, actors_pkey

STATEMENT_TABLE(actor_domain_block_statements, &add, &remove_one, &exists_for, &list_page, &count_ties, &list_ties);

enum error actor_domain_block_add(struct db *db, struct arena *arena, int64_t actor_id, struct str domain)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id_new());
	db_value_int64(&values, actor_id);
	db_value_text(&values, domain);
	enum error error = db_change(db, arena, &add, &values, NULL);
	if (!error)
		event_emit_on_commit(db, EVENT_RELATIONS_CHANGED, 0, actor_id);
	return error;
}

enum error actor_domain_block_remove(struct db *db, struct arena *arena, int64_t actor_id, struct str domain)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_text(&values, domain);
	enum error error = db_change(db, arena, &remove_one, &values, NULL);
	if (!error)
		event_emit_on_commit(db, EVENT_RELATIONS_CHANGED, 0, actor_id);
	return error;
}

enum error actor_domain_block_exists(struct db *db, struct arena *arena, int64_t actor_id, int64_t other_id, bool *ret_exists)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_int64(&values, other_id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &exists_for, &values, &rows);
	if (error)
		return error;
	*ret_exists = db_bool(&rows, 0, 0);
	return ERROR_NONE;
}

enum error actor_domain_block_list(struct db *db, struct arena *arena, int64_t actor_id, const struct id_page *page,
	struct actor_domain_block **ret_blocks, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	id_page_add(&values, page);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list_page, &values, &rows);
	if (error)
		return error;
	struct actor_domain_block *blocks = arena_alloc_array(arena, (size_t)rows.count, sizeof(*blocks));
	for (int i = 0; i < rows.count; i++) {
		int row = id_page_row(page, &rows, i);
		blocks[i] = (struct actor_domain_block){ db_int64(&rows, row, 0), db_text(&rows, row, 1) };
	}
	*ret_blocks = blocks;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error domain_ties_count(struct db *db, struct arena *arena, int64_t actor_id, struct str domain, struct domain_ties *ret_ties)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_text(&values, domain);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &count_ties, &values, &rows);
	if (error)
		return error;
	*ret_ties = (struct domain_ties){ db_int64(&rows, 0, 0), db_int64(&rows, 0, 1) };
	return ERROR_NONE;
}

enum error domain_ties_list(struct db *db, struct arena *arena, int64_t actor_id, struct str domain, int limit,
	struct domain_tie **ret_ties, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_text(&values, domain);
	db_value_int64(&values, limit);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list_ties, &values, &rows);
	if (error)
		return error;
	struct domain_tie *ties = arena_alloc_array(arena, (size_t)rows.count, sizeof(*ties));
	for (int i = 0; i < rows.count; i++)
		ties[i] = (struct domain_tie){ db_int64(&rows, i, 0), db_bool(&rows, i, 1), db_bool(&rows, i, 2) };
	*ret_ties = ties;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}
