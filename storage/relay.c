/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Relays: a handful of rows. */
#include "storage/relay.h"

#include "storage/statement.h"

#define RELAY_COLUMNS \
	"r.id"        \
	", r.kind"    \
	", r.inbox_url" \
	", r.actor_uri" \
	", r.follow_uri" \
	", r.state"

enum { RELAY_ID, RELAY_KIND, RELAY_INBOX_URL, RELAY_ACTOR_URI, RELAY_FOLLOW_URI, RELAY_STATE };

static const struct statement create = STATEMENT("relay_create", 6,
	"insert into relays (id, kind, inbox_url, actor_uri, follow_uri, state)"
	" values ($1, $2, $3, $4, $5, $6)"
	" on conflict do nothing");

static const struct statement remove_one = STATEMENT("relay_remove", 1,
	"delete from relays"
	" where id = $1"); // relays_pkey

static const struct statement list = STATEMENT("relay_list", 0,
	"select " RELAY_COLUMNS
	" from relays as r"
	" order by r.id");

static const struct statement find_by_inbox = STATEMENT("relay_find_by_inbox", 1,
	"select " RELAY_COLUMNS
	" from relays as r"
	" where r.inbox_url = $1"); // relays_inbox_url_key

static const struct statement find_by_follow = STATEMENT("relay_find_by_follow", 1,
	"select " RELAY_COLUMNS
	" from relays as r"
	" where r.follow_uri = $1"); // relays_follow_uri_key

static const struct statement find_by_actor = STATEMENT("relay_find_by_actor", 1,
	"select " RELAY_COLUMNS
	" from relays as r"
	" where r.actor_uri = $1"
	" order by r.id"
	" limit 1"); // relays_actor_uri

static const struct statement is_accepted = STATEMENT("relay_is_accepted", 1,
	"select exists (select from relays as r where r.actor_uri = $1 and r.state = 'accepted')"); // relays_actor_uri

static const struct statement set_state = STATEMENT("relay_set_state", 3,
	"update relays"
	" set state = $2,"
	"     actor_uri = coalesce($3, actor_uri)"
	" where id = $1"); // relays_pkey

STATEMENT_TABLE(relay_statements, &create, &remove_one, &list, &find_by_inbox, &find_by_follow, &find_by_actor, &is_accepted, &set_state);

static const char *const kind_names[] = { [RELAY_MASTODON] = "mastodon", [RELAY_LITEPUB] = "litepub" };
static const char *const state_names[] = {
	[RELAY_PENDING] = "pending", [RELAY_ACCEPTED] = "accepted", [RELAY_REJECTED] = "rejected",
};

const char *relay_kind_name(enum relay_kind kind)
{
	return kind_names[kind];
}

const char *relay_state_name(enum relay_state state)
{
	return state_names[state];
}

static void read_relay(const struct db_rows *rows, int row, struct relay *relay)
{
	struct str state = db_text(rows, row, RELAY_STATE);
	relay->id = db_int64(rows, row, RELAY_ID);
	relay->kind = str_eq(db_text(rows, row, RELAY_KIND), STR_LITERAL("litepub")) ? RELAY_LITEPUB : RELAY_MASTODON;
	relay->inbox_url = db_text(rows, row, RELAY_INBOX_URL);
	relay->actor_uri = db_text(rows, row, RELAY_ACTOR_URI);
	relay->follow_uri = db_text(rows, row, RELAY_FOLLOW_URI);
	relay->state = RELAY_REJECTED;
	for (size_t i = 0; i < sizeof(state_names) / sizeof(state_names[0]); i++)
		if (str_eq(state, str_from(state_names[i])))
			relay->state = (enum relay_state)i;
}

enum error relay_create(struct db *db, struct arena *arena, const struct relay *relay)
{
	struct db_values values = { .count = 0 };
	int64_t affected = 0;
	db_value_int64(&values, relay->id);
	db_value_text(&values, str_from(kind_names[relay->kind]));
	db_value_text(&values, relay->inbox_url);
	db_value_text(&values, relay->actor_uri);
	db_value_text(&values, relay->follow_uri);
	db_value_text(&values, str_from(state_names[relay->state]));
	enum error error = db_change(db, arena, &create, &values, &affected);
	if (error)
		return error;
	return affected ? ERROR_NONE : ERROR_CONFLICT;
}

enum error relay_remove(struct db *db, struct arena *arena, int64_t id)
{
	struct db_values values = { .count = 0 };
	int64_t affected = 0;
	db_value_int64(&values, id);
	enum error error = db_change(db, arena, &remove_one, &values, &affected);
	if (error)
		return error;
	return affected ? ERROR_NONE : ERROR_NOT_FOUND;
}

enum error relay_list(struct db *db, struct arena *arena, struct relay **ret_relays, size_t *ret_count)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list, NULL, &rows);
	if (error)
		return error;
	struct relay *relays = arena_alloc_array(arena, (size_t)rows.count, sizeof(*relays));
	for (int i = 0; i < rows.count; i++)
		read_relay(&rows, i, &relays[i]);
	*ret_relays = relays;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

static enum error find_one(struct db *db, struct arena *arena, const struct statement *statement, struct str text,
	struct relay *ret_relay)
{
	struct db_values values = { .count = 0 };
	db_value_text(&values, text);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, statement, &values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	read_relay(&rows, 0, ret_relay);
	return ERROR_NONE;
}

enum error relay_find_by_inbox(struct db *db, struct arena *arena, struct str inbox_url, struct relay *ret_relay)
{
	return find_one(db, arena, &find_by_inbox, inbox_url, ret_relay);
}

enum error relay_find_by_follow(struct db *db, struct arena *arena, struct str follow_uri, struct relay *ret_relay)
{
	return find_one(db, arena, &find_by_follow, follow_uri, ret_relay);
}

enum error relay_find_by_actor(struct db *db, struct arena *arena, struct str actor_uri, struct relay *ret_relay)
{
	return find_one(db, arena, &find_by_actor, actor_uri, ret_relay);
}

enum error relay_is_accepted(struct db *db, struct arena *arena, struct str actor_uri, bool *ret_is)
{
	struct db_values values = { .count = 0 };
	db_value_text(&values, actor_uri);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &is_accepted, &values, &rows);
	if (!error)
		*ret_is = db_bool(&rows, 0, 0);
	return error;
}

enum error relay_set_state(struct db *db, struct arena *arena, int64_t id, enum relay_state state, struct str actor_uri)
{
	struct db_values values = { .count = 0 };
	int64_t affected = 0;
	db_value_int64(&values, id);
	db_value_text(&values, str_from(state_names[state]));
	db_value_text(&values, actor_uri);
	enum error error = db_change(db, arena, &set_state, &values, &affected);
	if (error)
		return error;
	return affected ? ERROR_NONE : ERROR_NOT_FOUND;
}
