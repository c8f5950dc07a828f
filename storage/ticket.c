/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * One ticket: found, locked, changed. */
#include "storage/ticket.h"

#include "storage/event.h"
#include "storage/ticket_row.h"


static const struct statement find = STATEMENT("ticket_find", 2,
	"select " TICKET_COLUMNS
	" from tickets as asked"
	" join tickets as t on t.id = coalesce(asked.merged_into_id, asked.id)"
	" where asked.id = $2"
	"   and asked.organisation_id = $1"
	"   and t.organisation_id = $1"); // tickets_pkey

static const struct statement find_by_id = STATEMENT("ticket_find_by_id", 1,
	"select " TICKET_COLUMNS
	" from tickets as t"
	" where t.id = $1"); // tickets_pkey

static const struct statement find_by_number = STATEMENT("ticket_find_by_number", 2,
	"select " TICKET_COLUMNS
	" from tickets as asked"
	" join tickets as t on t.id = coalesce(asked.merged_into_id, asked.id)"
	" where asked.organisation_id = $1"
	"   and asked.number = $2"); // tickets_organisation_id_number_key, tickets_pkey

static const struct statement find_by_post = STATEMENT("ticket_find_by_post", 3,
	"select " TICKET_COLUMNS
	" from ticket_posts as tp"
	" join tickets as t on t.id = tp.ticket_id"
	" where tp.actor_id = $1"
	"   and tp.post_id = $2"
	"   and ($3 or t.status in ('open', 'pending', 'snoozed'))"); // ticket_posts_pkey, tickets_pkey

static const struct statement lock_one = STATEMENT("ticket_lock", 1,
	"select " TICKET_COLUMNS
	" from tickets as t"
	" where t.id = $1"
	" for no key update"); // tickets_pkey

static const struct statement store = STATEMENT("ticket_store", 17,
	"update tickets as t"
	" set customer_id = $3,"
	"     contact_id = $4,"
	"     root_post_id = $5,"
	"     parent_id = $6,"
	"     merged_into_id = $7,"
	"     status = $8,"
	"     priority = $9,"
	"     assignee_id = $10,"
	"     team_id = $11,"
	"     snoozed_until = $12,"
	"     first_reply_at = $13,"
	"     last_reply_at = $14,"
	"     resolved_at = $15,"
	"     is_awaiting_us = $16,"
	"     was_led_private = $17,"
	"     changed_at = now(),"
	"     version = version + 1,"
	"     position = nextval('ticket_positions')"
	" where t.id = $1"
	"   and t.version = $2"
	" returning t.version, t.position, t.changed_at"); // tickets_pkey

static const struct statement create = STATEMENT("ticket_create", 14,
	"with counted as ("
	"  insert into ticket_settings as s (organisation_id, last_number)"
	"  values ($2, 1)"
	"  on conflict (organisation_id) do update"
	"  set last_number = s.last_number + 1"
	"  returning s.last_number"
	")"
	" insert into tickets (id, organisation_id, actor_id, number, customer_id, contact_id, root_post_id, parent_id, status, channel,"
	"                      priority, assignee_id, team_id, language, opened_at, is_awaiting_us, changed_at)"
	" select $1, $2, $3, counted.last_number, $4, $5, $6, $7, $8, $9, $10, $11, $12, left($13, 35), $14,"
	"        $8 = 'open', now()"
	" from counted"
	" returning number, version, position, changed_at");

static const struct statement touch = STATEMENT("ticket_touch", 1,
	"update tickets"
	" set changed_at = now(),"
	"     position = nextval('ticket_positions')"
	" where id = $1"); // tickets_pkey

static const struct statement move_parts = STATEMENT("ticket_move_parts", 2,
	"with threads as ("
	"  update ticket_threads set ticket_id = $2 where ticket_id = $1"
	"), posts as ("
	"  update ticket_posts set ticket_id = $2 where ticket_id = $1"
	"), notes as ("
	"  update ticket_notes set ticket_id = $2 where ticket_id = $1"
	"), events as ("
	"  update ticket_events set ticket_id = $2 where ticket_id = $1"
	"), tags as ("
	"  insert into ticket_tags (ticket_id, tag) select $2, g.tag from ticket_tags as g where g.ticket_id = $1 on conflict do nothing"
	"), children as ("
	"  update tickets set parent_id = $2 where id in ("
	"    select c.id from tickets as c where c.parent_id = $1 and c.id <> $2 order by c.id for no key update)"
	")"
	" update tickets set merged_into_id = $2 where id in ("
	"  select g.id from tickets as g where g.merged_into_id = $1 order by g.id for no key update)"); // ticket_threads_ticket_id, ticket_posts_ticket_id,
	              // ticket_tags_pkey, ticket_notes_ticket_id, ticket_events_ticket_id, tickets_parent_id, tickets_merged_into_id

