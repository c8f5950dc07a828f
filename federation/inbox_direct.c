/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Begin; store the actor; lock what nobody else has locked; insert, as done or as waiting; handle what is done by its
 * row; put right what did not have its effect; commit. */
#include "federation/inbox_direct.h"

#include "federation/federation.h"
#include "federation/inbox_batch.h"
#include "federation/remote_actor.h"
#include "storage/uri_lock.h"
#include "base/mutant.h"

#include <assert.h>

struct intake_batch {
	const struct inbox_direct *direct;
	struct inbox_step step;
	struct inbox_claim claim;
	const struct activity_in *rows[INBOX_DIRECT_MAX];
	bool waits[INBOX_DIRECT_MAX];
	enum activity_in_fate fates[INBOX_DIRECT_MAX];
};

/* What is quickly done. The rest may change a great many rows, and everyone who posts would wait for it. */
static bool is_quick(enum vocab_activity_type type)
{
	return type == VOCAB_CREATE || type == VOCAB_FOLLOW || type == VOCAB_LIKE || type == VOCAB_EMOJI_REACT;
}

static void begin_batch(struct intake_batch *batch, const struct inbox_direct *direct, struct inbox_answer *const *answers,
	size_t count)
{
	struct inbox_claim *claim = &batch->claim;
	batch->direct = direct;
	batch->step = (struct inbox_step){ .federation = direct->federation, .db = direct->db, .arena = direct->arena,
		.work_arena = direct->work_arena };
	*claim = (struct inbox_claim){ .step = &batch->step, .count = count };
	claim->rows = arena_alloc_array(direct->arena, count, sizeof(*claim->rows));
	claim->readings = arena_alloc_array(direct->arena, count, sizeof(*claim->readings));
	claim->results = arena_alloc_array(direct->arena, count, sizeof(*claim->results));
	for (size_t i = 0; i < count; i++) {
		const struct inbox_answer *answer = answers[i];
		claim->rows[i] = (struct activity_in_claimed){ .activity = answer->row };
		claim->readings[i] = (struct inbox_reading){
			.reason = inbox_batch_judge(direct->federation, &answer->row, answer->activity),
			.activity = *answer->activity,
			.document = answer->document,
		};
		claim->results[i] = (struct inbox_result){ 0 };
		batch->rows[i] = &answer->row;
		batch->waits[i] = claim->readings[i].reason || !is_quick(answer->activity->type);
	}
}

/* Whoever holds one of its ids may hold it for long: the row waits in the queue for that. */
static enum error lock(struct intake_batch *batch)
{
	struct inbox_claim *claim = &batch->claim;
	struct arena *arena = batch->direct->work_arena;
	size_t room = claim->count * INBOX_BATCH_LOCKS;
	struct str *uris = arena_alloc_array(arena, room, sizeof(*uris));
	size_t *owners = arena_alloc_array(arena, room, sizeof(*owners));
	bool *is_locked = arena_alloc_array(arena, room, sizeof(*is_locked));
	size_t count = 0;
	for (size_t i = 0; i < claim->count; i++) {
		size_t end = count + (batch->waits[i] ? 0 : inbox_batch_add_locks(claim, i, &uris[count]));
		for (; count < end; count++)
			owners[count] = i;
	}
	enum error error = count ? uri_lock_try(batch->direct->db, arena, uris, count, is_locked) : ERROR_NONE;
	for (size_t i = 0; i < count && !error; i++)
		batch->waits[owners[i]] = batch->waits[owners[i]] || !is_locked[i];
	return error;
}

