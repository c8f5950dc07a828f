/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The work on the rows of the inbox. Claims change no indexed column, so that a row gets new index entries only when
 * its state changes. Everything that a worker does to a row after its claim asks whether the lease is still its own. */
#include "storage/activity_in_queue.h"

#include "storage/statement.h"
#include "storage/wake.h"
#include "base/mutant.h"

#include <assert.h>

/* For rows that are found by their ids: a planner that sees "=" may prefer the small index of all that waits. */
#define IS_WAITING "state is not distinct from 'waiting'"

#define CLAIMED_COLUMNS                    \
	"a.id"                             \
	", a.uri"                          \
	", a.type"                         \
	", a.actor_uri"                    \
	", a.object_uri"                   \
	", a.body"                         \
	", a.inbox_actor_id"               \
	", a.verified_by"                  \
	", a.attempts"                     \
	", a.received_at"                  \
	", a.parked_uri"                   \
	", a.parks"                        \
	", a.is_wanted_nowhere"            \
	", a.leased_by"

enum {
	CLAIMED_ID,
	CLAIMED_URI,
	CLAIMED_TYPE,
	CLAIMED_ACTOR_URI,
	CLAIMED_OBJECT_URI,
	CLAIMED_BODY,
	CLAIMED_INBOX_ACTOR_ID,
	CLAIMED_VERIFIED_BY,
	CLAIMED_ATTEMPTS,
	CLAIMED_RECEIVED_AT,
	CLAIMED_PARKED_URI,
	CLAIMED_PARKS,
	CLAIMED_IS_WANTED_NOWHERE,
	CLAIMED_LEASED_BY,
};

/* However long the queue, only its head is looked at. */
#define CLAIM_HEAD                                       \
	"with due as materialized ("                     \
	"  select w.id"                                  \
	"  from ("                                       \
	"    select h.id"                                \
	"    from ("                                     \
	"      select i.id, i.due_at, i.actor_uri, i.attempts, i.leased_until" \
	"      from activities_in as i"                  \
	"      where i.state = 'waiting'"                \
	"        and i.due_at <= now()"                  \
	"      order by i.due_at, i.id"                  \
	"      limit 4000"                               \
	"    ) as h"                                     \
	"    where (h.leased_until is null or h.leased_until <= now())"
#define CLAIM_TAIL                                       \
	"  ) as d"                                       \
	"  join activities_in as w on w.id = d.id"       \
	"  where w." IS_WAITING                          \
	"    and (w.leased_until is null or w.leased_until <= now())" \
	"  for update of w skip locked"                  \
	"), claimed as ("                                \
	"  update activities_in as a"                    \
	"  set attempts = a.attempts + 1,"               \
	"      leased_until = now() + $1::bigint * interval '1 millisecond'," \
	"      leased_by = pg_backend_pid()"             \
	"  from due"                                     \
	"  where a.id = due.id"                          \
	"  returning a.due_at, " CLAIMED_COLUMNS         \
	")"                                              \
	" select " CLAIMED_COLUMNS                       \
	" from claimed as a"                             \
	" order by a.due_at, a.id"

static const struct statement claim_fresh = STATEMENT("activity_in_queue_claim_fresh", 4,
	CLAIM_HEAD
	"      and h.attempts = 0"
	"      and (hashtext(h.actor_uri) & 1023) % $3 = $4"
	"    order by h.due_at, h.id"
	"    limit $2"
	CLAIM_TAIL); // activities_in_due, activities_in_pkey

static const struct statement claim_suspect = STATEMENT("activity_in_queue_claim_suspect", 1,
	CLAIM_HEAD
	"      and h.attempts > 0"
	"    order by h.due_at, h.id"
	"    limit 1"
	CLAIM_TAIL); // activities_in_due, activities_in_pkey