static const struct statement find_settings = STATEMENT("ticket_find_settings", 1,
	"select s.reopen_days"
	" from ticket_settings as s"
	" where s.organisation_id = $1"); // ticket_settings_pkey

static const struct statement store_settings = STATEMENT("ticket_store_settings", 2,
	"insert into ticket_settings (organisation_id, reopen_days)"
	" values ($1, $2)"
	" on conflict (organisation_id) do update"
	" set reopen_days = excluded.reopen_days");

static const struct statement list_children = STATEMENT("ticket_list_children", 1,
	"select " TICKET_COLUMNS
	" from tickets as t"
	" where t.parent_id = $1"
	" order by t.id"
	" limit 100"); // tickets_parent_id

static const struct statement lock_account = STATEMENT("ticket_lock_account", 1,
	"select from brand_accounts"
	" where actor_id = $1"
	" for no key update"); // brand_accounts_pkey

static const struct statement find_team = STATEMENT("ticket_find_team", 2,
	"select from teams"
	" where id = $2"
	"   and organisation_id = $1"); // teams_pkey

STATEMENT_TABLE(ticket_statements, &find, &find_by_id, &find_by_number, &find_by_post, &lock_one, &store, &create, &touch, &move_parts,
	&find_settings, &store_settings, &list_children, &lock_account,
	&find_team);

#define REOPEN_DAYS_DEFAULT 7

static const char *const status_names[TICKET_STATUS_COUNT] = {
	[TICKET_OPEN] = "open",
	[TICKET_PENDING] = "pending",
	[TICKET_SNOOZED] = "snoozed",
	[TICKET_RESOLVED] = "resolved",
	[TICKET_CLOSED] = "closed",
};

const char *ticket_status_name(enum ticket_status status)
{
	return status_names[status];
}

bool ticket_status_from_name(struct str name, enum ticket_status *ret_status)
{
	for (int i = 0; i < TICKET_STATUS_COUNT; i++)
		if (str_eq(name, str_from(status_names[i]))) {
			*ret_status = (enum ticket_status)i;
			return true;
		}
	return false;
}

const char *ticket_channel_name(enum ticket_channel channel)
{
	return channel == TICKET_PRIVATE ? "private" : "public";
}

struct ticket ticket_row_read(const struct db_rows *rows, int row)
{
	struct ticket ticket = {
		.id = db_int64(rows, row, TICKET_ID),
		.organisation_id = db_int64(rows, row, TICKET_ORGANISATION_ID),
		.actor_id = db_int64(rows, row, TICKET_ACTOR_ID),
		.number = db_int64(rows, row, TICKET_NUMBER),
		.customer_id = db_int64(rows, row, TICKET_CUSTOMER_ID),
		.contact_id = db_int64(rows, row, TICKET_CONTACT_ID),
		.root_post_id = db_int64(rows, row, TICKET_ROOT_POST_ID),
		.parent_id = db_int64(rows, row, TICKET_PARENT_ID),
		.merged_into_id = db_int64(rows, row, TICKET_MERGED_INTO_ID),
		.status = TICKET_CLOSED,
		.channel = str_eq(db_text(rows, row, TICKET_CHANNEL), STR_LITERAL("public")) ? TICKET_PUBLIC : TICKET_PRIVATE,
		.priority = (int)db_int64(rows, row, TICKET_PRIORITY),
		.assignee_id = db_int64(rows, row, TICKET_ASSIGNEE_ID),
		.team_id = db_int64(rows, row, TICKET_TEAM_ID),
		.snoozed_until_us = db_time(rows, row, TICKET_SNOOZED_UNTIL),
		.opened_us = db_time(rows, row, TICKET_OPENED_AT),
		.changed_us = db_time(rows, row, TICKET_CHANGED_AT),
		.first_reply_us = db_time(rows, row, TICKET_FIRST_REPLY_AT),
		.last_reply_us = db_time(rows, row, TICKET_LAST_REPLY_AT),
		.resolved_us = db_time(rows, row, TICKET_RESOLVED_AT),
		.version = db_int64(rows, row, TICKET_VERSION),
		.position = db_int64(rows, row, TICKET_POSITION),
		.language = db_text(rows, row, TICKET_LANGUAGE),
		.is_awaiting_us = db_bool(rows, row, TICKET_IS_AWAITING_US),
		.was_led_private = db_bool(rows, row, TICKET_WAS_LED_PRIVATE),
	};
	(void)!ticket_status_from_name(db_text(rows, row, TICKET_STATUS), &ticket.status);
	return ticket;
}

