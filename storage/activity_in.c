/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The inbox. The uri is what makes an activity one: the first that came under it wins (CHECKLIST A15), and whoever
 * inserts another of that name is told, without the transaction being lost. */
#include "storage/activity_in.h"

#include "storage/statement.h"
#include "storage/wake.h"

static const struct statement insert = STATEMENT("activity_in_insert", 9,
	"insert into activities_in (id, uri, type, actor_uri, object_uri, body, inbox_actor_id, verified_by, received_at)"
	" values ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
	" on conflict (uri) do nothing"); // activities_in_uri_key

STATEMENT_TABLE(activity_in_statements, &insert);

static struct str proof_name(enum activity_in_proof proof)
{
	switch (proof) {
	case ACTIVITY_BY_SIGNATURE:
		return STR_LITERAL("signature");
	case ACTIVITY_BY_PROOF:
		return STR_LITERAL("proof");
	case ACTIVITY_BY_FETCH:
		return STR_LITERAL("fetch");
	}
	memory_fatal("a way of verification that is none");
}

enum error activity_in_insert(struct db *db, struct arena *arena, const struct activity_in *activity)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, activity->id);
	db_value_text(&values, activity->uri);
	db_value_text(&values, activity->type);
	db_value_text(&values, activity->actor_uri);
	db_value_text(&values, activity->object_uri);
	db_value_bytes(&values, activity->body);
	db_value_id(&values, activity->inbox_actor_id);
	db_value_text(&values, proof_name(activity->verified_by));
	db_value_time(&values, activity->received_us);
	int64_t inserted;
	enum error error = db_change(db, arena, &insert, &values, &inserted);
	if (error)
		return error;
	if (!inserted)
		return ERROR_CONFLICT;
	wake_ring_on_commit(db, WAKE_ACTIVITIES_IN);
	return ERROR_NONE;
}
