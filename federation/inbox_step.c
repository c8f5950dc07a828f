/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The step in detail: claim; load the actors of all rows with one statement; in groups, read the documents, begin, lock
 * all that they name in one order, look whose turn it is, handle each, mark them done, commit. */
#include "federation/inbox_step.h"

#include "federation/federation.h"
#include "federation/inbox_handler.h"
#include "federation/inbox_post.h"
#include "federation/inbox_worker.h"
#include "federation/policy.h"
#include "storage/activity_in_queue.h"
#include "storage/actor_sender.h"
#include "storage/uri_lock.h"
#include "base/clock.h"
#include "base/json_in.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/mutant.h"

#include <assert.h>

#define CLAIM_LIMIT INBOX_STEP_ROWS
#define GROUP_LIMIT INBOX_STEP_ROWS
/* Of bodies in a group: what is read of them takes up to 32 times as much. */
#define GROUP_MAX_BYTES ((size_t)1 << 20)
#define LOCKS_MAX 4 /* of one activity */
#define LEASE_MS 120000
#define BEHIND_PAUSE_US 100000          /* while another worker has the earlier one */
#define DATABASE_PAUSE_US 1000000
#define FIRST_BACKOFF_US ((int64_t)30 * 1000000) /* times four each */
#define ACTOR_STALE_US ((int64_t)7 * 24 * 3600 * 1000000)
#define HANDLE_STALE_US ((int64_t)24 * 3600 * 1000000)

enum end {
	END_NONE,    /* not handled, or rolled back */
	END_DONE,
	END_DROPPED,
	END_PARKED,
	END_BEHIND,
	END_LOST,
};

struct result {
	enum end end;
	bool is_early;        /* END_DONE, together with others of its group */
	bool has_written;     /* END_DROPPED: what its handler wrote must go */
	const char *reason;   /* END_DROPPED */
	struct str uri;       /* END_PARKED, END_BEHIND a parked one */
	enum fetch_kind kind; /* END_PARKED */
	int64_t due_us;       /* END_BEHIND */
};

/* An activity as it was read, for the time of its group. */
struct reading {
	const char *reason; /* to drop it at once; NULL for none */
	struct vocab_activity activity;
	json_t *document;
};

/* The whole of the actors whose activities go one by one; loaded when the first of them is handled. */
struct known_actors {
	bool is_loaded;
	struct actor *actors;
	size_t count;
};

struct claim {
	const struct inbox_step *step;
	struct activity_in_claimed *rows;
	struct reading *readings;
	struct result *results;
	size_t count;
	struct actor_sender *senders; /* of all rows */
	size_t sender_count;
	struct known_actors *known;
};

static struct metric metrics[] = {
	[END_NONE] = METRIC_LABELLED("comptoir_inbox_activities_total", "Accepted activities by what came of them", METRIC_COUNTER,
		"outcome", "failed"),
	[END_DONE] = METRIC_LABELLED("comptoir_inbox_activities_total", "Accepted activities by what came of them", METRIC_COUNTER,
		"outcome", "done"),
	[END_DROPPED] = METRIC_LABELLED("comptoir_inbox_activities_total", "Accepted activities by what came of them", METRIC_COUNTER,
		"outcome", "dropped"),
	[END_PARKED] = METRIC_LABELLED("comptoir_inbox_activities_total", "Accepted activities by what came of them", METRIC_COUNTER,
		"outcome", "parked"),
	[END_BEHIND] = METRIC_LABELLED("comptoir_inbox_activities_total", "Accepted activities by what came of them", METRIC_COUNTER,
		"outcome", "behind"),
	[END_LOST] = METRIC_LABELLED("comptoir_inbox_activities_total", "Accepted activities by what came of them", METRIC_COUNTER,
		"outcome", "lost"),
};
static struct metric set_aside_metric = METRIC_LABELLED("comptoir_inbox_activities_total",
	"Accepted activities by what came of them", METRIC_COUNTER, "outcome", "set_aside");

