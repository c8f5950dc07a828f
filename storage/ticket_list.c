/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Lists of tickets. Each account and status is a list of its own in the index, of which the newest are read; what comes of
 * them is put in order. So a page costs the same with a million tickets. */
#include "storage/ticket_row.h"

/* own_id: whose only, null for all. where: what the index is entered by, beside the status. */
#define LIST(where, order)                                                                                        \
	"with places (actor_id, own_id, status) as materialized ("                                                \
	"  select a.id, null::bigint, s.name from unnest($1::bigint[]) as a (id), unnest($4::text[]) as s (name)" \
	"  union all"                                                                                             \
	"  select a.id, $3::bigint, s.name from unnest($2::bigint[]) as a (id), unnest($4::text[]) as s (name)"   \
	"), page as materialized ("                                                                               \
	"  select found.id, found.position"                                                                       \
	"  from places as place"                                                                                  \
	"  cross join lateral ("                                                                                  \
	"    select t.id, t.position"                                                                             \
	"    from tickets as t"                                                                                   \
	"    where " where                                                                                        \
	"      and t.actor_id = place.actor_id"                                                                   \
	"      and t.status = place.status"                                                                       \
	"      and t.merged_into_id is null"                                                                      \
	"      and t.position < $5"                                                                               \
	"      and t.position > $6"                                                                               \
	"      and ($8::bigint is null or t.assignee_id = $8)"                                                    \
	"      and ($9::bigint is null or t.team_id = $9)"                                                        \
	"      and ($10::bigint is null or t.customer_id = $10)"                                                  \
	"      and (not $11::boolean or t.assignee_id is null)"                                                   \
	"      and (place.own_id is null or t.assignee_id = place.own_id)"                                        \
	"    order by t.position " order                                                                          \
	"    limit $7) as found"                                                                                  \
	"  order by found.position " order                                                                        \
	"  limit $7"                                                                                              \
	")"                                                                                                       \
	" select " TICKET_COLUMNS                                                                                 \
	" from page"                                                                                              \
	" join tickets as t on t.id = page.id"                                                                    \
	" order by page.position desc"

static const struct statement list_all = STATEMENT("ticket_list_all", 11, LIST("true", "desc")); // tickets_of_account
static const struct statement list_all_up = STATEMENT("ticket_list_all_up", 11, LIST("true", "asc"));
static const struct statement list_unassigned = STATEMENT("ticket_list_unassigned", 11,
	LIST("t.assignee_id is null", "desc")); // tickets_unassigned
static const struct statement list_unassigned_up = STATEMENT("ticket_list_unassigned_up", 11,
	LIST("t.assignee_id is null", "asc"));
static const struct statement list_assignee = STATEMENT("ticket_list_assignee", 11,
	LIST("t.assignee_id = $8", "desc")); // tickets_assignee
static const struct statement list_assignee_up = STATEMENT("ticket_list_assignee_up", 11, LIST("t.assignee_id = $8", "asc"));
static const struct statement list_team = STATEMENT("ticket_list_team", 11, LIST("t.team_id = $9", "desc")); // tickets_team
static const struct statement list_team_up = STATEMENT("ticket_list_team_up", 11, LIST("t.team_id = $9", "asc"));
static const struct statement list_customer = STATEMENT("ticket_list_customer", 11,
	LIST("t.customer_id = $10", "desc")); // tickets_customer
static const struct statement list_customer_up = STATEMENT("ticket_list_customer_up", 11, LIST("t.customer_id = $10", "asc"));

static const struct statement list_of_posts = STATEMENT("ticket_list_of_posts", 2,
	"select " TICKET_COLUMNS
	" from (select distinct tp.ticket_id from ticket_posts as tp where tp.actor_id = $1 and tp.post_id = any ($2)) as found"
	" join tickets as t on t.id = found.ticket_id"
	" order by t.position desc"
	" limit 200"); // ticket_posts_pkey, tickets_pkey

STATEMENT_TABLE(ticket_list_statements, &list_all, &list_all_up, &list_unassigned, &list_unassigned_up, &list_assignee,
	&list_assignee_up, &list_team, &list_team_up, &list_customer, &list_customer_up,
	&list_of_posts);

static const struct statement *choose(const struct ticket_query *query)
{
	bool is_up = query->after_position != 0;
	if (query->customer_id)
		return is_up ? &list_customer_up : &list_customer;
	if (query->assignee_id)
		return is_up ? &list_assignee_up : &list_assignee;
	if (query->is_unassigned)
		return is_up ? &list_unassigned_up : &list_unassigned;
	if (query->team_id)
		return is_up ? &list_team_up : &list_team;
	return is_up ? &list_all_up : &list_all;
}

static void add_statuses(struct db_values *values, struct arena *arena, unsigned statuses)
{
	struct str names[TICKET_STATUS_COUNT];
	size_t count = 0;
	for (int i = 0; i < TICKET_STATUS_COUNT; i++)
		if (!statuses || statuses & 1U << i)
			names[count++] = str_from(ticket_status_name((enum ticket_status)i));
	db_value_text_array(values, arena, names, count);
}

static void read_all(struct arena *arena, const struct db_rows *rows, struct ticket **ret_tickets, size_t *ret_count)
{
	struct ticket *all = arena_alloc_array(arena, (size_t)rows->count + 1, sizeof(*all));
	for (int row = 0; row < rows->count; row++)
		all[row] = ticket_row_read(rows, row);
	*ret_tickets = all;
	*ret_count = (size_t)rows->count;
}

enum error ticket_list(struct db *db, struct arena *arena, const struct ticket_query *query, struct ticket **ret_tickets,
	size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	AUTO(db_rows) struct db_rows rows = { 0 };
	db_value_int64_array(&values, arena, query->actor_ids, query->actor_count);
	db_value_int64_array(&values, arena, query->own_actor_ids, query->own_actor_count);
	db_value_id(&values, query->own_assignee_id);
	add_statuses(&values, arena, query->statuses);
	db_value_int64(&values, query->before_position ? query->before_position : INT64_MAX);
	db_value_int64(&values, query->after_position);
	db_value_int64(&values, query->limit);
	db_value_id(&values, query->assignee_id);
	db_value_id(&values, query->team_id);
	db_value_id(&values, query->customer_id);
	db_value_bool(&values, query->is_unassigned);
	enum error error = db_run(db, arena, choose(query), &values, &rows);
	if (error)
		return error;
	read_all(arena, &rows, ret_tickets, ret_count);
	return ERROR_NONE;
}

enum error ticket_list_of_posts(struct db *db, struct arena *arena, int64_t actor_id, const int64_t *post_ids, size_t post_count,
	struct ticket **ret_tickets, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	AUTO(db_rows) struct db_rows rows = { 0 };
	db_value_int64(&values, actor_id);
	db_value_int64_array(&values, arena, post_ids, post_count);
	enum error error = db_run(db, arena, &list_of_posts, &values, &rows);
	if (!error)
		read_all(arena, &rows, ret_tickets, ret_count);
	return error;
}