static enum error find_one(struct db *db, struct arena *arena, const struct statement *statement, const struct db_values *values,
	struct ticket *ret_ticket)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, statement, values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	*ret_ticket = ticket_row_read(&rows, 0);
	return ERROR_NONE;
}

static enum error find_by_two(struct db *db, struct arena *arena, const struct statement *statement, int64_t first, int64_t second,
	struct ticket *ret_ticket)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, first);
	db_value_int64(&values, second);
	return find_one(db, arena, statement, &values, ret_ticket);
}

enum error ticket_find(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id, struct ticket *ret_ticket)
{
	return find_by_two(db, arena, &find, organisation_id, id, ret_ticket);
}

enum error ticket_find_by_number(struct db *db, struct arena *arena, int64_t organisation_id, int64_t number,
	struct ticket *ret_ticket)
{
	return find_by_two(db, arena, &find_by_number, organisation_id, number, ret_ticket);
}

static enum error find_of_post(struct db *db, struct arena *arena, int64_t actor_id, int64_t post_id, bool is_any,
	struct ticket *ret_ticket)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_int64(&values, post_id);
	db_value_bool(&values, is_any);
	return find_one(db, arena, &find_by_post, &values, ret_ticket);
}

enum error ticket_find_by_post(struct db *db, struct arena *arena, int64_t actor_id, int64_t post_id, struct ticket *ret_ticket)
{
	return find_of_post(db, arena, actor_id, post_id, false, ret_ticket);
}

enum error ticket_find_any_by_post(struct db *db, struct arena *arena, int64_t actor_id, int64_t post_id,
	struct ticket *ret_ticket)
{
	return find_of_post(db, arena, actor_id, post_id, true, ret_ticket);
}

enum error ticket_find_by_id(struct db *db, struct arena *arena, int64_t id, struct ticket *ret_ticket)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	return find_one(db, arena, &find_by_id, &values, ret_ticket);
}

enum error ticket_lock(struct db *db, struct arena *arena, int64_t id, struct ticket *ret_ticket)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	return find_one(db, arena, &lock_one, &values, ret_ticket);
}

static void add_time(struct db_values *values, int64_t time_us)
{
	if (time_us)
		db_value_time(values, time_us);
	else
		db_value_null(values);
}

