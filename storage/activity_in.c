/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The inbox. The uri is what makes an activity one: the first that came under it wins (CHECKLIST A15), and whoever
 * inserts another of that name is told, without the transaction being lost. */
#include "storage/activity_in.h"

#include "storage/statement.h"
#include "storage/wake.h"
#include "base/mutant.h"

#include <assert.h>

static const struct statement insert = STATEMENT("activity_in_insert", 9,
	"insert into activities_in (id, uri, type, actor_uri, object_uri, body, inbox_actor_id, verified_by, received_at)"
	" values ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
	" on conflict (uri) do nothing"); // activities_in_uri_key

static const struct statement insert_many = STATEMENT("activity_in_insert_many", 9,
	"insert into activities_in (id, uri, type, actor_uri, object_uri, body, inbox_actor_id, verified_by, received_at)"
	" select n.id, n.uri, n.type, n.actor_uri, n.object_uri, n.body, nullif(n.inbox_actor_id, 0), n.verified_by, n.received_at"
	" from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bytea[], $7::bigint[], $8::text[],"
	"             $9::timestamptz[])"
	"   as n (id, uri, type, actor_uri, object_uri, body, inbox_actor_id, verified_by, received_at)"
	" on conflict (uri) do nothing"
	" returning id"); // activities_in_uri_key

/* What is in order with a row that waits already waits too. */
static const struct statement take_in = STATEMENT("activity_in_take_in", 10,
	"insert into activities_in (id, uri, type, actor_uri, object_uri, body, inbox_actor_id, verified_by, received_at, state,"
	"                           ended_at)"
	" select n.id, n.uri, n.type, n.actor_uri, n.object_uri, n.body, nullif(n.inbox_actor_id, 0), n.verified_by,"
	"        n.received_at, case when n.waits or earlier.is_there then 'waiting' else 'done' end,"
	"        case when not (n.waits or earlier.is_there) then now() end"
	" from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bytea[], $7::bigint[], $8::text[],"
	"             $9::timestamptz[], $10::boolean[])"
	"   as n (id, uri, type, actor_uri, object_uri, body, inbox_actor_id, verified_by, received_at, waits)"
	" cross join lateral ("
	"  select exists ("
	"   select from activities_in as i"
	"   where hashtextextended(i.actor_uri || ' ' || i.object_uri, 0) ="
	"         hashtextextended(n.actor_uri || ' ' || n.object_uri, 0)"
	"     and i.state in ('waiting', 'parked')"
	"  ) as is_there"
	"  offset 0"
	" ) as earlier"
	" on conflict (uri) do nothing"
	" returning id, state = 'waiting'"); // activities_in_order, activities_in_uri_key

static const struct statement settle = STATEMENT("activity_in_settle", 3,
	"update activities_in as a"
	" set state = case when s.waits then 'waiting' else a.state end,"
	"     due_at = now(),"
	"     ended_at = case when not s.waits then now() end,"
	"     last_error = s.error"
	" from unnest($1::bigint[], $2::boolean[], $3::text[]) as s (id, waits, error)"
	" where a.id = s.id"); // activities_in_pkey

STATEMENT_TABLE(activity_in_statements, &insert, &insert_many, &take_in, &settle);

static struct str proof_name(enum activity_in_proof proof)
{
	switch (proof) {
	case ACTIVITY_BY_SIGNATURE:
		return STR_LITERAL("signature");
	case ACTIVITY_BY_PROOF:
		return STR_LITERAL("proof");
	case ACTIVITY_BY_FETCH:
		return STR_LITERAL("fetch");
	}
	memory_fatal("a way of verification that is none");
}

enum error activity_in_insert(struct db *db, struct arena *arena, const struct activity_in *activity)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, activity->id);
	db_value_text(&values, activity->uri);
	db_value_text(&values, activity->type);
	db_value_text(&values, activity->actor_uri);
	db_value_text(&values, activity->object_uri);
	db_value_bytes(&values, activity->body);
	db_value_id(&values, activity->inbox_actor_id);
	db_value_text(&values, proof_name(activity->verified_by));
	db_value_time(&values, activity->received_us);
	int64_t inserted;
	enum error error = db_change(db, arena, &insert, &values, &inserted);
	if (error)
		return error;
	if (!inserted)
		return ERROR_CONFLICT;
	wake_ring_on_commit(db, WAKE_ACTIVITIES_IN);
	return ERROR_NONE;
}

