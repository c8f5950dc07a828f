/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Peers. A save comes from whoever sends to it, a note from whoever heard it, a pause from an operator: each changes
 * its own part. */
#include "storage/peer.h"

#include "storage/statement.h"
#include "storage/time_sql.h"
#include "storage/wake.h"

#include <assert.h>

#define PEER_COLUMNS                 \
	"p.name"                     \
	", p.state"                  \
	", p.window"                 \
	", p.failures"               \
	", p.failing_since"          \
	", p.due_at"                 \
	", p.last_success_at"        \
	", p.last_failure_at"        \
	", p.last_heard_at"          \
	", p.last_error"             \
	", p.prefers_rfc9421"

enum {
	PEER_NAME,
	PEER_STATE,
	PEER_WINDOW,
	PEER_FAILURES,
	PEER_FAILING_SINCE,
	PEER_DUE_AT,
	PEER_LAST_SUCCESS_AT,
	PEER_LAST_FAILURE_AT,
	PEER_LAST_HEARD_AT,
	PEER_LAST_ERROR,
	PEER_PREFERS_RFC9421,
};

static const struct statement find_many = STATEMENT("peer_find_many", 1,
	"select " PEER_COLUMNS
	" from peers as p"
	" where p.name = any ($1::text[])"); // peers_pkey

static const struct statement save_many = STATEMENT("peer_save_many", 10,
	"insert into peers as p (name, state, \"window\", failures, failing_since, due_at, last_success_at, last_failure_at,"
	"                        last_error, prefers_rfc9421)"
	" select r.name, r.state, r.\"window\", r.failures, " SQL_TIME_OR_NULL("r.failing_us") ","
	"        " SQL_TIME_OR_NULL("r.due_us") ", " SQL_TIME_OR_NULL("r.success_us") ","
	"        " SQL_TIME_OR_NULL("r.failure_us") ", r.error, r.prefers <> 0"
	" from unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],"
	"             $8::bigint[], $9::text[], $10::bigint[])"
	"      as r (name, state, \"window\", failures, failing_us, due_us, success_us, failure_us, error, prefers)"
	" order by r.name"
	" on conflict (name) do update"
	" set state = case when p.state = 'paused' then p.state else excluded.state end,"
	"     \"window\" = excluded.\"window\","
	"     failures = excluded.failures,"
	"     failing_since = excluded.failing_since,"
	"     due_at = excluded.due_at,"
	"     last_success_at = coalesce(excluded.last_success_at, p.last_success_at),"
	"     last_failure_at = coalesce(excluded.last_failure_at, p.last_failure_at),"
	"     last_error = excluded.last_error,"
	"     prefers_rfc9421 = excluded.prefers_rfc9421,"
	"     look_at = case when p.look_at is not null then coalesce(excluded.due_at, '-infinity') end"); // peers_pkey

static const struct statement take_due = STATEMENT("peer_take_due", 3,
	"update peers as p"
	" set look_at = $2"
	" where p.name = any (array(select name"
	"                           from peers"
	"                           where look_at <= $1"
	"                             and state <> 'paused'"
	"                             and (due_at is null or due_at <= $1)"
	"                           order by look_at"
	"                           limit $3"
	"                           for update skip locked))"
	" returning " PEER_COLUMNS); // peers_look, peers_pkey

static const struct statement list_paused = STATEMENT("peer_list_paused", 0,
	"select name"
	" from peers"
	" where state = 'paused'"); // peers_paused

/* Deliveries that failed put themselves off; there are no more of them than there were attempts. */
#define HASTEN                                                          \
	"  update deliveries as d"                                      \
	"  set due_at = $2"                                             \
	"  where d.peer = $1"                                           \
	"    and d.state = 'pending'"                                   \
	"    and d.leased_by is null"                                   \
	"    and d.due_at > $2"                                         \
	"    and d.due_at <> 'infinity'"

/* What another pause than that after failures was made for (429) goes on. */
static const struct statement note_heard = STATEMENT("peer_note_heard", 3,
	"with was as ("
	"  select failures > 0 or state = 'dead' as is_failing"
	"  from peers"
	"  where name = $1"
	"), hastened as ("
	HASTEN
	"    and (select is_failing from was)"
	")"
	" insert into peers as p (name, last_heard_at, prefers_rfc9421)"
	" values ($1, $2, $3)"
	" on conflict (name) do update"
	" set last_heard_at = excluded.last_heard_at,"
	"     prefers_rfc9421 = p.prefers_rfc9421 or excluded.prefers_rfc9421,"
	"     state = case when p.state = 'dead' then 'alive' else p.state end,"
	"     due_at = case when p.failures = 0 and p.state <> 'dead' then p.due_at end,"
	"     look_at = case when p.failures > 0 or p.state = 'dead' then $2 else p.look_at end,"
	"     failures = 0,"
	"     failing_since = null"); // peers_pkey, deliveries_peer