/* ---- reading one activity ---- */

/* Who is heard from and was not read for long is read anew, beside all this; sooner while nobody confirmed the handle. */
static enum error refresh_stale(const struct claim *claim)
{
	enum error error = ERROR_NONE;
	int64_t now_us = clock_now_us();
	for (size_t i = 0; i < claim->sender_count && !error; i++) {
		const struct actor_sender *actor = &claim->senders[i];
		int64_t stale_us = actor->is_handle_confirmed ? ACTOR_STALE_US : HANDLE_STALE_US;
		if (actor->is_local || actor->is_suspended || now_us - actor->fetched_us <= stale_us)
			continue;
		const struct fetch_wish wish = { .uri = actor->uri, .kind = FETCH_ACTOR };
		error = fetch_wish(claim->step->db, claim->step->arena, &wish);
	}
	return error;
}

/* Each once; of what is done already, none. */
static struct str *list_senders(const struct claim *claim, size_t *ret_count)
{
	struct str *uris = arena_alloc_array(claim->step->arena, claim->count, sizeof(*uris));
	size_t count = 0;
	for (size_t i = 0; i < claim->count; i++) {
		bool is_known = claim->results[i].is_early;
		for (size_t j = 0; j < count && !is_known; j++)
			is_known = str_eq(uris[j], claim->rows[i].activity.actor_uri);
		if (!is_known)
			uris[count++] = claim->rows[i].activity.actor_uri;
	}
	*ret_count = count;
	return uris;
}

static enum error load_senders(struct claim *claim)
{
	size_t count;
	struct str *uris = list_senders(claim, &count);
	claim->known = arena_alloc(claim->step->arena, sizeof(*claim->known));
	enum error error = actor_sender_find_many(claim->step->db, claim->step->arena, uris, count, &claim->senders,
		&claim->sender_count);
	return error ? error : refresh_stale(claim);
}

static enum error load_known(const struct claim *claim)
{
	size_t count;
	struct known_actors *known = claim->known;
	if (known->is_loaded)
		return ERROR_NONE;
	struct str *uris = list_senders(claim, &count);
	enum error error =
		actor_find_many_by_uri(claim->step->db, claim->step->arena, uris, count, &known->actors, &known->count);
	known->is_loaded = !error;
	return error;
}

/* Whether an earlier one of this claim may have changed the row of the actor. */
static bool is_actor_stale(const struct claim *claim, size_t index)
{
	static const struct str plain[] = { STR("Create"), STR("Announce"), STR("Like"), STR("EmojiReact") };
	for (size_t i = 0; i < index; i++) {
		if (!str_eq(claim->rows[i].activity.actor_uri, claim->rows[index].activity.actor_uri))
			continue;
		bool is_plain = false;
		for (size_t k = 0; k < sizeof(plain) / sizeof(plain[0]) && !is_plain; k++)
			is_plain = str_eq(claim->rows[i].activity.type, plain[k]);
		if (!is_plain)
			return true;
	}
	return false;
}

static enum error find_actor(const struct claim *claim, size_t index, struct inbox_context *context)
{
	struct str uri = claim->rows[index].activity.actor_uri;
	if (is_actor_stale(claim, index))
		return actor_find_by_uri(context->db, context->arena, uri, &context->actor);
	enum error error = load_known(claim);
	if (error)
		return error;
	for (size_t i = 0; i < claim->known->count; i++) {
		if (str_eq(claim->known->actors[i].uri, uri)) {
			context->actor = claim->known->actors[i];
			return ERROR_NONE;
		}
	}
	/* Done early, and now the other way after all. */
	return actor_find_by_uri(context->db, context->arena, uri, &context->actor);
}

/* Enough of the actor for inbox_create_many. */
static bool fill_sender(const struct claim *claim, size_t index, struct actor *ret_actor)
{
	for (size_t i = 0; i < claim->sender_count; i++) {
		const struct actor_sender *sender = &claim->senders[i];
		if (!str_eq(sender->uri, claim->rows[index].activity.actor_uri))
			continue;
		ret_actor->id = sender->id;
		ret_actor->uri = sender->uri;
		return !sender->is_local && !sender->is_suspended && !sender->is_deleted;
	}
	return false;
}

