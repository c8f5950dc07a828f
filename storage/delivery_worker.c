/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Who holds deliveries. A worker shows that it lives in two ways: by a lock that goes with its connection, so that a
 * process that was killed is known to be gone at once, and by a lease, for one that is cut off. */
#include "storage/delivery.h"

#include "storage/statement.h"

#define STRINGIFY(number) #number
#define NUMBER(macro) STRINGIFY(macro)

static const struct statement renew = STATEMENT("delivery_worker_renew", 1,
	"insert into delivery_workers as w (id, alive_until)"
	" values ($1, now() + " NUMBER(DELIVERY_LEASE_MS) " * interval '1 millisecond')"
	" on conflict (id) do update"
	" set alive_until = excluded.alive_until"
	" returning w.xmax = 0, pg_try_advisory_lock(w.id)"); // delivery_workers_pkey

/* The distinct holders are found by jumping through the index from one to the next. */
static const struct statement reap = STATEMENT("delivery_worker_reap", 1,
	"with recursive gone as ("
	"  delete from delivery_workers"
	"  where id <> $1"
	"    and (alive_until < now() or pg_try_advisory_xact_lock(id))"
	"  returning id"
	"), holders (id) as ("
	"  select min(leased_by) from deliveries where leased_by is not null"
	"  union all"
	"  select (select min(leased_by) from deliveries where leased_by > h.id) from holders as h where h.id is not null"
	"), freed as ("
	"  update deliveries as d"
	"  set leased_by = null"
	"  from holders as h"
	"  where d.leased_by = h.id"
	"    and h.id <> $1"
	"    and (h.id in (select id from gone)"
	"         or not exists (select from delivery_workers as w where w.id = h.id))"
	"  returning 1"
	")"
	" select count(*) from freed"); // deliveries_leased, delivery_workers_pkey

static const struct statement end = STATEMENT("delivery_worker_end", 1,
	"with freed as ("
	"  update deliveries"
	"  set leased_by = null"
	"  where leased_by = $1"
	")"
	" delete from delivery_workers"
	" where id = $1"); // deliveries_leased, delivery_workers_pkey

STATEMENT_TABLE(delivery_worker_statements, &renew, &reap, &end);

enum error delivery_worker_renew(struct db *db, struct arena *arena, int64_t worker_id, bool *ret_is_new)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, worker_id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &renew, &values, &rows);
	if (!error)
		*ret_is_new = db_bool(&rows, 0, 0);
	return error;
}

enum error delivery_worker_reap(struct db *db, struct arena *arena, int64_t worker_id, int64_t *ret_freed)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, worker_id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &reap, &values, &rows);
	if (!error)
		*ret_freed = db_int64(&rows, 0, 0);
	return error;
}

enum error delivery_worker_end(struct db *db, struct arena *arena, int64_t worker_id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, worker_id);
	return db_change(db, arena, &end, &values, NULL);
}
