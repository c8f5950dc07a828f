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

STATEMENT_TABLE(uri_lock_statements, &take);

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