static void add_columns(struct db_values *values, struct arena *arena, const struct activity_in *const *activities, size_t count)
{
	DB_VALUE_COLUMN(db_value_int64_array, int64_t, activities[i]->id);
	DB_VALUE_COLUMN(db_value_text_array, struct str, activities[i]->uri);
	DB_VALUE_COLUMN(db_value_text_array, struct str, activities[i]->type);
	DB_VALUE_COLUMN(db_value_text_array, struct str, activities[i]->actor_uri);
	DB_VALUE_COLUMN(db_value_text_array, struct str, activities[i]->object_uri);
	DB_VALUE_COLUMN(db_value_bytes_array, struct str, activities[i]->body);
	DB_VALUE_COLUMN(db_value_int64_array, int64_t, activities[i]->inbox_actor_id);
	DB_VALUE_COLUMN(db_value_text_array, struct str, proof_name(activities[i]->verified_by));
	DB_VALUE_COLUMN(db_value_time_array, int64_t, activities[i]->received_us);
}

enum error activity_in_insert_many(struct db *db, struct arena *arena, const struct activity_in *const *activities,
	size_t count, bool *ret_is_stored)
{
	struct db_values values = { .count = 0 };
	add_columns(&values, arena, activities, count);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &insert_many, &values, &rows);
	if (error)
		return error;
	for (size_t i = 0; i < count; i++)
		ret_is_stored[i] = false;
	for (int row = 0; row < rows.count; row++) {
		for (size_t i = 0; i < count; i++)
			ret_is_stored[i] = ret_is_stored[i] || activities[i]->id == db_int64(&rows, row, 0);
	}
	if (rows.count)
		wake_ring_on_commit(db, WAKE_ACTIVITIES_IN);
	return ERROR_NONE;
}

static enum activity_in_fate fate_of(const struct db_rows *rows, int64_t id)
{
	for (int row = 0; row < rows->count; row++) {
		if (db_int64(rows, row, 0) == id)
			return db_bool(rows, row, 1) && !MUTANT("inbox_direct_order") ? ACTIVITY_IN_QUEUED : ACTIVITY_IN_TAKEN;
	}
	return ACTIVITY_IN_KNOWN;
}

enum error activity_in_take_in(struct db *db, struct arena *arena, const struct activity_in *const *activities, size_t count,
	const bool *waits, enum activity_in_fate *ret_fates)
{
	assert(db_is_in_transaction(db));
	struct db_values values = { .count = 0 };
	add_columns(&values, arena, activities, count);
	db_value_bool_array(&values, arena, waits, count);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &take_in, &values, &rows);
	if (error)
		return error;
	bool must_ring = false;
	for (size_t i = 0; i < count; i++) {
		ret_fates[i] = fate_of(&rows, activities[i]->id);
		must_ring = must_ring || ret_fates[i] == ACTIVITY_IN_QUEUED;
	}
	if (must_ring)
		wake_ring_on_commit(db, WAKE_ACTIVITIES_IN);
	return ERROR_NONE;
}

enum error activity_in_settle(struct db *db, struct arena *arena, const struct activity_in_settlement *rows, size_t count)
{
	int64_t *ids = arena_alloc_array(arena, count, sizeof(*ids));
	bool *waits = arena_alloc_array(arena, count, sizeof(*waits));
	struct str *reasons = arena_alloc_array(arena, count, sizeof(*reasons));
	bool must_ring = false;
	assert(db_is_in_transaction(db));
	for (size_t i = 0; i < count; i++) {
		ids[i] = rows[i].id;
		waits[i] = !rows[i].dropped_for;
		reasons[i] = rows[i].dropped_for ? str_from(rows[i].dropped_for) : (struct str){ 0 };
		must_ring = must_ring || waits[i];
	}
	struct db_values values = { .count = 0 };
	db_value_int64_array(&values, arena, ids, count);
	db_value_bool_array(&values, arena, waits, count);
	db_value_text_array(&values, arena, reasons, count);
	if (must_ring)
		wake_ring_on_commit(db, WAKE_ACTIVITIES_IN);
	return db_change(db, arena, &settle, &values, NULL);
}
