/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Lists of cards, and the tickets of one. */
#include "storage/contact_row.h"
#include "storage/ticket_row.h"

#define ACCOUNTS_MAX 1000
#define TEXT_MAX_BYTES 500

/* $2 whichever, $3 accounts, $4 a member. */
#define MAY_BE_SEEN                                                                                              \
	"($2::boolean"                                                                                           \
	" or exists (select from contacts as p join tickets as t on t.contact_id = p.id"                         \
	"            where p.card_id = c.id and (t.actor_id = any ($3::bigint[]) or t.assignee_id = $4::bigint))" \
	" or " CONTACT_VALUE("assignee_id", "c.id") " = $4)"

#define LIST(from, order)                                                                \
	"with page as materialized ("                                                    \
	"  select c.id"                                                                  \
	"  from " from                                                                   \
	"  where c.organisation_id = $1"                                                 \
	"    and c.merged_into_id is null"                                               \
	"    and c.id < $5"                                                              \
	"    and c.id > $6"                                                              \
	"    and " MAY_BE_SEEN                                                           \
	"  order by c.id " order                                                         \
	"  limit $7"                                                                     \
	")"                                                                              \
	" select " CONTACT_SELECTED_SHORT                                                    \
	" from page"                                                                     \
	" join contacts as c on c.id = page.id"                                          \
	" order by c.id desc"

/* The beginning of a word of a name, that of a handle, or an address, number or tag as a whole. $8 the text, $9 and $10 as a
 * handle, in small letters, the domain null for any. */
#define WORDS                                                                                                     \
	"(select case when numnode(plainto_tsquery('public.comptoir_simple', public.name_folded($8::text))) > 0"  \
	" then (plainto_tsquery('public.comptoir_simple', public.name_folded($8))::text || ':*')::tsquery"        \
	" else ''::tsquery end)"
#define FOUND                                                                                                     \
	"(select n.card_id from contacts as n where n.name is not null and name_words(n.name) @@ " WORDS          \
	"    and n.organisation_id = $1"                                                                          \
	"  union"                                                                                                 \
	"  select p.card_id from actors as a"                                                                     \
	"  join contact_identities as i on i.organisation_id = $1 and i.actor_id = a.id"                          \
	"  join contacts as p on p.id = i.contact_id"                                                             \
	"  where name_words(a.display_name) @@ " WORDS " and a.display_name <> '' and a.suspended_at is null"     \
	"  union"                                                                                                 \
	"  select p.card_id from actors as a"                                                                     \
	"  join contact_identities as i on i.organisation_id = $1 and i.actor_id = a.id"                          \
	"  join contacts as p on p.id = i.contact_id"                                                             \
	"  where a.handle collate \"C\" >= $9::text and a.handle collate \"C\" < $9 || chr(1114111)"              \
	"    and ($10::text is null or starts_with(a.domain, $10)) and a.deleted_at is null"                      \
	"  union"                                                                                                 \
	"  select p.card_id from contact_identities as i"                                                         \
	"  join contacts as p on p.id = i.contact_id"                                                             \
	"  where i.organisation_id = $1 and i.kind in ('email', 'order') and i.value = lower($8)"                 \
	"  union"                                                                                                 \
	"  select p.card_id from contact_tags as g"                                                               \
	"  join contacts as p on p.id = g.contact_id"                                                             \
	"  where g.tag = $8 and not g.is_hidden"                                                                  \
	"    and not exists (select from contact_tags as h where h.contact_id = p.card_id and h.tag = $8 and h.is_hidden)) as found" \
	" join contacts as c on c.id = found.card_id"

static const struct statement list_all = STATEMENT("contact_cards_list", 7, LIST("contacts as c", "desc")); // contacts_cards
static const struct statement list_all_up = STATEMENT("contact_cards_list_up", 7, LIST("contacts as c", "asc"));
static const struct statement search = STATEMENT("contact_cards_search", 10, LIST(FOUND, "desc"));
	// contacts_name_words, actors_name_words, contact_identities keys, actors_handle_bytes, contact_tags_tag, contacts_pkey
static const struct statement search_up = STATEMENT("contact_cards_search_up", 10, LIST(FOUND, "asc"));

static const struct statement find_reach = STATEMENT("contact_cards_find_reach", 3,
	"select t.actor_id, coalesce(bool_or(t.assignee_id = $2::bigint), false)"
	" from contacts as p"
	" join tickets as t on t.contact_id = p.id"
	" where p.card_id = $1"
	" group by t.actor_id"
	" union all"
	" select 0, coalesce(" CONTACT_VALUE("assignee_id", "$1") " = $2, false)"
	" limit $3"); // contacts_card_id, tickets_contact_id