static const struct statement check = STATEMENT("activity_in_queue_check", 2,
	"select a.id, e.id, e.state = 'parked', e.parked_uri, e.due_at, set_config('synchronous_commit', 'off', true)"
	" from activities_in as a"
	" left join lateral ("
	"  select i.id, i.state, i.parked_uri, i.due_at, i.leased_until"
	"  from activities_in as i"
	"  where hashtextextended(i.actor_uri || ' ' || i.object_uri, 0) ="
	"        hashtextextended(a.actor_uri || ' ' || a.object_uri, 0)"
	"    and i.state in ('waiting', 'parked')"
	"    and i.id < a.id"
	"    and i.id <> all ($1)"
	"  order by i.id desc"
	"  limit 1"
	" ) as e on true"
	" where a.id = any($1)"
	"   and a." IS_WAITING
	"   and a.leased_by = $2"
	" for update of a"); // activities_in_pkey, activities_in_order

static const struct statement done = STATEMENT("activity_in_queue_done", 1,
	"update activities_in"
	" set state = 'done', ended_at = now(), leased_until = null, leased_by = null, last_error = null"
	" where id = any($1)"); // activities_in_pkey

static const struct statement drop = STATEMENT("activity_in_queue_drop", 3,
	"update activities_in"
	" set state = 'done', ended_at = now(), leased_until = null, leased_by = null, last_error = $3"
	" where id = $1"
	"   and leased_by = $2"
	"   and " IS_WAITING); // activities_in_pkey

static const struct statement park = STATEMENT("activity_in_queue_park", 4,
	"update activities_in"
	" set state = 'parked', parked_uri = $3, is_wanted_nowhere = false, parks = parks + $4::boolean::integer,"
	"     attempts = 0, leased_until = null, leased_by = null"
	" where id = $1"
	"   and leased_by = $2"
	"   and " IS_WAITING); // activities_in_pkey

static const struct statement postpone = STATEMENT("activity_in_queue_postpone", 5,
	"update activities_in"
	" set due_at = $3, attempts = greatest(attempts - (not $4)::integer, 0), last_error = coalesce($5, last_error),"
	"     leased_until = null, leased_by = null"
	" where id = $1"
	"   and leased_by = $2"
	"   and " IS_WAITING); // activities_in_pkey

static const struct statement set_aside = STATEMENT("activity_in_queue_set_aside", 3,
	"update activities_in"
	" set state = 'set_aside', last_error = coalesce($3, last_error), leased_until = null, leased_by = null"
	" where id = $1"
	"   and leased_by = $2"
	"   and " IS_WAITING); // activities_in_pkey

static const struct statement release = STATEMENT("activity_in_queue_release", 2,
	"update activities_in"
	" set attempts = greatest(attempts - 1, 0), leased_until = null, leased_by = null"
	" where id = any($1)"
	"   and leased_by = $2"
	"   and " IS_WAITING); // activities_in_pkey

static const struct statement wake = STATEMENT("activity_in_queue_wake", 2,
	"update activities_in"
	" set state = 'waiting', due_at = now(), is_wanted_nowhere = $2"
	" where parked_uri = $1"
	"   and state = 'parked'"); // activities_in_parked

/* Leased rows were due when they were claimed, so they stand at the head. */
static const struct statement take_over = STATEMENT("activity_in_queue_take_over", 0,
	"update activities_in"
	" set leased_until = null, leased_by = null"
	" where id in ("
	"  select h.id"
	"  from (select w.id, w.leased_by from activities_in as w where w.state = 'waiting' order by w.due_at, w.id limit 20000) as h"
	"  where h.leased_by is not null"
	"    and not exists (select from pg_stat_get_activity(h.leased_by::integer))"
	" )"); // activities_in_due, activities_in_pkey

/* A wish and what is parked for it come and go together; without one, as when its root's budget was spent, the wait
 * would have no end. */
