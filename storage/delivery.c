/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Deliveries as work: taken, finished, put off. What is due and free stands in deliveries_due; a row that was taken or
 * waits for its peer leaves that index, or its due part, so that taking costs the same however many there are. */
#include "storage/delivery.h"

#include "storage/id.h"
#include "storage/statement.h"
#include "storage/time_sql.h"

#include <assert.h>

#define ERROR_TEXT_BYTES 1000
#define CLAIM_MAX_TEXT "1000" /* DELIVERY_CLAIM_MAX */
#define LOOK_AGAIN "interval '5 seconds'"

/* An earlier activity about the same object on its way to the same inbox. "offset 0" and "+ 0" keep the planner to the
 * object's own activities and to one row by key for each, whatever it believes of the tables: read the other way round
 * a claim took seconds. */
#define TAKEN_FIELDS                                                                                      \
	"m.activity_id, m.inbox_url, m.peer, m.attempts, m.first_attempt_at, before.id"
#define TAKEN_TABLES                                                                                       \
	" from moved as m"                                                                                 \
	" left join activities_out as a on a.id = m.activity_id"                                           \
	" left join lateral ("                                                                             \
	"   select e.id"                                                                                   \
	"   from activities_out as e"                                                                      \
	"   where e.object_uri = a.object_uri"                                                             \
	"     and e.id < a.id"                                                                             \
	"     and exists (select"                                                                          \
	"                 from deliveries as d"                                                            \
	"                 where d.activity_id = e.id"                                                      \
	"                   and d.inbox_url = m.inbox_url"                                                 \
	"                   and d.state = 'pending'"                                                       \
	"                 offset 0)"                                                                       \
	"   order by e.id + 0 desc"                                                                        \
	"   limit 1) as before on true"

#define MOVED_FIELDS "d.activity_id, d.inbox_url, d.peer, d.attempts, d.first_attempt_at"

/* $1 worker, $2 now, $3 newest, $4 oldest, $5 per peer. The limit of "picked" changes nothing but what the planner
 * believes: with a million rows due it took limits that it does not know for a share of them, and read all deliveries. A lease that
 * a crash of the database takes back is not waited for: the row is due again. */
static const struct statement claim = STATEMENT("delivery_claim", 5,
	"with newest as ("
	"  select activity_id, inbox_url, peer"
	"  from deliveries"
	"  where state = 'pending'"
	"    and leased_by is null"
	"    and due_at <= $2"
	"    and due_at < 'infinity'"
	"  order by due_at desc"
	"  limit $3"
	"  for update skip locked"
	"), oldest as ("
	"  select activity_id, inbox_url, peer"
	"  from deliveries"
	"  where state = 'pending'"
	"    and leased_by is null"
	"    and due_at <= $2"
	"    and due_at < 'infinity'"
	"  order by due_at"
	"  limit $4"
	"  for update skip locked"
	"), picked as ("
	"  select * from (select * from newest union select * from oldest) as one limit " CLAIM_MAX_TEXT
	"), ranked as ("
	"  select p.activity_id, p.inbox_url, p.peer,"
	"         coalesce((select w.state = 'paused' or w.due_at > $2 from peers as w where w.name = p.peer), false)"
	"         or row_number() over (partition by p.peer order by p.activity_id) > $5 as is_parked"
	"  from picked as p"
	"), moved as ("
	"  update deliveries as d"
	"  set leased_by = case when r.is_parked then null else $1::bigint end,"
	"      due_at = case when r.is_parked then 'infinity' else d.due_at end"
	"  from ranked as r"
	"  where d.activity_id = r.activity_id"
	"    and d.inbox_url = r.inbox_url"
	"  returning " MOVED_FIELDS ", d.leased_by"
	"), noted as ("
	"  insert into peers as w (name, look_at)"
	"  select distinct peer, $2 + " LOOK_AGAIN
	"  from ranked"
	"  where is_parked"
	"  order by peer"
	"  on conflict (name) do update"
	"  set look_at = greatest(w.due_at, excluded.look_at)"
	"  where w.look_at is null"
	")"
	" select c.looked, t.*, set_config('synchronous_commit', 'off', true),"
	"        exists (select from fanouts where due_at <= $2),"
	"        exists (select from peers where look_at <= $2 and state <> 'paused' and (due_at is null or due_at <= $2))"
	" from (select count(*) as looked from picked) as c"
	" left join (select " TAKEN_FIELDS TAKEN_TABLES
	"            where m.leased_by is not null) as t on true"
	" order by t.activity_id");
	// deliveries_due, peers_pkey, deliveries_pkey, activities_out_object_uri, fanouts_due, peers_look