static const struct statement mend = STATEMENT("peer_mend", 1,
	"update peers as p"
	" set look_at = $1"
	" where p.look_at is null"
	"   and exists (select from deliveries as d"
	"               where d.peer = p.name"
	"                 and d.state = 'pending'"
	"                 and d.leased_by is null"
	"                 and d.due_at = 'infinity')"); // deliveries_peer

static const struct statement count_states = STATEMENT("peer_count_states", 0,
	"select count(*) filter (where state = 'alive'), count(*) filter (where state = 'dead'),"
	"       count(*) filter (where state = 'paused')"
	" from peers");

static const struct statement list = STATEMENT("peer_list", 3,
	"select " PEER_COLUMNS
	" from peers as p"
	" where p.name > $1"
	"   and (not $3::boolean or p.state <> 'alive' or p.failures > 0)"
	" order by p.name"
	" limit $2"); // peers_pkey

static const struct statement count_waiting = STATEMENT("peer_count_waiting", 2,
	"select count(*)"
	" from (select"
	"       from deliveries"
	"       where peer = $1"
	"         and state = 'pending'"
	"         and leased_by is null"
	"       limit $2) as waiting"); // deliveries_peer

static const struct statement pause_one = STATEMENT("peer_pause", 1,
	"insert into peers as p (name, state)"
	" values ($1, 'paused')"
	" on conflict (name) do update"
	" set state = 'paused'"); // peers_pkey

static const struct statement resume = STATEMENT("peer_resume", 2,
	"with hastened as ("
	HASTEN
	")"
	" update peers as p"
	" set state = 'alive',"
	"     failures = 0,"
	"     failing_since = null,"
	"     due_at = null,"
	"     look_at = $2"
	" where p.name = $1"); // peers_pkey, deliveries_peer

static const struct statement forget = STATEMENT("peer_forget", 2,
	"with freed as ("
	"  update deliveries as d"
	"  set due_at = $2"
	"  where d.peer = $1"
	"    and d.state = 'pending'"
	"    and d.leased_by is null"
	"    and d.due_at > $2"
	")"
	" delete from peers"
	" where name = $1"); // peers_pkey, deliveries_peer

STATEMENT_TABLE(peer_statements, &find_many, &save_many, &take_due, &list_paused, &note_heard, &mend, &count_states, &list,
	&count_waiting, &pause_one, &resume, &forget);

static const char *const state_names[PEER_STATE_COUNT] = {
	[PEER_ALIVE] = "alive",
	[PEER_DEAD] = "dead",
	[PEER_PAUSED] = "paused",
};

const char *peer_state_name(enum peer_state state)
{
	return state_names[state];
}

static enum peer_state read_state(struct str name)
{
	for (int state = 0; state < PEER_STATE_COUNT; state++) {
		if (str_eq(name, str_from(state_names[state])))
			return (enum peer_state)state;
	}
	return PEER_ALIVE;
}

static enum error read_records(struct db *db, struct arena *arena, const struct statement *statement,
	const struct db_values *values, struct peer_record **ret_records, size_t *ret_count)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, statement, values, &rows);
	if (error)
		return error;
	struct peer_record *records = arena_alloc_array(arena, (size_t)rows.count + 1, sizeof(*records));
	for (int row = 0; row < rows.count; row++) {
		records[row] = (struct peer_record){
			.name = db_text(&rows, row, PEER_NAME),
			.state = read_state(db_text(&rows, row, PEER_STATE)),
			.window = (int)db_int64(&rows, row, PEER_WINDOW),
			.failures = (int)db_int64(&rows, row, PEER_FAILURES),
			.failing_since_us = db_time(&rows, row, PEER_FAILING_SINCE),
			.due_us = db_time(&rows, row, PEER_DUE_AT),
			.last_success_us = db_time(&rows, row, PEER_LAST_SUCCESS_AT),
			.last_failure_us = db_time(&rows, row, PEER_LAST_FAILURE_AT),
			.last_heard_us = db_time(&rows, row, PEER_LAST_HEARD_AT),
			.last_error = db_text(&rows, row, PEER_LAST_ERROR),
			.prefers_rfc9421 = db_bool(&rows, row, PEER_PREFERS_RFC9421),
		};
	}
	*ret_records = records;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error peer_find_many(struct db *db, struct arena *arena, const struct str *names, size_t count,
	struct peer_record **ret_records, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_text_array(&values, arena, names, count);
	return read_records(db, arena, &find_many, &values, ret_records, ret_count);
}