static const struct statement wake_forgotten = STATEMENT("activity_in_queue_wake_forgotten", 0,
	"update activities_in"
	" set state = 'waiting', due_at = now()"
	" where id in ("
	"  select a.id"
	"  from activities_in as a"
	"  where a.state = 'parked'"
	"    and not exists (select from fetches as f where f.uri = a.parked_uri)"
	"  limit 1000"
	" )"); // activities_in_parked, fetches_uri_kind_key, activities_in_pkey

static const struct statement set_aside_parked = STATEMENT("activity_in_queue_set_aside_parked", 1,
	"update activities_in"
	" set state = 'set_aside', last_error = 'parked for too long'"
	" where id in ("
	"  select id"
	"  from activities_in"
	"  where state = 'parked'"
	"    and received_at < $1"
	"  limit 1000"
	" )"); // activities_in_parked, activities_in_pkey

static const struct statement forget_follow = STATEMENT("activity_in_queue_forget_follow", 2,
	"delete from activities_in"
	" where uri = $1"
	"   and actor_uri = $2"
	"   and type = 'Follow'"
	"   and state = 'done'"); // activities_in_uri_key

#define VIEW_COLUMNS               \
	"a.id"                     \
	", a.uri"                  \
	", a.type"                 \
	", a.actor_uri"            \
	", a.object_uri"           \
	", a.inbox_actor_id"       \
	", a.verified_by"          \
	", a.attempts"             \
	", a.received_at"          \
	", a.parked_uri"           \
	", a.parks"                \
	", a.state"                \
	", a.due_at"               \
	", a.ended_at"             \
	", a.last_error"           \
	", a.body"

enum {
	VIEW_ID,
	VIEW_URI,
	VIEW_TYPE,
	VIEW_ACTOR_URI,
	VIEW_OBJECT_URI,
	VIEW_INBOX_ACTOR_ID,
	VIEW_VERIFIED_BY,
	VIEW_ATTEMPTS,
	VIEW_RECEIVED_AT,
	VIEW_PARKED_URI,
	VIEW_PARKS,
	VIEW_STATE,
	VIEW_DUE_AT,
	VIEW_ENDED_AT,
	VIEW_LAST_ERROR,
	VIEW_BODY,
};

/* One statement a state: the partial indexes are used only where the state stands in the text. */
#define LIST(state)                        \
	"select " VIEW_COLUMNS             \
	" from activities_in as a"         \
	" where a.state = '" state "'"     \
	"   and a.id > $1"                 \
	" order by a.id"                   \
	" limit $2"

static const struct statement list_waiting = STATEMENT("activity_in_queue_list_waiting", 2, LIST("waiting")); // activities_in_due
static const struct statement list_parked = STATEMENT("activity_in_queue_list_parked", 2, LIST("parked")); // activities_in_parked
static const struct statement list_set_aside = STATEMENT("activity_in_queue_list_set_aside", 2, LIST("set_aside")); // activities_in_set_aside

static const struct statement find = STATEMENT("activity_in_queue_find", 1,
	"select " VIEW_COLUMNS
	" from activities_in as a"
	" where a.id = $1"); // activities_in_pkey

static const struct statement retry = STATEMENT("activity_in_queue_retry", 1,
	"update activities_in"
	" set state = 'waiting', due_at = now(), attempts = 0, parks = 0, received_at = now(), leased_until = null, leased_by = null"
	" where id = $1"
	"   and state <> 'done'"
	"   and (leased_until is null or leased_until <= now())"); // activities_in_pkey

static const struct statement discard = STATEMENT("activity_in_queue_discard", 1,
	"update activities_in"
	" set state = 'done', ended_at = now(), last_error = 'dropped by an operator', leased_until = null, leased_by = null"
	" where id = $1"
	"   and state <> 'done'"
	"   and (leased_until is null or leased_until <= now())"); // activities_in_pkey

STATEMENT_TABLE(activity_in_queue_statements, &claim_fresh, &claim_suspect, &check, &done, &drop, &park, &postpone,
	&set_aside, &release, &wake, &take_over, &wake_forgotten, &set_aside_parked, &forget_follow, &list_waiting, &list_parked, &list_set_aside, &find, &retry,
	&discard);

