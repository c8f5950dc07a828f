/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Muted threads. */
#include "storage/conversation_mute.h"

#include "storage/statement.h"

static const struct statement add = STATEMENT("conversation_mute_add", 2,
	"insert into conversation_mutes (actor_id, conversation_id)"
	" values ($1, $2)"
	" on conflict do nothing"); // conversation_mutes_pkey

static const struct statement remove_one = STATEMENT("conversation_mute_remove", 2,
	"delete from conversation_mutes"
	" where actor_id = $1"
	"   and conversation_id = $2"); // conversation_mutes_pkey

STATEMENT_TABLE(conversation_mute_statements, &add, &remove_one);

static enum error change(struct db *db, struct arena *arena, const struct statement *statement, int64_t actor_id,
	int64_t conversation_id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_int64(&values, conversation_id);
	return db_change(db, arena, statement, &values, NULL);
}

enum error conversation_mute_add(struct db *db, struct arena *arena, int64_t actor_id, int64_t conversation_id)
{
	return change(db, arena, &add, actor_id, conversation_id);
}

enum error conversation_mute_remove(struct db *db, struct arena *arena, int64_t actor_id, int64_t conversation_id)
{
	return change(db, arena, &remove_one, actor_id, conversation_id);
}