/* What is decided about an activity before its handler is asked. NULL: nothing against it. */
static const char *judge(const struct federation *federation, const struct activity_in *row,
	const struct vocab_activity *activity)
{
	if (!str_eq(activity->actor_id, row->actor_uri) || !str_eq(activity->id, row->uri))
		return "another_activity";
	if (policy_judge_url(federation->policy, row->actor_uri).verdict == POLICY_REFUSED && !MUTANT("inbox_policy"))
		return "policy";
	if (!inbox_handler_of(activity->type))
		return "type";
	return NULL;
}

static const char *judge_actor(const struct actor *actor)
{
	if (actor->is_local)
		return "local_actor";
	if ((actor->is_suspended || actor->is_deleted) && !MUTANT("inbox_suspended_actor"))
		return "suspended_actor";
	return NULL;
}

static const char *read_row(const struct inbox_step *step, const struct activity_in *row, struct reading *reading)
{
	struct vocab_rules rules = { .received_us = row->received_us, .allows_http = step->federation->allows_http };
	if (json_in_parse(row->body, NULL, &reading->document))
		return "json";
	if (vocab_read_activity(step->work_arena, reading->document, &rules, &reading->activity))
		return "vocabulary";
	return judge(step->federation, row, &reading->activity);
}

static void read_group(const struct claim *claim, size_t first, size_t count)
{
	arena_reset(claim->step->work_arena);
	for (size_t i = first; i < first + count; i++) {
		claim->readings[i] = (struct reading){ 0 };
		claim->readings[i].reason = read_row(claim->step, &claim->rows[i].activity, &claim->readings[i]);
	}
}

static void forget_group(const struct claim *claim, size_t first, size_t count)
{
	for (size_t i = first; i < first + count; i++) {
		json_decref(claim->readings[i].document);
		claim->readings[i].document = NULL;
	}
}

static size_t add_locks(const struct claim *claim, size_t index, struct str *uris)
{
	const struct activity_in *row = &claim->rows[index].activity;
	const struct reading *reading = &claim->readings[index];
	size_t count = 0;
	uris[count++] = row->actor_uri;
	uris[count++] = row->object_uri;
	if (reading->reason || reading->activity.object_count != 1 || !reading->activity.objects[0].object)
		return count;
	uris[count++] = reading->activity.objects[0].object->in_reply_to;
	uris[count++] = reading->activity.objects[0].object->quote;
	return count;
}

/* In one call, so that two transactions do not wait for one another in a ring. */
static enum error lock_group(const struct claim *claim, size_t first, size_t count)
{
	struct str *uris = arena_alloc_array(claim->step->work_arena, count * LOCKS_MAX, sizeof(*uris));
	size_t uri_count = 0;
	for (size_t i = first; i < first + count; i++)
		uri_count += add_locks(claim, i, &uris[uri_count]);
	return uri_lock(claim->step->db, claim->step->work_arena, uris, uri_count);
}

static enum error handle(const struct claim *claim, size_t index, struct inbox_context *context)
{
	const struct reading *reading = &claim->readings[index];
	if (reading->reason)
		return inbox_drop(context, reading->reason);
	context->activity = &reading->activity;
	context->document = reading->document;
	enum error error = find_actor(claim, index, context);
	if (error == ERROR_NOT_FOUND) {
		if (reading->activity.type == VOCAB_DELETE)
			return inbox_delete_by_stranger(context);
		return inbox_park(context, context->row->actor_uri, FETCH_ACTOR);
	}
	if (error)
		return error;
	const char *reason = judge_actor(&context->actor);
	if (reason)
		return inbox_drop(context, reason);
	return inbox_handler_of(reading->activity.type)(context);
}

