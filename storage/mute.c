/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Mutes; the lists of them are read by relation.c. */
#include "storage/mute.h"

#include "storage/event.h"
#include "storage/id.h"
#include "storage/statement.h"

static const struct statement set = STATEMENT("mute_set", 5,
	"insert into mutes (id, muter_id, muted_id, hides_notifications, expires_at)"
	" select $1, muter.id, muted.id, $4, $5"
	" from actors as muter, actors as muted"
	" where muter.id = $2"
	"   and muted.id = $3"
	" on conflict (muter_id, muted_id) do update"
	" set hides_notifications = excluded.hides_notifications,"
	"     expires_at = excluded.expires_at"); // actors_pkey, mutes_muter_id_muted_id_key

static const struct statement remove_one = STATEMENT("mute_remove", 2,
	"delete from mutes"
	" where muter_id = $1"
	"   and muted_id = $2"); // mutes_muter_id_muted_id_key

STATEMENT_TABLE(mute_statements, &set, &remove_one);

enum error mute_set(struct db *db, struct arena *arena, const struct mute *mute)
{
	if (mute->muter_id == mute->muted_id)
		return ERROR_UNPROCESSABLE;
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id_new());
	db_value_int64(&values, mute->muter_id);
	db_value_int64(&values, mute->muted_id);
	db_value_bool(&values, mute->hides_notifications);
	if (mute->expires_us)
		db_value_time(&values, mute->expires_us);
	else
		db_value_null(&values);
	int64_t affected = 0;
	enum error error = db_change(db, arena, &set, &values, &affected);
	if (error)
		return error;
	if (!affected)
		return ERROR_NOT_FOUND;
	event_emit_on_commit(db, EVENT_RELATIONS_CHANGED, 0, mute->muter_id);
	return ERROR_NONE;
}

enum error mute_remove(struct db *db, struct arena *arena, int64_t muter_id, int64_t muted_id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, muter_id);
	db_value_int64(&values, muted_id);
	int64_t affected = 0;
	enum error error = db_change(db, arena, &remove_one, &values, &affected);
	if (error)
		return error;
	if (!affected)
		return ERROR_NOT_FOUND;
	event_emit_on_commit(db, EVENT_RELATIONS_CHANGED, 0, muter_id);
	return ERROR_NONE;
}