static enum error handle(struct intake_batch *batch)
{
	struct inbox_claim *claim = &batch->claim;
	struct activity_in_place places[INBOX_DIRECT_MAX];
	bool is_dropped = false;
	bool has_work = false;
	for (size_t i = 0; i < claim->count; i++) {
		places[i] = (struct activity_in_place){ .turn = ACTIVITY_IN_LOST };
		if (batch->fates[i] == ACTIVITY_IN_TAKEN)
			places[i].turn = ACTIVITY_IN_OURS;
		else if (batch->fates[i] == ACTIVITY_IN_QUEUED)
			places[i].turn = ACTIVITY_IN_BEHIND;
		has_work = has_work || places[i].turn == ACTIVITY_IN_OURS;
	}
	if (!has_work)
		return ERROR_NONE;
	enum error error = inbox_batch_load_senders(claim);
	if (!error)
		error = inbox_batch_handle(claim, 0, claim->count, places, &is_dropped);
	/* To the sender those two are what the actor's own document says. */
	if ((error == ERROR_FORBIDDEN || error == ERROR_GONE) && !MUTANT("inbox_final_actor"))
		return ERROR_UNPROCESSABLE;
	return error || !is_dropped ? error : ERROR_UNPROCESSABLE;
}

static enum error settle(struct intake_batch *batch)
{
	const struct inbox_claim *claim = &batch->claim;
	struct activity_in_settlement settled[INBOX_DIRECT_MAX];
	size_t count = 0;
	for (size_t i = 0; i < claim->count; i++) {
		const struct inbox_result *result = &claim->results[i];
		if (batch->fates[i] != ACTIVITY_IN_TAKEN || result->end == INBOX_END_DONE)
			continue;
		settled[count++] = (struct activity_in_settlement){
			.id = claim->rows[i].activity.id,
			.dropped_for = result->end == INBOX_END_DROPPED ? result->reason : NULL,
		};
	}
	return count ? activity_in_settle(batch->direct->db, batch->direct->arena, settled, count) : ERROR_NONE;
}

/* Two activities of one whose document was read for both bring it twice. */
static bool is_brought_before(struct inbox_answer *const *answers, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (answers[i]->actor && str_eq(answers[i]->actor->id, answers[index]->actor->id))
			return true;
	return false;
}

enum error inbox_direct_store_actors(const struct inbox_direct *direct, struct inbox_answer *const *answers, size_t count)
{
	const struct vocab_actor *actors[INBOX_DIRECT_MAX];
	size_t actor_count = 0;
	for (size_t i = 0; i < count; i++)
		if (answers[i]->actor && !is_brought_before(answers, i))
			actors[actor_count++] = answers[i]->actor;
	return actor_count ? remote_actor_store_many(direct->federation, direct->db, direct->arena, actors, actor_count) :
		ERROR_NONE;
}

static enum error take_in(struct intake_batch *batch, struct inbox_answer *const *answers)
{
	const struct inbox_direct *direct = batch->direct;
	enum error error = db_begin(direct->db);
	if (!error)
		error = inbox_direct_store_actors(direct, answers, batch->claim.count);
	if (!error)
		error = lock(batch);
	if (!error)
		error = activity_in_take_in(direct->db, direct->arena, batch->rows, batch->claim.count, batch->waits, batch->fates);
	if (!error)
		error = handle(batch);
	if (!error)
		error = settle(batch);
	return error ? error : db_commit(direct->db);
}

/* What goes on by the queue is counted there. */
static void count_ended(const struct intake_batch *batch)
{
	for (size_t i = 0; i < batch->claim.count; i++) {
		enum inbox_end end = batch->claim.results[i].end;
		if (batch->fates[i] == ACTIVITY_IN_TAKEN && (end == INBOX_END_DONE || end == INBOX_END_DROPPED))
			inbox_batch_count(&batch->claim, i, 1);
	}
}

enum error inbox_direct_take(const struct inbox_direct *direct, struct inbox_answer *const *answers, size_t count,
	bool *ret_is_stored)
{
	struct intake_batch batch;
	assert(count > 0 && count <= INBOX_DIRECT_MAX);
	arena_reset(direct->arena);
	arena_reset(direct->work_arena);
	begin_batch(&batch, direct, answers, count);
	enum error error = take_in(&batch, answers);
	if (db_is_in_transaction(direct->db))
		db_rollback(direct->db);
	if (error)
		return error;
	for (size_t i = 0; i < count; i++)
		ret_is_stored[i] = batch.fates[i] != ACTIVITY_IN_KNOWN;
	count_ended(&batch);
	return ERROR_NONE;
}