static void fill_context(const struct claim *claim, size_t index, struct inbox_context *ret_context)
{
	const struct activity_in_claimed *row = &claim->rows[index];
	*ret_context = (struct inbox_context){
		.federation = claim->step->federation,
		.db = claim->step->db,
		.arena = claim->step->work_arena,
		.row = &row->activity,
		.now_us = clock_now_us(),
		.is_wanted_nowhere = row->is_wanted_nowhere,
		.outcome = INBOX_DROPPED,
		.reason = "no_outcome",
	};
}

static enum error handle_row(const struct claim *claim, size_t index)
{
	struct result *result = &claim->results[index];
	struct inbox_context context;
	fill_context(claim, index, &context);
	uint64_t writes = db_write_count(context.db);
	enum error error = handle(claim, index, &context);
	if (error)
		return error;
	result->has_written = db_write_count(context.db) != writes;
	switch (context.outcome) {
	case INBOX_DONE:
		result->end = END_DONE;
		break;
	case INBOX_DROPPED:
		result->end = END_DROPPED;
		result->reason = context.reason;
		break;
	case INBOX_PARKED:
		result->end = END_PARKED;
		result->uri = arena_str(claim->step->arena, context.wanted.uri);
		result->kind = context.wanted.kind;
		break;
	}
	return ERROR_NONE;
}

/* ---- groups ---- */

/* An earlier one of this group, by the same actor about the same object, that has to wait. */
static const struct result *earlier_in_wait(const struct claim *claim, size_t first, size_t index)
{
	const struct activity_in *later = &claim->rows[index].activity;
	for (size_t i = first; i < index && later->object_uri.data; i++) {
		const struct activity_in *earlier = &claim->rows[i].activity;
		const struct result *result = &claim->results[i];
		if ((result->end == END_PARKED || result->end == END_BEHIND) && str_eq(earlier->object_uri, later->object_uri) &&
			str_eq(earlier->actor_uri, later->actor_uri) && !MUTANT("inbox_order"))
			return result;
	}
	return NULL;
}

static enum error handle_in_turn(const struct claim *claim, size_t first, size_t index, const struct activity_in_place *place)
{
	struct result *result = &claim->results[index];
	const struct result *earlier = earlier_in_wait(claim, first, index);
	*result = (struct result){ .end = END_LOST };
	if (place->turn == ACTIVITY_IN_LOST)
		return ERROR_NONE;
	if (earlier) {
		*result = (struct result){ .end = END_BEHIND, .uri = earlier->uri, .due_us = earlier->due_us };
		return ERROR_NONE;
	}
	if (place->turn == ACTIVITY_IN_BEHIND) {
		*result = (struct result){ .end = END_BEHIND, .uri = place->parked_uri, .due_us = place->due_us };
		return ERROR_NONE;
	}
	result->end = END_NONE;
	return handle_row(claim, index);
}

/* Nothing before it in the group can change what becomes of it. */
static bool may_be_early(const struct claim *claim, size_t first, size_t count, size_t index,
	const struct activity_in_place *place)
{
	const struct activity_in_claimed *row = &claim->rows[index];
	if (place->turn != ACTIVITY_IN_OURS || claim->readings[index].reason || row->is_wanted_nowhere ||
		claim->readings[index].activity.type != VOCAB_CREATE || is_actor_stale(claim, index))
		return false;
	for (size_t i = first; i < first + count; i++)
		if (i != index && str_eq(claim->rows[i].activity.object_uri, row->activity.object_uri))
			return false;
	return true;
}

/* Creates that came together are mostly posts that nothing is to be said about: those are stored together, the rest of
 * the group goes on one by one. */