static enum activity_in_proof read_proof(struct str name)
{
	if (str_eq(name, STR_LITERAL("proof")))
		return ACTIVITY_BY_PROOF;
	return str_eq(name, STR_LITERAL("fetch")) ? ACTIVITY_BY_FETCH : ACTIVITY_BY_SIGNATURE;
}

/* ---- claims ---- */

static void read_claimed(const struct db_rows *rows, int row, struct activity_in_claimed *ret_claimed)
{
	*ret_claimed = (struct activity_in_claimed){
		.activity = {
			.id = db_int64(rows, row, CLAIMED_ID),
			.uri = db_text(rows, row, CLAIMED_URI),
			.type = db_text(rows, row, CLAIMED_TYPE),
			.actor_uri = db_text(rows, row, CLAIMED_ACTOR_URI),
			.object_uri = db_text(rows, row, CLAIMED_OBJECT_URI),
			.body = db_bytes(rows, row, CLAIMED_BODY),
			.inbox_actor_id = db_int64(rows, row, CLAIMED_INBOX_ACTOR_ID),
			.verified_by = read_proof(db_text(rows, row, CLAIMED_VERIFIED_BY)),
			.attempts = (int)db_int64(rows, row, CLAIMED_ATTEMPTS),
			.received_us = db_time(rows, row, CLAIMED_RECEIVED_AT),
			.parked_uri = db_text(rows, row, CLAIMED_PARKED_URI),
		},
		.parks = (int)db_int64(rows, row, CLAIMED_PARKS),
		.is_wanted_nowhere = db_bool(rows, row, CLAIMED_IS_WANTED_NOWHERE),
		.leased_by = db_int64(rows, row, CLAIMED_LEASED_BY),
	};
}

enum error activity_in_claim(struct db *db, struct arena *arena, const struct activity_in_claim *claim,
	struct activity_in_claimed **ret_rows, size_t *ret_count)
{
	assert(!db_is_in_transaction(db));
	assert(claim->is_suspect || (claim->limit > 0 && claim->limit <= ACTIVITY_IN_CLAIM_MAX));
	struct db_values values = { .count = 0 };
	db_value_int64(&values, claim->lease_ms);
	if (!claim->is_suspect) {
		db_value_int64(&values, claim->limit);
		db_value_int32(&values, claim->share_count);
		db_value_int32(&values, claim->share);
	}
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, claim->is_suspect ? &claim_suspect : &claim_fresh, &values, &rows);
	if (error)
		return error;
	struct activity_in_claimed *claimed = arena_alloc_array(arena, (size_t)rows.count, sizeof(*claimed));
	for (int row = 0; row < rows.count; row++)
		read_claimed(&rows, row, &claimed[row]);
	*ret_rows = claimed;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

static void read_place(const struct db_rows *rows, int row, struct activity_in_place *ret_place)
{
	bool is_first = db_is_null(rows, row, 1) || MUTANT("inbox_order");
	*ret_place = (struct activity_in_place){ .turn = is_first ? ACTIVITY_IN_OURS : ACTIVITY_IN_BEHIND };
	if (is_first)
		return;
	if (db_bool(rows, row, 2))
		ret_place->parked_uri = db_text(rows, row, 3);
	ret_place->due_us = db_time(rows, row, 4);
}

enum error activity_in_check(struct db *db, struct arena *arena, const struct activity_in_claimed *rows, size_t count,
	struct activity_in_place **ret_places)
{
	assert(db_is_in_transaction(db) && count > 0);
	int64_t *ids = arena_alloc_array(arena, count, sizeof(*ids));
	for (size_t i = 0; i < count; i++)
		ids[i] = rows[i].activity.id;
	struct db_values values = { .count = 0 };
	db_value_int64_array(&values, arena, ids, count);
	db_value_int64(&values, rows[0].leased_by);
	AUTO(db_rows) struct db_rows found = { 0 };
	enum error error = db_run(db, arena, &check, &values, &found);
	if (error)
		return error;
	struct activity_in_place *places = arena_alloc_array(arena, count, sizeof(*places));
	for (size_t i = 0; i < count; i++) {
		places[i].turn = ACTIVITY_IN_LOST;
		for (int row = 0; row < found.count; row++) {
			if (db_int64(&found, row, 0) == ids[i])
				read_place(&found, row, &places[i]);
		}
	}
	*ret_places = places;
	return ERROR_NONE;
}