/* $1 worker, $2 now, $3 peer, $4 limit, $5 all. */
static const struct statement claim_peer = STATEMENT("delivery_claim_peer", 5,
	"with picked as ("
	"  select activity_id, inbox_url"
	"  from deliveries"
	"  where peer = $3"
	"    and state = 'pending'"
	"    and leased_by is null"
	"    and ($5::boolean or due_at = 'infinity' or due_at <= $2::timestamptz)"
	"  order by activity_id"
	"  limit $4"
	"  for update skip locked"
	"), moved as ("
	"  update deliveries as d"
	"  set leased_by = $1::bigint"
	"  from picked as p"
	"  where d.activity_id = p.activity_id"
	"    and d.inbox_url = p.inbox_url"
	"  returning " MOVED_FIELDS
	"), cleared as ("
	"  update peers"
	"  set look_at = null"
	"  where name = $3"
	"    and look_at is not null"
	"    and (select count(*) from picked) < $4"
	")"
	" select 0::bigint, " TAKEN_FIELDS TAKEN_TABLES
	" order by m.activity_id"); // deliveries_peer, deliveries_pkey, peers_pkey

/* $1 worker, $2 now, then arrays. "is true" keeps the planner from comparing all that the worker holds with each row. */
static const struct statement finish = STATEMENT("delivery_finish", 9,
	"with moved as ("
	"  update deliveries as d"
	"  set state = r.state,"
	"      leased_by = null,"
	"      attempts = d.attempts + (r.attempted_us <> 0)::integer,"
	"      due_at = case when r.state <> 'pending' then d.due_at"
	"                    when r.due_us = 9223372036854775807 then 'infinity'"
	"                    else " SQL_TIME("r.due_us") " end,"
	"      first_attempt_at = coalesce(d.first_attempt_at, " SQL_TIME_OR_NULL("r.attempted_us") "),"
	"      last_attempt_at = coalesce(" SQL_TIME_OR_NULL("r.attempted_us") ", d.last_attempt_at),"
	"      last_status = case when r.attempted_us <> 0 then nullif(r.status, 0) else d.last_status end,"
	"      last_error = case when r.attempted_us <> 0 or r.state <> 'pending' then r.error else d.last_error end,"
	"      ended_at = case when r.state <> 'pending' then $2::timestamptz end"
	"  from unnest($3::bigint[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[], $9::text[])"
	"       as r (activity_id, inbox_url, state, due_us, attempted_us, status, error)"
	"  where d.activity_id = r.activity_id"
	"    and d.inbox_url = r.inbox_url"
	"    and (d.leased_by = $1) is true"
	"    and d.state = 'pending'"
	"  returning d.peer, d.state, d.due_at"
	"), noted as ("
	"  insert into peers as w (name, look_at)"
	"  select distinct peer, $2::timestamptz + " LOOK_AGAIN
	"  from moved"
	"  where state = 'pending'"
	"    and due_at = 'infinity'"
	"  order by peer"
	"  on conflict (name) do update"
	"  set look_at = greatest(w.due_at, excluded.look_at)"
	"  where w.look_at is null"
	")"
	" select count(*) from moved"); // deliveries_pkey, peers_pkey

static const struct statement expire = STATEMENT("delivery_expire", 4,
	"update deliveries as d"
	" set state = 'given_up',"
	"     ended_at = $3,"
	"     last_error = coalesce(d.last_error, 'the peer is dead')"
	" from (select activity_id, inbox_url"
	"       from deliveries"
	"       where peer = $1"
	"         and state = 'pending'"
	"         and leased_by is null"
	"         and activity_id < $2"
	"       order by activity_id"
	"       limit $4"
	"       for update skip locked) as old"
	" where d.activity_id = old.activity_id"
	"   and d.inbox_url = old.inbox_url"); // deliveries_peer, deliveries_pkey