static enum error handle_early(const struct claim *claim, size_t first, size_t count, const struct activity_in_place *places)
{
	struct arena *arena = claim->step->work_arena;
	struct inbox_context *contexts = arena_alloc_array(arena, count, sizeof(*contexts));
	struct inbox_context **chosen = arena_alloc_array(arena, count, sizeof(struct inbox_context *));
	size_t *indexes = arena_alloc_array(arena, count, sizeof(*indexes));
	bool *is_done = arena_alloc_array(arena, count, sizeof(*is_done));
	size_t chosen_count = 0;
	for (size_t i = 0; i < count; i++) {
		struct inbox_context *context = &contexts[i];
		if (!may_be_early(claim, first, count, first + i, &places[i]))
			continue;
		fill_context(claim, first + i, context);
		context->activity = &claim->readings[first + i].activity;
		context->document = claim->readings[first + i].document;
		if (!fill_sender(claim, first + i, &context->actor))
			continue;
		is_done[chosen_count] = false;
		indexes[chosen_count] = first + i;
		chosen[chosen_count++] = context;
	}
	enum error error = inbox_create_many(chosen, chosen_count, is_done);
	for (size_t i = 0; i < chosen_count && !error; i++)
		if (is_done[i])
			claim->results[indexes[i]] = (struct result){ .end = END_DONE, .is_early = true };
	return error;
}

static bool is_too_old(const struct activity_in_claimed *row)
{
	return row->activity.received_us < clock_now_us() - INBOX_MAX_AGE_US && !MUTANT("inbox_age");
}

static enum error set_aside(const struct claim *claim, const struct activity_in_claimed *row, const char *reason)
{
	metric_add(&set_aside_metric, 1);
	log_event(LOG_LEVEL_INFO, "activity_set_aside", LOG_INT("id", row->activity.id), LOG_STR("type", row->activity.type),
		LOG_TEXT("reason", reason));
	return activity_in_set_aside(claim->step->db, claim->step->arena, row, reason);
}

static enum error park(const struct claim *claim, size_t index)
{
	const struct activity_in_claimed *row = &claim->rows[index];
	const struct result *result = &claim->results[index];
	if (is_too_old(row))
		return set_aside(claim, row, "waited for a document for too long");
	if (row->parks >= INBOX_MAX_PARKS && !MUTANT("inbox_parks"))
		return set_aside(claim, row, "waited for too many documents");
	struct fetch_wish wish = { .uri = result->uri, .kind = result->kind };
	/* Whoever ends a wish for it right now does so before, and there is a new wish, or after, and wakes this row. */
	enum error error = uri_lock(claim->step->db, claim->step->arena, &wish.uri, 1);
	if (!error)
		error = fetch_wish(claim->step->db, claim->step->arena, &wish);
	return error ? error : activity_in_park(claim->step->db, claim->step->arena, row, result->uri, true);
}

static enum error wait_behind(const struct claim *claim, size_t index)
{
	const struct activity_in_claimed *row = &claim->rows[index];
	const struct result *result = &claim->results[index];
	if (result->uri.data)
		return activity_in_park(claim->step->db, claim->step->arena, row, result->uri, false);
	int64_t soon_us = clock_now_us() + BEHIND_PAUSE_US;
	int64_t due_us = result->due_us > soon_us ? result->due_us : soon_us;
	return activity_in_postpone(claim->step->db, claim->step->arena, row, due_us, false, NULL);
}

static enum error end_rows(const struct claim *claim, size_t first, size_t count)
{
	int64_t *ids = arena_alloc_array(claim->step->arena, count, sizeof(*ids));
	size_t done = 0;
	enum error error = ERROR_NONE;
	for (size_t i = first; i < first + count && !error; i++) {
		switch (claim->results[i].end) {
		case END_DONE:
			ids[done++] = claim->rows[i].activity.id;
			break;
		case END_DROPPED:
			error = activity_in_drop(claim->step->db, claim->step->arena, &claim->rows[i], claim->results[i].reason);
			break;
		case END_PARKED:
			error = park(claim, i);
			break;
		case END_BEHIND:
			error = wait_behind(claim, i);
			break;
		case END_NONE:
		case END_LOST:
			break;
		}
	}
	if (!error && done)
		error = activity_in_done(claim->step->db, claim->step->arena, ids, done);
	return error;
}