/* One that was merged shows where it went. */
static const struct statement list_tickets = STATEMENT("contact_cards_list_tickets", 7,
	"with found as materialized ("
	"  select distinct coalesce(one.merged_into_id, one.id) as id"
	"  from contacts as p"
	"  join tickets as one on one.contact_id = p.id"
	"  where p.card_id = $1"
	"), page as materialized ("
	"  select t.id"
	"  from found"
	"  join tickets as t on t.id = found.id"
	"  where (t.actor_id = any ($2::bigint[]) or t.actor_id = any ($3::bigint[]) and t.assignee_id = $4::bigint)"
	"    and t.position < $5"
	"    and t.position > $6"
	"  order by case when $6 > 0 then t.position end, t.position desc"
	"  limit $7"
	")"
	" select " TICKET_COLUMNS
	" from page"
	" join tickets as t on t.id = page.id"
	" order by t.position desc"); // contacts_card_id, tickets_contact_id, tickets_pkey

STATEMENT_TABLE(contact_cards_statements, &list_all, &list_all_up, &search, &search_up, &find_reach, &list_tickets);

static void add_text(struct db_values *values, struct arena *arena, struct str text)
{
	struct str handle = str_starts_with(text, STR_LITERAL("@")) ? str_slice(text, 1, text.len) : text;
	size_t at = str_index_of(handle, '@', 0);
	db_value_text(values, text);
	db_value_text(values, arena_lower(arena, str_slice(handle, 0, at)));
	db_value_text(values, at < handle.len ? arena_lower(arena, str_slice(handle, at + 1, handle.len)) : (struct str){ 0 });
}

enum error contact_list(struct db *db, struct arena *arena, const struct contact_query *query, struct contact **ret_contacts,
	size_t *ret_count)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	struct str text = str_slice(str_trim(query->text), 0, TEXT_MAX_BYTES);
	const struct statement *statement = query->after_id ? &list_all_up : &list_all;
	db_value_int64(&values, query->organisation_id);
	db_value_bool(&values, query->is_all);
	db_value_int64_array(&values, arena, query->actor_ids, query->actor_count);
	db_value_id(&values, query->own_membership_id);
	db_value_int64(&values, query->before_id ? query->before_id : INT64_MAX);
	db_value_int64(&values, query->after_id);
	db_value_int64(&values, query->limit);
	if (text.len && str_is_utf8(text)) {
		statement = query->after_id ? &search_up : &search;
		add_text(&values, arena, text);
	}
	enum error error = db_run(db, arena, statement, &values, &rows);
	if (error)
		return error;
	struct contact *contacts = arena_alloc_array(arena, (size_t)rows.count + 1, sizeof(*contacts));
	for (int row = 0; row < rows.count; row++)
		contacts[row] = contact_row_read(&rows, row);
	*ret_contacts = contacts;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error contact_find_reach(struct db *db, struct arena *arena, int64_t card_id, int64_t membership_id,
	struct contact_reach *ret_reach)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	struct contact_reach reach = { 0 };
	db_value_int64(&values, card_id);
	db_value_id(&values, membership_id);
	db_value_int64(&values, ACCOUNTS_MAX);
	enum error error = db_run(db, arena, &find_reach, &values, &rows);
	if (error)
		return error;
	int64_t *ids = arena_alloc_array(arena, (size_t)rows.count + 1, sizeof(*ids));
	for (int row = 0; row < rows.count; row++) {
		reach.is_own = reach.is_own || db_bool(&rows, row, 1);
		if (db_int64(&rows, row, 0))
			ids[reach.actor_count++] = db_int64(&rows, row, 0);
	}
	reach.actor_ids = ids;
	*ret_reach = reach;
	return ERROR_NONE;
}

enum error contact_ticket_list(struct db *db, struct arena *arena, int64_t card_id, const struct ticket_query *query,
	struct ticket **ret_tickets, size_t *ret_count)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_int64(&values, card_id);
	db_value_int64_array(&values, arena, query->actor_ids, query->actor_count);
	db_value_int64_array(&values, arena, query->own_actor_ids, query->own_actor_count);
	db_value_id(&values, query->own_assignee_id);
	db_value_int64(&values, query->before_position ? query->before_position : INT64_MAX);
	db_value_int64(&values, query->after_position);
	db_value_int64(&values, query->limit);
	enum error error = db_run(db, arena, &list_tickets, &values, &rows);
	if (error)
		return error;
	struct ticket *tickets = arena_alloc_array(arena, (size_t)rows.count + 1, sizeof(*tickets));
	for (int row = 0; row < rows.count; row++)
		tickets[row] = ticket_row_read(&rows, row);
	*ret_tickets = tickets;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}