/* ---- ends ---- */

enum error activity_in_done(struct db *db, struct arena *arena, const int64_t *ids, size_t count)
{
	struct db_values values = { .count = 0 };
	db_value_int64_array(&values, arena, ids, count);
	return db_change(db, arena, &done, &values, NULL);
}

static void begin_values(struct db_values *values, const struct activity_in_claimed *row)
{
	values->count = 0;
	db_value_int64(values, row->activity.id);
	db_value_int64(values, row->leased_by);
}

enum error activity_in_drop(struct db *db, struct arena *arena, const struct activity_in_claimed *row, const char *reason)
{
	struct db_values values;
	begin_values(&values, row);
	db_value_text(&values, str_from(reason));
	return db_change(db, arena, &drop, &values, NULL);
}

enum error activity_in_park(struct db *db, struct arena *arena, const struct activity_in_claimed *row, struct str uri,
	bool is_wanted)
{
	struct db_values values;
	begin_values(&values, row);
	db_value_text(&values, uri);
	db_value_bool(&values, is_wanted);
	return db_change(db, arena, &park, &values, NULL);
}

enum error activity_in_postpone(struct db *db, struct arena *arena, const struct activity_in_claimed *row, int64_t due_us,
	bool counts, const char *text)
{
	struct db_values values;
	begin_values(&values, row);
	db_value_time(&values, due_us);
	db_value_bool(&values, counts);
	db_value_text(&values, str_from(text));
	return db_change(db, arena, &postpone, &values, NULL);
}

enum error activity_in_set_aside(struct db *db, struct arena *arena, const struct activity_in_claimed *row, const char *reason)
{
	struct db_values values;
	begin_values(&values, row);
	db_value_text(&values, str_from(reason));
	return db_change(db, arena, &set_aside, &values, NULL);
}

enum error activity_in_release(struct db *db, struct arena *arena, const int64_t *ids, size_t count, int64_t leased_by)
{
	struct db_values values = { .count = 0 };
	db_value_int64_array(&values, arena, ids, count);
	db_value_int64(&values, leased_by);
	return db_change(db, arena, &release, &values, NULL);
}

/* ---- around it ---- */

enum error activity_in_wake(struct db *db, struct arena *arena, struct str uri, bool is_nowhere)
{
	struct db_values values = { .count = 0 };
	db_value_text(&values, uri);
	db_value_bool(&values, is_nowhere);
	int64_t woken = 0;
	enum error error = db_change(db, arena, &wake, &values, &woken);
	if (!error && woken)
		wake_ring_on_commit(db, WAKE_ACTIVITIES_IN);
	return error;
}

enum error activity_in_take_over(struct db *db, struct arena *arena, int64_t *ret_count)
{
	return db_change(db, arena, &take_over, NULL, ret_count);
}

enum error activity_in_wake_forgotten(struct db *db, struct arena *arena, int64_t *ret_count)
{
	return db_change(db, arena, &wake_forgotten, NULL, ret_count);
}

enum error activity_in_set_aside_parked(struct db *db, struct arena *arena, int64_t received_before_us, int64_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_time(&values, received_before_us);
	return db_change(db, arena, &set_aside_parked, &values, ret_count);
}

enum error activity_in_forget_follow(struct db *db, struct arena *arena, struct str uri, struct str actor_uri)
{
	struct db_values values = { .count = 0 };
	db_value_text(&values, uri);
	db_value_text(&values, actor_uri);
	return db_change(db, arena, &forget_follow, &values, NULL);
}