static enum error handle_all(const struct claim *claim, size_t first, size_t count, bool *ret_is_dropped)
{
	struct activity_in_place *places = NULL;
	enum error error = lock_group(claim, first, count);
	if (!error)
		error = activity_in_check(claim->step->db, claim->step->arena, &claim->rows[first], count, &places);
	for (size_t i = first; i < first + count; i++)
		claim->results[i] = (struct result){ 0 };
	if (!error && count > 1)
		error = handle_early(claim, first, count, places);
	for (size_t i = 0; i < count && !error && !*ret_is_dropped; i++) {
		if (claim->results[first + i].is_early)
			continue;
		error = handle_in_turn(claim, first, first + i, &places[i]);
		const struct result *result = &claim->results[first + i];
		*ret_is_dropped = !error && result->end == END_DROPPED && result->has_written;
	}
	return error;
}

/* One transaction. *ret_is_dropped: rolled back because a handler wrote something and then dropped its activity. */
static enum error handle_group(const struct claim *claim, size_t first, size_t count, bool *ret_is_dropped)
{
	struct db *db = claim->step->db;
	*ret_is_dropped = false;
	read_group(claim, first, count);
	enum error error = db_begin(db);
	if (!error)
		error = handle_all(claim, first, count, ret_is_dropped);
	forget_group(claim, first, count);
	if (!error && !*ret_is_dropped)
		error = end_rows(claim, first, count);
	if (error || *ret_is_dropped) {
		db_rollback(db);
		return error;
	}
	return db_commit(db);
}

static void count_results(const struct claim *claim, size_t first, size_t count)
{
	for (size_t i = first; i < first + count; i++) {
		const struct result *result = &claim->results[i];
		metric_add(&metrics[result->end], 1);
		if (result->end == END_DROPPED)
			log_event(LOG_LEVEL_DEBUG, "activity_dropped", LOG_STR("type", claim->rows[i].activity.type),
				LOG_STR("uri", claim->rows[i].activity.uri), LOG_TEXT("reason", result->reason));
	}
}

/* ---- failures ---- */

static bool is_fault_of_database(enum error error)
{
	return error == ERROR_DATABASE_UNREACHABLE || error == ERROR_COMMIT_UNKNOWN || error == ERROR_UNAVAILABLE ||
		error == ERROR_STORAGE_FULL;
}

static enum error fail_row(const struct claim *claim, size_t index, enum error failure)
{
	const struct activity_in_claimed *row = &claim->rows[index];
	bool is_own_fault = !is_fault_of_database(failure);
	int attempts = row->activity.attempts;
	claim->results[index].end = END_NONE;
	count_results(claim, index, 1);
	if (is_too_old(row) || (is_own_fault && attempts >= INBOX_MAX_ATTEMPTS && !MUTANT("inbox_attempts")))
		return set_aside(claim, row, error_name(failure));
	int64_t pause_us = DATABASE_PAUSE_US;
	if (is_own_fault)
		pause_us = FIRST_BACKOFF_US << (2 * (attempts < INBOX_MAX_ATTEMPTS ? attempts - 1 : INBOX_MAX_ATTEMPTS));
	return activity_in_postpone(claim->step->db, claim->step->arena, row, clock_now_us() + pause_us, is_own_fault,
		error_name(failure));
}

static enum error handle_alone(const struct claim *claim, size_t index)
{
	bool is_dropped = false;
	enum error error = handle_group(claim, index, 1, &is_dropped);
	if (error)
		return fail_row(claim, index, error);
	count_results(claim, index, 1);
	if (!is_dropped)
		return ERROR_NONE;
	return activity_in_drop(claim->step->db, claim->step->arena, &claim->rows[index], claim->results[index].reason);
}

static size_t group_size(const struct claim *claim, size_t first)
{
	size_t bytes = claim->rows[first].activity.body.len;
	size_t count = 1;
	while (first + count < claim->count && count < GROUP_LIMIT) {
		bytes += claim->rows[first + count].activity.body.len;
		if (bytes > GROUP_MAX_BYTES)
			break;
		count++;
	}
	return count;
}

