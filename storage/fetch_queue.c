/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The queue of fetches and the budgets of their roots. A lease names the process of PostgreSQL that serves the worker:
 * when that is gone, so is the lease. */
#include "storage/fetch_queue.h"

#include "storage/id.h"
#include "storage/statement.h"
#include "storage/wake.h"
#include "base/mutant.h"
#include "base/url.h"

#include <assert.h>

#define URL_ARENA_BYTES ((size_t)64 * 1024)

#define WINDOW "interval '15 minutes'"
#define HAS_ENDED "(r.begun_at < now() - " WINDOW ")"

/* One row that spends $2 documents, $3 items and $4 pages of the root $1; none when it must not. */
#define SPEND                                                                                          \
	"insert into fetch_roots as r (uri, fetched, items, pages)"                                    \
	"  values ($1, $2, $3, $4)"                                                                    \
	"  on conflict (uri) do update"                                                                \
	"  set fetched = case when " HAS_ENDED " then 0 else r.fetched end + excluded.fetched,"        \
	"      items = case when " HAS_ENDED " then 0 else r.items end + excluded.items,"              \
	"      pages = case when " HAS_ENDED " then 0 else r.pages end + excluded.pages,"              \
	"      begun_at = case when " HAS_ENDED " then now() else r.begun_at end"                      \
	"  where " HAS_ENDED                                                                           \
	"     or (r.fetched + excluded.fetched <= $5"                                                  \
	"         and r.items + excluded.items <= $6"                                                  \
	"         and r.pages + excluded.pages <= $7)"                                                 \
	"  returning r.uri"

static const struct statement spend = STATEMENT("fetch_queue_spend", 7, SPEND); // fetch_roots_pkey

/* What a host of ours has is never asked for; what is wished for already costs nothing. */
static const struct statement find_obstacle = STATEMENT("fetch_queue_find_obstacle", 3,
	"select exists (select from domains where authority = $3)"
	"    or exists (select from fetches where uri = $1 and kind = $2)"); // domains_authority_key, fetches_uri_kind_key

static const struct statement add = STATEMENT("fetch_queue_add", 7,
	"insert into fetches (id, uri, kind, root_uri, depth, is_item, peer)"
	" values ($1, $2, $3, $4, $5, $6, $7)"
	" on conflict (uri, kind) do nothing"); // fetches_uri_kind_key

/* Begins a window of its own. */
static const struct statement begin_root = STATEMENT("fetch_queue_begin_root", 1,
	"insert into fetch_roots as r (uri)"
	" values ($1)"
	" on conflict (uri) do update"
	" set fetched = 0, items = 0, pages = 0, begun_at = now()"
	" where " HAS_ENDED
	" returning r.uri"); // fetch_roots_pkey

static const struct statement claim = STATEMENT("fetch_queue_claim", 1,
	"with due as materialized ("
	"  select f.id"
	"  from fetches as f"
	"  where f.due_at <= now()"
	"    and (f.leased_until is null or f.leased_until <= now())"
	"    and not exists (select from fetches as o"
	"                    where o.peer = f.peer"
	"                      and o.leased_until > now())"
	"  order by f.due_at, f.id"
	"  limit 1"
	"  for update of f skip locked"
	")"
	" update fetches as f"
	" set attempts = f.attempts + 1,"
	"     leased_until = now() + $1::bigint * interval '1 millisecond',"
	"     leased_by = pg_backend_pid()"
	" from due"
	" where f.id = due.id"
	" returning f.id, f.uri, f.kind, f.root_uri, f.depth, f.is_item, f.peer, f.attempts, f.created_at,"
	"  f.leased_by"); // fetches_due, fetches_leased, fetches_pkey

static const struct statement next_due = STATEMENT("fetch_queue_next_due", 0,
	"select f.due_at, now()"
	" from fetches as f"
	" where f.leased_until is null"
	" order by f.due_at, f.id"
	" limit 1"); // fetches_due

static const struct statement finish = STATEMENT("fetch_queue_finish", 2,
	"delete from fetches"
	" where id = $1"
	"   and leased_by = $2"); // fetches_pkey