/* ---- for operators ---- */

static const struct str state_names[] = { STR("waiting"), STR("parked"), STR("done"), STR("set_aside") };

const char *activity_in_state_name(enum activity_in_state state)
{
	return state_names[state].data;
}

static enum activity_in_state read_state(struct str name)
{
	for (size_t i = 0; i < sizeof(state_names) / sizeof(state_names[0]); i++) {
		if (str_eq(name, state_names[i]))
			return (enum activity_in_state)i;
	}
	return ACTIVITY_IN_SET_ASIDE;
}

static void read_view(const struct db_rows *rows, int row, bool with_body, struct activity_in_view *ret_view)
{
	*ret_view = (struct activity_in_view){
		.activity = {
			.id = db_int64(rows, row, VIEW_ID),
			.uri = db_text(rows, row, VIEW_URI),
			.type = db_text(rows, row, VIEW_TYPE),
			.actor_uri = db_text(rows, row, VIEW_ACTOR_URI),
			.object_uri = db_text(rows, row, VIEW_OBJECT_URI),
			.inbox_actor_id = db_int64(rows, row, VIEW_INBOX_ACTOR_ID),
			.verified_by = read_proof(db_text(rows, row, VIEW_VERIFIED_BY)),
			.attempts = (int)db_int64(rows, row, VIEW_ATTEMPTS),
			.received_us = db_time(rows, row, VIEW_RECEIVED_AT),
			.parked_uri = db_text(rows, row, VIEW_PARKED_URI),
		},
		.state = read_state(db_text(rows, row, VIEW_STATE)),
		.parks = (int)db_int64(rows, row, VIEW_PARKS),
		.due_us = db_time(rows, row, VIEW_DUE_AT),
		.ended_us = db_time(rows, row, VIEW_ENDED_AT),
		.last_error = db_text(rows, row, VIEW_LAST_ERROR),
	};
	if (with_body)
		ret_view->activity.body = db_bytes(rows, row, VIEW_BODY);
}

static const struct statement *list_of(enum activity_in_state state)
{
	switch (state) {
	case ACTIVITY_IN_WAITING:
		return &list_waiting;
	case ACTIVITY_IN_PARKED:
		return &list_parked;
	case ACTIVITY_IN_SET_ASIDE:
		return &list_set_aside;
	case ACTIVITY_IN_DONE:
		break;
	}
	memory_fatal("no list of what is done");
}

enum error activity_in_list(struct db *db, struct arena *arena, enum activity_in_state state, int64_t after_id, int limit,
	struct activity_in_view **ret_views, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, after_id);
	db_value_int64(&values, limit);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, list_of(state), &values, &rows);
	if (error)
		return error;
	struct activity_in_view *views = arena_alloc_array(arena, (size_t)rows.count, sizeof(*views));
	for (int row = 0; row < rows.count; row++)
		read_view(&rows, row, false, &views[row]);
	*ret_views = views;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error activity_in_find(struct db *db, struct arena *arena, int64_t id, struct activity_in_view *ret_view)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &find, &values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	read_view(&rows, 0, true, ret_view);
	return ERROR_NONE;
}

static enum error change_one(struct db *db, struct arena *arena, const struct statement *statement, int64_t id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	int64_t affected = 0;
	enum error error = db_change(db, arena, statement, &values, &affected);
	if (error || affected)
		return error;
	struct activity_in_view view;
	error = activity_in_find(db, arena, id, &view);
	return error ? error : ERROR_CONFLICT;
}

enum error activity_in_retry(struct db *db, struct arena *arena, int64_t id)
{
	enum error error = change_one(db, arena, &retry, id);
	if (!error)
		wake_ring_on_commit(db, WAKE_ACTIVITIES_IN);
	return error;
}

enum error activity_in_discard(struct db *db, struct arena *arena, int64_t id)
{
	return change_one(db, arena, &discard, id);
}