static enum error handle_together(const struct claim *claim, size_t first, size_t count)
{
	bool is_dropped = false;
	enum error error = handle_group(claim, first, count, &is_dropped);
	if (error == ERROR_DATABASE_UNREACHABLE || error == ERROR_COMMIT_UNKNOWN)
		return error;
	if (!error && !is_dropped) {
		count_results(claim, first, count);
		return ERROR_NONE;
	}
	error = ERROR_NONE;
	for (size_t i = first; i < first + count && !error; i++)
		error = handle_alone(claim, i);
	return error;
}

static enum error handle_claim(const struct claim *claim)
{
	enum error error = ERROR_NONE;
	size_t count = 0;
	for (size_t first = 0; first < claim->count && !error; first += count) {
		count = group_size(claim, first);
		error = count > 1 ? handle_together(claim, first, count) : handle_alone(claim, first);
	}
	return error;
}

/* ---- the step ---- */

static enum error take(const struct inbox_step *step, struct claim *ret_claim)
{
	struct activity_in_claim wanted = {
		.is_suspect = step->is_for_suspects,
		.limit = CLAIM_LIMIT,
		.share = step->share,
		.share_count = step->share_count,
		.lease_ms = LEASE_MS,
	};
	arena_reset(step->arena);
	*ret_claim = (struct claim){ .step = step };
	enum error error = activity_in_claim(step->db, step->arena, &wanted, &ret_claim->rows, &ret_claim->count);
	if (error || !ret_claim->count)
		return error;
	ret_claim->results = arena_alloc_array(step->arena, ret_claim->count, sizeof(*ret_claim->results));
	ret_claim->readings = arena_alloc_array(step->arena, ret_claim->count, sizeof(*ret_claim->readings));
	return load_senders(ret_claim);
}

/* Whatever the row did to the five workers before, this one does not try it. */
static bool has_crashed_too_often(const struct claim *claim)
{
	return claim->rows[0].activity.attempts > INBOX_MAX_ATTEMPTS && !MUTANT("inbox_crashes");
}

/* Best effort: what is not released here is due again when the lease ends. */
static void release(const struct claim *claim)
{
	int64_t *ids = arena_alloc_array(claim->step->arena, claim->count, sizeof(*ids));
	for (size_t i = 0; i < claim->count; i++)
		ids[i] = claim->rows[i].activity.id;
	enum error error = activity_in_release(claim->step->db, claim->step->arena, ids, claim->count, claim->rows[0].leased_by);
	(void)error;
}

enum error inbox_work_once(const struct inbox_step *step, size_t *ret_claimed)
{
	struct claim claim;
	enum error error = take(step, &claim);
	if (!error && claim.count) {
		if (step->is_for_suspects && has_crashed_too_often(&claim))
			error = set_aside(&claim, &claim.rows[0], "its handling ended with the process");
		else
			error = handle_claim(&claim);
	}
	if (error && claim.count)
		release(&claim);
	*ret_claimed = claim.count;
	return error;
}

enum error inbox_take_over(const struct inbox_step *step)
{
	int64_t taken = 0;
	arena_reset(step->arena);
	enum error error = activity_in_take_over(step->db, step->arena, &taken);
	if (taken)
		log_event(LOG_LEVEL_INFO, "activities_taken_over", LOG_INT("count", taken));
	return error;
}

enum error inbox_tidy(const struct inbox_step *step)
{
	int64_t woken = 0;
	int64_t aside = 0;
	arena_reset(step->arena);
	enum error error = activity_in_wake_forgotten(step->db, step->arena, &woken);
	if (!error)
		error = activity_in_set_aside_parked(step->db, step->arena, clock_now_us() - INBOX_MAX_AGE_US, &aside);
	if (woken || aside)
		log_event(LOG_LEVEL_INFO, "inbox_tidied", LOG_INT("woken", woken), LOG_INT("set_aside", aside));
	return error;
}