static const struct statement postpone = STATEMENT("fetch_queue_postpone", 5,
	"update fetches"
	" set due_at = now() + $3::bigint * interval '1 microsecond',"
	"     attempts = greatest(attempts - (not $4)::integer, 0),"
	"     last_error = $5,"
	"     leased_until = null,"
	"     leased_by = null"
	" where id = $1"
	"   and leased_by = $2"); // fetches_pkey

static const struct statement postpone_peer = STATEMENT("fetch_queue_postpone_peer", 2,
	"update fetches"
	" set due_at = now() + $2::bigint * interval '1 microsecond'"
	" where id in ("
	"  select f.id"
	"  from fetches as f"
	"  where f.peer = $1"
	"    and f.due_at <= now()"
	"    and f.leased_until is null"
	"  limit 10000"
	"  for update skip locked"
	" )"); // fetches_peer, fetches_pkey

static const struct statement take_over = STATEMENT("fetch_queue_take_over", 0,
	"update fetches"
	" set leased_until = null, leased_by = null"
	" where leased_until is not null"
	"   and not exists (select from pg_stat_activity as s where s.pid = leased_by)"); // fetches_leased

STATEMENT_TABLE(fetch_queue_statements, &spend, &find_obstacle, &add, &begin_root, &claim, &next_due, &finish, &postpone,
	&postpone_peer, &take_over);

static const struct str kind_names[] = { STR("actor"), STR("object"), STR("activity"), STR("replies"), STR("outbox"),
	STR("followers"), STR("featured"), STR("update") };

static enum fetch_kind read_kind(struct str name)
{
	for (size_t i = 0; i < sizeof(kind_names) / sizeof(kind_names[0]); i++) {
		if (str_eq(name, kind_names[i]))
			return (enum fetch_kind)i;
	}
	return FETCH_OBJECT;
}

static bool is_collection(enum fetch_kind kind)
{
	switch (kind) {
	case FETCH_ACTOR:
	case FETCH_OBJECT:
	case FETCH_ACTIVITY:
	case FETCH_UPDATE: return false;
	case FETCH_REPLIES:
	case FETCH_OUTBOX:
	case FETCH_FOLLOWERS:
	case FETCH_FEATURED: break;
	}
	return true;
}

/* ---- wishes ---- */

enum error fetch_root_spend(struct db *db, struct arena *arena, struct str root_uri, enum fetch_spending spending,
	bool *ret_is_granted)
{
	bool is_unlimited = MUTANT("fetch_root_budget");
	struct db_values values = { .count = 0 };
	db_value_text(&values, root_uri);
	db_value_int32(&values, spending == FETCH_SPENDS_DOCUMENT);
	db_value_int32(&values, spending == FETCH_SPENDS_ITEM);
	db_value_int32(&values, spending == FETCH_SPENDS_PAGE);
	db_value_int32(&values, is_unlimited ? INT32_MAX : FETCH_ROOT_DOCUMENTS);
	db_value_int32(&values, is_unlimited ? INT32_MAX : FETCH_ROOT_ITEMS);
	db_value_int32(&values, is_unlimited ? INT32_MAX : FETCH_ROOT_PAGES);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &spend, &values, &rows);
	if (!error)
		*ret_is_granted = rows.count > 0;
	return error;
}

/* What another thing led to is paid by it; a collection is walked once in a window. */
static enum error pay(struct db *db, struct arena *arena, const struct fetch_wish *wish, struct str root_uri,
	bool *ret_is_granted)
{
	if (!str_eq(root_uri, wish->uri) && !is_collection(wish->kind))
		return fetch_root_spend(db, arena, root_uri, wish->is_item ? FETCH_SPENDS_ITEM : FETCH_SPENDS_DOCUMENT,
			ret_is_granted);
	*ret_is_granted = true;
	if (!is_collection(wish->kind) || MUTANT("fetch_cooldown"))
		return ERROR_NONE;
	struct db_values values = { .count = 0 };
	db_value_text(&values, wish->uri);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &begin_root, &values, &rows);
	if (!error)
		*ret_is_granted = rows.count > 0;
	return error;
}

static enum error has_obstacle(struct db *db, struct arena *arena, const struct fetch_wish *wish, struct str peer,
	bool *ret_has_obstacle)
{
	struct db_values values = { .count = 0 };
	db_value_text(&values, wish->uri);
	db_value_text(&values, kind_names[wish->kind]);
	db_value_text(&values, peer);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &find_obstacle, &values, &rows);
	if (!error)
		*ret_has_obstacle = db_bool(&rows, 0, 0);
	return error;
}