/* $1 now, $2 latest. */
static const struct statement mend_times = STATEMENT("delivery_mend_times", 2,
	"with moved as ("
	"  update deliveries"
	"  set due_at = $1"
	"  where state = 'pending'"
	"    and leased_by is null"
	"    and due_at > $1"
	"    and due_at < 'infinity'"
	"    and (due_at > $2::timestamptz or last_attempt_at > $1 + interval '1 minute')"
	"  returning 1"
	"), hastened as ("
	"  update peers"
	"  set due_at = null,"
	"      look_at = case when look_at is not null then $1 end,"
	"      failing_since = least(failing_since, $1),"
	"      last_failure_at = least(last_failure_at, $1)"
	"  where due_at > $2::timestamptz"
	"     or look_at > $2::timestamptz"
	"     or last_failure_at > $1 + interval '1 minute'"
	"  returning 1"
	")"
	" select (select count(*) from moved) + (select count(*) from hastened)"); // deliveries_due

static const struct statement queue_age = STATEMENT("delivery_queue_age", 1,
	"select due_at"
	" from deliveries"
	" where state = 'pending'"
	"   and leased_by is null"
	"   and due_at <= $1"
	"   and due_at < 'infinity'"
	" order by due_at"
	" limit 1"); // deliveries_due

STATEMENT_TABLE(delivery_statements, &claim, &claim_peer, &finish, &expire, &mend_times, &queue_age);

static const char *const state_names[DELIVERY_STATE_COUNT] = {
	[DELIVERY_PENDING] = "pending",
	[DELIVERY_ACCEPTED] = "accepted",
	[DELIVERY_REFUSED] = "refused",
	[DELIVERY_GIVEN_UP] = "given_up",
	[DELIVERY_WITHHELD] = "withheld",
};

const char *delivery_state_name(enum delivery_state state)
{
	return state_names[state];
}

enum { TAKEN_LOOKED, TAKEN_ACTIVITY_ID, TAKEN_INBOX_URL, TAKEN_PEER, TAKEN_ATTEMPTS, TAKEN_FIRST_ATTEMPT_AT, TAKEN_BEFORE,
	TAKEN_SETTING, TAKEN_HAS_FANOUT, TAKEN_HAS_PEERS };

static void read_claims(const struct db_rows *rows, struct arena *arena, struct delivery_claim **ret_claims, size_t *ret_count)
{
	struct delivery_claim *claims = arena_alloc_array(arena, (size_t)rows->count + 1, sizeof(*claims));
	size_t count = 0;
	for (int row = 0; row < rows->count; row++) {
		if (db_is_null(rows, row, TAKEN_ACTIVITY_ID))
			continue;
		claims[count++] = (struct delivery_claim){
			.activity_id = db_int64(rows, row, TAKEN_ACTIVITY_ID),
			.inbox_url = db_text(rows, row, TAKEN_INBOX_URL),
			.peer = db_text(rows, row, TAKEN_PEER),
			.attempts = (int)db_int64(rows, row, TAKEN_ATTEMPTS),
			.first_attempt_us = db_time(rows, row, TAKEN_FIRST_ATTEMPT_AT),
			.waits_for = db_int64(rows, row, TAKEN_BEFORE),
		};
	}
	*ret_claims = claims;
	*ret_count = count;
}

enum error delivery_claim(struct db *db, struct arena *arena, const struct delivery_claim_request *request,
	struct delivery_claimed *ret_claimed)
{
	assert(request->newest + request->oldest <= DELIVERY_CLAIM_MAX);
	struct db_values values = { .count = 0 };
	db_value_int64(&values, request->worker_id);
	db_value_time(&values, request->now_us);
	db_value_int64(&values, request->newest);
	db_value_int64(&values, request->oldest);
	db_value_int64(&values, request->per_peer);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &claim, &values, &rows);
	if (error)
		return error;
	ret_claimed->looked = (size_t)db_int64(&rows, 0, TAKEN_LOOKED);
	ret_claimed->has_fanout = db_bool(&rows, 0, TAKEN_HAS_FANOUT);
	ret_claimed->has_peers = db_bool(&rows, 0, TAKEN_HAS_PEERS);
	read_claims(&rows, arena, &ret_claimed->claims, &ret_claimed->count);
	return ERROR_NONE;
}