enum error peer_save_many(struct db *db, struct arena *arena, const struct peer_record *records, size_t count)
{
	enum { WINDOW, FAILURES, FAILING, DUE, SUCCESS, FAILURE, PREFERS, NUMBERS };
	int64_t *numbers[NUMBERS];
	struct str *names = arena_alloc_array(arena, count + 1, sizeof(*names));
	struct str *states = arena_alloc_array(arena, count + 1, sizeof(*states));
	struct str *errors = arena_alloc_array(arena, count + 1, sizeof(*errors));
	assert(count <= 10000);
	for (int i = 0; i < NUMBERS; i++)
		numbers[i] = arena_alloc_array(arena, count + 1, sizeof(int64_t));
	for (size_t i = 0; i < count; i++) {
		const struct peer_record *record = &records[i];
		names[i] = record->name;
		states[i] = str_from(state_names[record->state]);
		errors[i] = str_slice(record->last_error, 0, 1000);
		numbers[WINDOW][i] = record->window;
		numbers[FAILURES][i] = record->failures;
		numbers[FAILING][i] = record->failing_since_us;
		numbers[DUE][i] = record->due_us;
		numbers[SUCCESS][i] = record->last_success_us;
		numbers[FAILURE][i] = record->last_failure_us;
		numbers[PREFERS][i] = record->prefers_rfc9421;
	}
	struct db_values values = { .count = 0 };
	db_value_text_array(&values, arena, names, count);
	db_value_text_array(&values, arena, states, count);
	for (int i = WINDOW; i <= FAILURE; i++)
		db_value_int64_array(&values, arena, numbers[i], count);
	db_value_text_array(&values, arena, errors, count);
	db_value_int64_array(&values, arena, numbers[PREFERS], count);
	return db_change(db, arena, &save_many, &values, NULL);
}

enum error peer_take_due(struct db *db, struct arena *arena, int64_t now_us, int64_t again_us, int limit,
	struct peer_record **ret_records, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_time(&values, now_us);
	db_value_time(&values, again_us);
	db_value_int64(&values, limit);
	return read_records(db, arena, &take_due, &values, ret_records, ret_count);
}

enum error peer_list_paused(struct db *db, struct arena *arena, struct str **ret_names, size_t *ret_count)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list_paused, NULL, &rows);
	if (error)
		return error;
	struct str *names = arena_alloc_array(arena, (size_t)rows.count + 1, sizeof(*names));
	for (int row = 0; row < rows.count; row++)
		names[row] = db_text(&rows, row, 0);
	*ret_names = names;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error peer_note_heard(struct db *db, struct arena *arena, struct str name, int64_t now_us, bool prefers_rfc9421)
{
	struct db_values values = { .count = 0 };
	db_value_text(&values, name);
	db_value_time(&values, now_us);
	db_value_bool(&values, prefers_rfc9421);
	return db_change(db, arena, &note_heard, &values, NULL);
}

enum error peer_mend(struct db *db, struct arena *arena, int64_t now_us, int64_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_time(&values, now_us);
	return db_change(db, arena, &mend, &values, ret_count);
}

enum error peer_count_states(struct db *db, struct arena *arena, int64_t ret_counts[PEER_STATE_COUNT])
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &count_states, NULL, &rows);
	for (int state = 0; !error && state < PEER_STATE_COUNT; state++)
		ret_counts[state] = db_int64(&rows, 0, state);
	return error;
}

enum error peer_list(struct db *db, struct arena *arena, const struct peer_page *page, struct peer_record **ret_records,
	size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_text(&values, page->after_name.data ? page->after_name : STR_LITERAL(""));
	db_value_int64(&values, page->limit);
	db_value_bool(&values, page->only_troubled);
	return read_records(db, arena, &list, &values, ret_records, ret_count);
}

enum error peer_count_waiting(struct db *db, struct arena *arena, struct str name, int limit, int64_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_text(&values, name);
	db_value_int64(&values, limit);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &count_waiting, &values, &rows);
	if (!error)
		*ret_count = db_int64(&rows, 0, 0);
	return error;
}

/* now_us 0: the statement has no such value. */
static enum error steer(struct db *db, struct arena *arena, const struct statement *statement, struct str name, int64_t now_us)
{
	struct db_values values = { .count = 0 };
	int64_t affected = 0;
	db_value_text(&values, name);
	if (now_us)
		db_value_time(&values, now_us);
	enum error error = db_change(db, arena, statement, &values, &affected);
	if (error)
		return error;
	if (!affected)
		return ERROR_NOT_FOUND;
	wake_ring_on_commit(db, WAKE_POLICY);
	wake_ring_on_commit(db, WAKE_DELIVERIES);
	return ERROR_NONE;
}

enum error peer_pause(struct db *db, struct arena *arena, struct str name)
{
	return steer(db, arena, &pause_one, name, 0);
}

enum error peer_resume(struct db *db, struct arena *arena, struct str name, int64_t now_us)
{
	return steer(db, arena, &resume, name, now_us);
}

enum error peer_forget(struct db *db, struct arena *arena, struct str name, int64_t now_us)
{
	return steer(db, arena, &forget, name, now_us);
}
