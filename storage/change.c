/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A snapshot says which transactions are visible. What is committed now and was not visible in the last snapshot is new,
 * in whatever order transactions began and ended. */
#include "storage/change.h"

#include "storage/db_notify.h"
#include "storage/statement.h"
#include "base/buf.h"
#include "base/clock.h"

/* Whoever has not asked for so long begins anew; rows are kept for longer than that. */
#define MAX_PAUSE_US INT64_C(120000000)
#define PRUNE_EVERY_US INT64_C(300000000)
/* More than that are a gap: forgetting everything is cheaper than hearing of each. */
#define MAX_CHANGES 20000

struct change_reader {
	struct buf snapshot; /* as text; empty at first */
	unsigned connection;
	int64_t read_us;       /* monotonic */
	struct buf old_xmin;   /* of a snapshot taken at old_xmin_us; empty for none */
	int64_t old_xmin_us;
};

static const struct statement begin = STATEMENT("change_begin", 0, "select pg_current_snapshot()::text");

static const struct statement list = STATEMENT("change_list", 2,
	"select s.snapshot::text"
	", c.kind"
	", c.id"
	" from (select pg_current_snapshot() as snapshot) as s"
	" left join (select c.kind, unnest(c.ids) as id"
	"            from changes as c"
	"            where c.xid >= pg_snapshot_xmin($1::text::pg_snapshot)"
	"              and not pg_visible_in_snapshot(c.xid, $1::text::pg_snapshot)"
	"            limit $2::bigint) as c on true"); // changes_xid

static const struct statement prune = STATEMENT("change_prune", 1,
	"delete from changes"
	" where xid < $1::text::xid8"); // changes_xid

STATEMENT_TABLE(change_statements, &begin, &list, &prune);

struct change_reader *change_reader_new(void)
{
	return memory_new(sizeof(struct change_reader));
}

void change_reader_free(struct change_reader **reader)
{
	if (!*reader)
		return;
	buf_clear(&(*reader)->snapshot);
	buf_clear(&(*reader)->old_xmin);
	memory_free(*reader);
	*reader = NULL;
}

static bool is_continuous(const struct change_reader *reader, const struct db *db)
{
	return reader->snapshot.len && reader->connection == db_connection_number(db) &&
		clock_monotonic_us() - reader->read_us < MAX_PAUSE_US;
}

static enum error ask(const struct change_reader *reader, struct db *db, struct arena *arena, bool is_first,
	struct db_rows *ret_rows)
{
	struct db_values values = { .count = 0 };
	if (is_first)
		return db_run(db, arena, &begin, &values, ret_rows);
	db_value_text(&values, buf_str(&reader->snapshot));
	db_value_int64(&values, MAX_CHANGES + 1);
	return db_run(db, arena, &list, &values, ret_rows);
}

static void remember(struct change_reader *reader, const struct db *db, int64_t began_us, struct str snapshot)
{
	buf_clear(&reader->snapshot);
	buf_add_str(&reader->snapshot, snapshot);
	reader->connection = db_connection_number(db);
	reader->read_us = began_us;
	if (reader->old_xmin.len)
		return;
	buf_add_str(&reader->old_xmin, str_slice(snapshot, 0, str_index_of(snapshot, ':', 0)));
	reader->old_xmin_us = began_us;
}

enum error change_read(struct change_reader *reader, struct db *db, struct arena *arena, struct change **ret_changes,
	size_t *ret_count, bool *ret_has_gap)
{
	bool is_first = !is_continuous(reader, db);
	int64_t began_us = clock_monotonic_us();
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = ask(reader, db, arena, is_first, &rows);
	/* A statement outside of a transaction may have been run again on a new connection. */
	bool has_gap = is_first || reader->connection != db_connection_number(db) ||
		(!error && rows.count > MAX_CHANGES);
	if (error) {
		buf_clear(&reader->snapshot);
		return error;
	}
	remember(reader, db, began_us, db_text(&rows, 0, 0));
	*ret_has_gap = has_gap;
	*ret_count = 0;
	if (has_gap)
		return ERROR_NONE;
	struct change *changes = arena_alloc_array(arena, (size_t)rows.count, sizeof(*changes));
	size_t count = 0;
	for (int i = 0; i < rows.count; i++)
		if (!db_is_null(&rows, i, 1))
			changes[count++] = (struct change){ (enum change_kind)db_int64(&rows, i, 1), db_int64(&rows, i, 2) };
	*ret_changes = changes;
	*ret_count = count;
	return ERROR_NONE;
}

enum error change_prune(struct change_reader *reader, struct db *db, struct arena *arena)
{
	if (!reader->old_xmin.len || clock_monotonic_us() - reader->old_xmin_us < PRUNE_EVERY_US)
		return ERROR_NONE;
	struct db_values values = { .count = 0 };
	db_value_text(&values, buf_str(&reader->old_xmin));
	enum error error = db_change(db, arena, &prune, &values, NULL);
	buf_clear(&reader->old_xmin);
	return error;
}
