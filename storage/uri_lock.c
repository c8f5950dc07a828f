/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Advisory locks on hashes of ids, always taken in the order of the hashes. Two ids with one hash wait for one another
 * without need, which is rare and harmless. */
#include "storage/uri_lock.h"

#include "base/mutant.h"
#include "storage/statement.h"

/* "uri " in ASCII: apart from the hashes that others may lock. */
static const struct statement take = STATEMENT("uri_lock_take", 1,
	"select pg_advisory_xact_lock(sorted.hash)"
	" from (select distinct hashtextextended(uri, 1970432288) as hash"
	"       from unnest($1::text[]) as uri"
	"       order by hash"
	"       offset 0) as sorted");

static const struct statement try_all = STATEMENT("uri_lock_try", 1,
	"select wanted.place - 1"
	" from unnest($1::text[]) with ordinality as wanted (uri, place)"
	" where not pg_try_advisory_xact_lock(hashtextextended(wanted.uri, 1970432288))");

STATEMENT_TABLE(uri_lock_statements, &take, &try_all);

enum error uri_lock(struct db *db, struct arena *arena, const struct str *uris, size_t count)
{
	struct str *known = arena_alloc_array(arena, count, sizeof(*known));
	size_t known_count = 0;
	for (size_t i = 0; i < count; i++)
		if (uris[i].data)
			known[known_count++] = uris[i];
	if (MUTANT("uri_lock"))
		return ERROR_NONE;
	struct db_values values = { .count = 0 };
	db_value_text_array(&values, arena, known, known_count);
	return db_change(db, arena, &take, &values, NULL);
}

enum error uri_lock_try(struct db *db, struct arena *arena, const struct str *uris, size_t count, bool *ret_is_locked)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_text_array(&values, arena, uris, count);
	enum error error = db_run(db, arena, &try_all, &values, &rows);
	if (error)
		return error;
	for (size_t i = 0; i < count; i++)
		ret_is_locked[i] = true;
	for (int row = 0; row < rows.count; row++)
		ret_is_locked[db_int64(&rows, row, 0)] = MUTANT("uri_lock_try");
	return ERROR_NONE;
}