static enum error add_wish(struct db *db, struct arena *arena, const struct fetch_wish *wish, struct str root_uri,
	struct str peer)
{
	int64_t added = 0;
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id_new());
	db_value_text(&values, wish->uri);
	db_value_text(&values, kind_names[wish->kind]);
	db_value_text(&values, root_uri);
	db_value_int16(&values, (int16_t)wish->depth);
	db_value_bool(&values, wish->is_item);
	db_value_text(&values, peer);
	enum error error = db_change(db, arena, &add, &values, &added);
	if (!error && added)
		wake_ring_on_commit(db, WAKE_FETCHES);
	return error;
}

enum error fetch_wish(struct db *db, struct arena *arena, const struct fetch_wish *wish)
{
	AUTO(arena) struct arena *scratch = arena_new(URL_ARENA_BYTES);
	struct url url;
	bool is_obstructed = false, is_granted = false;
	struct str root_uri = wish->root_uri.data ? wish->root_uri : wish->uri;
	if ((wish->depth > FETCH_MAX_DEPTH && !MUTANT("fetch_depth")) || !url_parse(scratch, wish->uri, &url))
		return ERROR_NONE;
	enum error error = has_obstacle(db, arena, wish, url.authority, &is_obstructed);
	if (error || is_obstructed)
		return error;
	error = pay(db, arena, wish, root_uri, &is_granted);
	if (error || !is_granted)
		return error;
	return add_wish(db, arena, wish, root_uri, url.authority);
}

/* ---- work ---- */

enum error fetch_claim(struct db *db, struct arena *arena, int64_t lease_ms, struct fetch_job *ret_job)
{
	assert(!db_is_in_transaction(db));
	struct db_values values = { .count = 0 };
	db_value_int64(&values, lease_ms);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &claim, &values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	*ret_job = (struct fetch_job){
		.id = db_int64(&rows, 0, 0),
		.uri = db_text(&rows, 0, 1),
		.kind = read_kind(db_text(&rows, 0, 2)),
		.root_uri = db_text(&rows, 0, 3),
		.depth = (int)db_int64(&rows, 0, 4),
		.is_item = db_bool(&rows, 0, 5),
		.peer = db_text(&rows, 0, 6),
		.attempts = (int)db_int64(&rows, 0, 7),
		.created_us = db_time(&rows, 0, 8),
		.leased_by = db_int64(&rows, 0, 9),
	};
	return ERROR_NONE;
}

enum error fetch_next_due(struct db *db, struct arena *arena, int64_t limit_us, int64_t *ret_delay_us)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &next_due, NULL, &rows);
	if (error)
		return error;
	int64_t delay_us = rows.count ? db_time(&rows, 0, 0) - db_time(&rows, 0, 1) : limit_us;
	*ret_delay_us = delay_us < 0 ? 0 : delay_us > limit_us ? limit_us : delay_us;
	return ERROR_NONE;
}

static void begin_values(struct db_values *values, const struct fetch_job *job)
{
	values->count = 0;
	db_value_int64(values, job->id);
	db_value_int64(values, job->leased_by);
}

enum error fetch_finish(struct db *db, struct arena *arena, const struct fetch_job *job)
{
	struct db_values values;
	begin_values(&values, job);
	return db_change(db, arena, &finish, &values, NULL);
}

enum error fetch_postpone(struct db *db, struct arena *arena, const struct fetch_job *job, int64_t delay_us, bool counts,
	const char *reason)
{
	struct db_values values;
	begin_values(&values, job);
	db_value_int64(&values, delay_us);
	db_value_bool(&values, counts);
	db_value_text(&values, str_from(reason));
	return db_change(db, arena, &postpone, &values, NULL);
}

enum error fetch_postpone_peer(struct db *db, struct arena *arena, struct str peer, int64_t delay_us)
{
	struct db_values values = { .count = 0 };
	db_value_text(&values, peer);
	db_value_int64(&values, delay_us);
	return db_change(db, arena, &postpone_peer, &values, NULL);
}

enum error fetch_take_over(struct db *db, struct arena *arena, int64_t *ret_count)
{
	return db_change(db, arena, &take_over, NULL, ret_count);
}
