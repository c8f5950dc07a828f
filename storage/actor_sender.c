/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Senders: one table, one index, few columns. */
#include "storage/actor_sender.h"

#include "storage/statement.h"

static const struct statement find_many = STATEMENT("actor_sender_find_many", 1,
	"select a.id, a.uri, a.domain_id is not null, a.suspended_at is not null, a.deleted_at is not null,"
	"       a.is_handle_confirmed, a.fetched_at, a.silenced_at is not null, a.is_locked, a.kind = 'Application'"
	" from actors as a"
	" where a.uri = any ($1::text[])"
	" order by a.id"); // actors_uri_key

STATEMENT_TABLE(actor_sender_statements, &find_many);

enum error actor_sender_find_many(struct db *db, struct arena *arena, const struct str *uris, size_t count,
	struct actor_sender **ret_senders, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_text_array(&values, arena, uris, count);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &find_many, &values, &rows);
	if (error)
		return error;
	struct actor_sender *senders = arena_alloc_array(arena, (size_t)rows.count, sizeof(*senders));
	for (int row = 0; row < rows.count; row++)
		senders[row] = (struct actor_sender){
			.id = db_int64(&rows, row, 0),
			.uri = db_text(&rows, row, 1),
			.is_local = db_bool(&rows, row, 2),
			.is_suspended = db_bool(&rows, row, 3),
			.is_deleted = db_bool(&rows, row, 4),
			.is_handle_confirmed = db_bool(&rows, row, 5),
			.fetched_us = db_time(&rows, row, 6),
			.is_silenced = db_bool(&rows, row, 7),
			.is_locked = db_bool(&rows, row, 8),
			.is_instance = db_bool(&rows, row, 9),
		};
	*ret_senders = senders;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}
