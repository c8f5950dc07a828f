/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The queue of jobs. */
#include "storage/job.h"

#include "storage/id.h"
#include "storage/statement.h"
#include "storage/wake.h"

/* One that runs at this moment is done with what it read: as a new row the job outlives the end of that run. */
static const struct statement add = STATEMENT("job_add", 5,
	"insert into jobs (id, kind, key, payload, due_at)"
	" values ($1, $2, $3, $4::text::jsonb, coalesce($5::timestamptz, now()))"
	" on conflict (kind, key) where key is not null"
	" do update"
	" set id = case when jobs.leased_until > now() then excluded.id else jobs.id end,"
	"     leased_until = null,"
	"     payload = excluded.payload,"
	"     due_at = least(jobs.due_at, excluded.due_at),"
	"     state = 'waiting'"); // jobs_kind_key

static const struct statement add_blindly = STATEMENT("job_add_blindly", 5,
	"insert into jobs (id, kind, key, payload, due_at)"
	" values ($1, $2, $3, $4::text::jsonb, coalesce($5::timestamptz, now()))"
	" on conflict do nothing"); // jobs_kind_key

static const struct statement claim = STATEMENT("job_claim", 3,
	"update jobs"
	" set leased_until = now() + make_interval(secs => ($3::bigint[])[array_position($1::text[], kind)]),"
	"     attempts = least(attempts + 1, 32000)"
	" where id in ("
	"   select j.id"
	"   from jobs as j"
	"   where j.state = 'waiting'"
	"     and j.due_at <= now()"
	"     and j.kind = any ($1::text[])"
	"     and (j.leased_until is null or j.leased_until < now())"
	"   order by j.due_at, j.id"
	"   limit $2"
	"   for update skip locked)"
	" returning id, kind, key, payload::text, attempts"); // jobs_due, jobs_pkey

static const struct statement finish = STATEMENT("job_done", 1,
	"delete from jobs"
	" where id = $1"); // jobs_pkey

static const struct statement put_off = STATEMENT("job_put_off", 3,
	"update jobs"
	" set due_at = $2,"
	"     leased_until = null,"
	"     last_error = $3,"
	"     attempts = case when $3::text is null then 0 else attempts end"
	" where id = $1"); // jobs_pkey

static const struct statement set_aside = STATEMENT("job_set_aside", 2,
	"update jobs"
	" set state = 'set_aside',"
	"     leased_until = null,"
	"     last_error = $2"
	" where id = $1"); // jobs_pkey

static const struct statement remove_one = STATEMENT("job_remove", 2,
	"delete from jobs"
	" where kind = $1"
	"   and key = $2"); // jobs_kind_key

static const struct statement next_due = STATEMENT("job_next_due", 1,
	"select j.due_at"
	" from jobs as j"
	" where j.state = 'waiting'"
	"   and j.kind = any ($1::text[])"
	"   and (j.leased_until is null or j.leased_until < now())"
	" order by j.due_at, j.id"
	" limit 1"); // jobs_due

STATEMENT_TABLE(job_statements, &add, &add_blindly, &claim, &finish, &put_off, &set_aside, &remove_one, &next_due);

enum error job_add(struct db *db, struct arena *arena, struct str kind, struct str key, struct str payload, int64_t due_us)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id_new());
	db_value_text(&values, kind);
	db_value_text(&values, key);
	db_value_text(&values, payload.data ? payload : STR_LITERAL("{}"));
	if (due_us)
		db_value_time(&values, due_us);
	else
		db_value_null(&values);
	enum error error = db_change(db, arena, db_role_of(db) == DB_FEDERATION ? &add_blindly : &add, &values, NULL);
	if (!error)
		wake_ring_on_commit(db, WAKE_JOBS);
	return error;
}

enum error job_claim(struct db *db, struct arena *arena, const struct str *kinds, const int64_t *leases_s,
	size_t kind_count, int limit, struct job **ret_jobs, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_text_array(&values, arena, kinds, kind_count);
	db_value_int64(&values, limit);
	db_value_int64_array(&values, arena, leases_s, kind_count);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &claim, &values, &rows);
	if (error)
		return error;
	struct job *jobs = arena_alloc_array(arena, (size_t)rows.count, sizeof(*jobs));
	for (int row = 0; row < rows.count; row++)
		jobs[row] = (struct job){
			.id = db_int64(&rows, row, 0),
			.kind = db_text(&rows, row, 1),
			.key = db_text(&rows, row, 2),
			.payload = db_text(&rows, row, 3),
			.attempts = (int)db_int64(&rows, row, 4),
		};
	*ret_jobs = jobs;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error job_done(struct db *db, struct arena *arena, int64_t id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	return db_change(db, arena, &finish, &values, NULL);
}

enum error job_put_off(struct db *db, struct arena *arena, int64_t id, int64_t due_us, struct str error_name)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	db_value_time(&values, due_us);
	db_value_text(&values, error_name);
	return db_change(db, arena, &put_off, &values, NULL);
}

enum error job_set_aside(struct db *db, struct arena *arena, int64_t id, struct str error_name)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	db_value_text(&values, error_name);
	return db_change(db, arena, &set_aside, &values, NULL);
}

enum error job_remove(struct db *db, struct arena *arena, struct str kind, struct str key)
{
	int64_t affected;
	struct db_values values = { .count = 0 };
	db_value_text(&values, kind);
	db_value_text(&values, key);
	enum error error = db_change(db, arena, &remove_one, &values, &affected);
	if (!error && !affected)
		return ERROR_NOT_FOUND;
	return error;
}

enum error job_next_due(struct db *db, struct arena *arena, const struct str *kinds, size_t kind_count, int64_t *ret_due_us)
{
	struct db_values values = { .count = 0 };
	db_value_text_array(&values, arena, kinds, kind_count);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &next_due, &values, &rows);
	if (error)
		return error;
	*ret_due_us = rows.count ? db_time(&rows, 0, 0) : INT64_MAX;
	return ERROR_NONE;
}
