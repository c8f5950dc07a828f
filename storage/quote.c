/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Authorizations of quotes by their ids. */
#include "storage/quote.h"

#include "storage/statement.h"

static const struct statement revoke = STATEMENT("quote_revoke", 2,
	"update posts as q"
	" set quote_state = 'revoked', revision = q.revision + 1"
	" where q.quote_authorization_uri = $1"
	"   and q.quote_state in ('pending', 'accepted')"
	"   and (q.quote_id is null or exists (select from posts as p where p.id = q.quote_id and p.actor_id = $2))"
	" returning q.id, q.fetched_at is null"); // posts_quote_authorization_uri, posts_pkey

STATEMENT_TABLE(quote_statements, &revoke);

enum error quote_revoke(struct db *db, struct arena *arena, struct str authorization_uri, int64_t actor_id,
	int64_t **ret_post_ids, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_text(&values, authorization_uri);
	db_value_int64(&values, actor_id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &revoke, &values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	int64_t *ids = arena_alloc_array(arena, (size_t)rows.count, sizeof(*ids));
	size_t count = 0;
	for (int row = 0; row < rows.count; row++) {
		if (db_bool(&rows, row, 1))
			ids[count++] = db_int64(&rows, row, 0);
	}
	*ret_post_ids = ids;
	*ret_count = count;
	return ERROR_NONE;
}