enum error delivery_claim_peer(struct db *db, struct arena *arena, int64_t worker_id, int64_t now_us, struct str peer,
	int limit, bool all, struct delivery_claim **ret_claims, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, worker_id);
	db_value_time(&values, now_us);
	db_value_text(&values, peer);
	db_value_int64(&values, limit);
	db_value_bool(&values, all);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &claim_peer, &values, &rows);
	if (!error)
		read_claims(&rows, arena, ret_claims, ret_count);
	return error;
}

enum error delivery_finish(struct db *db, struct arena *arena, int64_t worker_id, int64_t now_us,
	const struct delivery_receipt *receipts, size_t count)
{
	assert(count <= 10000);
	enum { ACTIVITY, DUE, ATTEMPTED, STATUS, NUMBERS };
	enum { INBOX, STATE, ERROR, TEXTS };
	int64_t *numbers[NUMBERS];
	struct str *texts[TEXTS];
	for (int i = 0; i < NUMBERS; i++)
		numbers[i] = arena_alloc_array(arena, count + 1, sizeof(int64_t));
	for (int i = 0; i < TEXTS; i++)
		texts[i] = arena_alloc_array(arena, count + 1, sizeof(struct str));
	for (size_t i = 0; i < count; i++) {
		const struct delivery_receipt *receipt = &receipts[i];
		numbers[ACTIVITY][i] = receipt->activity_id;
		numbers[DUE][i] = receipt->due_us;
		numbers[ATTEMPTED][i] = receipt->attempted_us;
		numbers[STATUS][i] = receipt->status >= 100 && receipt->status <= 599 ? receipt->status : 0;
		texts[INBOX][i] = receipt->inbox_url;
		texts[STATE][i] = str_from(state_names[receipt->state]);
		texts[ERROR][i] = str_slice(receipt->error, 0, ERROR_TEXT_BYTES);
	}
	struct db_values values = { .count = 0 };
	db_value_int64(&values, worker_id);
	db_value_time(&values, now_us);
	db_value_int64_array(&values, arena, numbers[ACTIVITY], count);
	db_value_text_array(&values, arena, texts[INBOX], count);
	db_value_text_array(&values, arena, texts[STATE], count);
	db_value_int64_array(&values, arena, numbers[DUE], count);
	db_value_int64_array(&values, arena, numbers[ATTEMPTED], count);
	db_value_int64_array(&values, arena, numbers[STATUS], count);
	db_value_text_array(&values, arena, texts[ERROR], count);
	return db_change(db, arena, &finish, &values, NULL);
}

enum error delivery_expire(struct db *db, struct arena *arena, struct str peer, int64_t before_us, int64_t now_us,
	int limit, int64_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_text(&values, peer);
	db_value_int64(&values, id_at_time(before_us));
	db_value_time(&values, now_us);
	db_value_int64(&values, limit);
	return db_change(db, arena, &expire, &values, ret_count);
}

enum error delivery_mend_times(struct db *db, struct arena *arena, int64_t now_us, int64_t latest_us, int64_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_time(&values, now_us);
	db_value_time(&values, latest_us);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &mend_times, &values, &rows);
	if (!error)
		*ret_count = db_int64(&rows, 0, 0);
	return error;
}

enum error delivery_queue_age(struct db *db, struct arena *arena, int64_t now_us, int64_t *ret_age_us)
{
	struct db_values values = { .count = 0 };
	db_value_time(&values, now_us);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &queue_age, &values, &rows);
	if (!error)
		*ret_age_us = rows.count ? now_us - db_time(&rows, 0, 0) : 0;
	return error;
}