enum error ticket_store(struct db *db, struct arena *arena, struct ticket *ticket)
{
	struct db_values values = { .count = 0 };
	AUTO(db_rows) struct db_rows rows = { 0 };
	db_value_int64(&values, ticket->id);
	db_value_int64(&values, ticket->version);
	db_value_id(&values, ticket->customer_id);
	db_value_id(&values, ticket->contact_id);
	db_value_id(&values, ticket->root_post_id);
	db_value_id(&values, ticket->parent_id);
	db_value_id(&values, ticket->merged_into_id);
	db_value_text(&values, str_from(ticket_status_name(ticket->status)));
	db_value_int16(&values, (int16_t)ticket->priority);
	db_value_id(&values, ticket->assignee_id);
	db_value_id(&values, ticket->team_id);
	add_time(&values, ticket->snoozed_until_us);
	add_time(&values, ticket->first_reply_us);
	add_time(&values, ticket->last_reply_us);
	add_time(&values, ticket->resolved_us);
	db_value_bool(&values, ticket->is_awaiting_us);
	db_value_bool(&values, ticket->was_led_private);
	enum error error = db_run(db, arena, &store, &values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_CONFLICT;
	ticket->version = db_int64(&rows, 0, 0);
	ticket->position = db_int64(&rows, 0, 1);
	ticket->changed_us = db_time(&rows, 0, 2);
	event_emit_on_commit(db, EVENT_TICKET, ticket->id, ticket->actor_id);
	return ERROR_NONE;
}

enum error ticket_create(struct db *db, struct arena *arena, struct ticket *ticket)
{
	struct db_values values = { .count = 0 };
	AUTO(db_rows) struct db_rows rows = { 0 };
	db_value_int64(&values, ticket->id);
	db_value_int64(&values, ticket->organisation_id);
	db_value_int64(&values, ticket->actor_id);
	db_value_id(&values, ticket->customer_id);
	db_value_id(&values, ticket->contact_id);
	db_value_id(&values, ticket->root_post_id);
	db_value_id(&values, ticket->parent_id);
	db_value_text(&values, str_from(ticket_status_name(ticket->status)));
	db_value_text(&values, str_from(ticket_channel_name(ticket->channel)));
	db_value_int16(&values, (int16_t)ticket->priority);
	db_value_id(&values, ticket->assignee_id);
	db_value_id(&values, ticket->team_id);
	db_value_text(&values, ticket->language);
	db_value_time(&values, ticket->opened_us);
	enum error error = db_run(db, arena, &create, &values, &rows);
	if (error)
		return error;
	ticket->number = db_int64(&rows, 0, 0);
	ticket->version = db_int64(&rows, 0, 1);
	ticket->position = db_int64(&rows, 0, 2);
	ticket->changed_us = db_time(&rows, 0, 3);
	ticket->is_awaiting_us = ticket->status == TICKET_OPEN;
	event_emit_on_commit(db, EVENT_TICKET, ticket->id, ticket->actor_id);
	return ERROR_NONE;
}

enum error ticket_touch(struct db *db, struct arena *arena, const struct ticket *ticket)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, ticket->id);
	enum error error = db_change(db, arena, &touch, &values, NULL);
	if (!error)
		event_emit_on_commit(db, EVENT_TICKET, ticket->id, ticket->actor_id);
	return error;
}

enum error ticket_move_parts(struct db *db, struct arena *arena, int64_t from_id, int64_t to_id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, from_id);
	db_value_int64(&values, to_id);
	return db_change(db, arena, &move_parts, &values, NULL);
}

enum error ticket_settings_find(struct db *db, struct arena *arena, int64_t organisation_id, struct ticket_settings *ret_settings)
{
	struct db_values values = { .count = 0 };
	AUTO(db_rows) struct db_rows rows = { 0 };
	db_value_int64(&values, organisation_id);
	enum error error = db_run(db, arena, &find_settings, &values, &rows);
	if (!error)
		ret_settings->reopen_days = rows.count ? db_int64(&rows, 0, 0) : REOPEN_DAYS_DEFAULT;
	return error;
}

enum error ticket_settings_store(struct db *db, struct arena *arena, int64_t organisation_id, const struct ticket_settings *settings)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, organisation_id);
	db_value_int32(&values, (int32_t)settings->reopen_days);
	return db_change(db, arena, &store_settings, &values, NULL);
}

enum error ticket_list_children(struct db *db, struct arena *arena, int64_t id, struct ticket **ret_tickets, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	AUTO(db_rows) struct db_rows rows = { 0 };
	db_value_int64(&values, id);
	enum error error = db_run(db, arena, &list_children, &values, &rows);
	if (error)
		return error;
	struct ticket *all = arena_alloc_array(arena, (size_t)rows.count + 1, sizeof(*all));
	for (int row = 0; row < rows.count; row++)
		all[row] = ticket_row_read(&rows, row);
	*ret_tickets = all;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error ticket_lock_account(struct db *db, struct arena *arena, int64_t actor_id)
{
	struct db_values values = { .count = 0 };
	AUTO(db_rows) struct db_rows rows = { 0 };
	db_value_int64(&values, actor_id);
	enum error error = db_run(db, arena, &lock_account, &values, &rows);
	return !error && !rows.count ? ERROR_NOT_FOUND : error;
}

enum error ticket_team_is_there(struct db *db, struct arena *arena, int64_t organisation_id, int64_t team_id, bool *ret_is_there)
{
	struct db_values values = { .count = 0 };
	AUTO(db_rows) struct db_rows rows = { 0 };
	db_value_int64(&values, organisation_id);
	db_value_int64(&values, team_id);
	enum error error = db_run(db, arena, &find_team, &values, &rows);
	if (!error)
		*ret_is_there = rows.count > 0;
	return error;
}
