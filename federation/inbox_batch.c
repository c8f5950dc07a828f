/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * From the bytes of activities to what becomes of them, within a transaction of the caller. */
#include "federation/inbox_batch.h"

#include "federation/federation.h"
#include "federation/inbox_follow.h"
#include "federation/inbox_post.h"
#include "federation/policy.h"
#include "storage/uri_lock.h"
#include "base/clock.h"
#include "base/json_in.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/mutant.h"

#define ACTOR_STALE_US ((int64_t)7 * 24 * 3600 * 1000000)
#define HANDLE_STALE_US ((int64_t)24 * 3600 * 1000000)

static struct metric metrics[] = {
	[INBOX_END_NONE] = METRIC_LABELLED("comptoir_inbox_activities_total", "Accepted activities by what came of them", METRIC_COUNTER,
		"outcome", "failed"),
	[INBOX_END_DONE] = METRIC_LABELLED("comptoir_inbox_activities_total", "Accepted activities by what came of them", METRIC_COUNTER,
		"outcome", "done"),
	[INBOX_END_DROPPED] = METRIC_LABELLED("comptoir_inbox_activities_total", "Accepted activities by what came of them", METRIC_COUNTER,
		"outcome", "dropped"),
	[INBOX_END_PARKED] = METRIC_LABELLED("comptoir_inbox_activities_total", "Accepted activities by what came of them", METRIC_COUNTER,
		"outcome", "parked"),
	[INBOX_END_BEHIND] = METRIC_LABELLED("comptoir_inbox_activities_total", "Accepted activities by what came of them", METRIC_COUNTER,
		"outcome", "behind"),
	[INBOX_END_LOST] = METRIC_LABELLED("comptoir_inbox_activities_total", "Accepted activities by what came of them", METRIC_COUNTER,
		"outcome", "lost"),
};
/* ---- reading one activity ---- */

static bool is_among(const struct str *uris, size_t count, struct str uri)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(uris[i], uri))
			return true;
	return false;
}

/* Who is heard from and was not read for long is read anew, beside all this; sooner while nobody confirmed the handle. They are
 * in the order of their ids: others who take in the same ones at that moment wait, and nobody for each other. */
static enum error refresh_stale(const struct inbox_claim *claim, const struct str *senders, size_t sender_count)
{
	enum error error = ERROR_NONE;
	int64_t now_us = clock_now_us();
	for (size_t i = 0; i < claim->known_count && !error; i++) {
		const struct actor_sender *actor = &claim->known[i];
		int64_t stale_us = actor->is_handle_confirmed ? ACTOR_STALE_US : HANDLE_STALE_US;
		bool is_stale = !actor->is_local && !actor->is_suspended && now_us - actor->fetched_us > stale_us;
		if (!is_stale || !is_among(senders, sender_count, actor->uri))
			continue;
		const struct fetch_wish wish = { .uri = actor->uri, .kind = FETCH_ACTOR };
		error = fetch_wish(claim->step->db, claim->step->arena, &wish);
	}
	return error;
}

static struct str followed_of(const struct inbox_claim *claim, size_t index)
{
	const struct vocab_activity *activity = &claim->readings[index].activity;
	return activity->type == VOCAB_FOLLOW && activity->object_count == 1 ? activity->objects[0].id : (struct str){ 0 };
}

/* Each once; of what is done already, none. Behind the senders there is room for as many others. */
static struct str *list_senders(const struct inbox_claim *claim, size_t *ret_count)
{
	struct str *uris = arena_alloc_array(claim->step->arena, 2 * claim->count, sizeof(*uris));
	size_t count = 0;
	for (size_t i = 0; i < claim->count; i++)
		if (!claim->results[i].is_early && !is_among(uris, count, claim->rows[i].activity.actor_uri))
			uris[count++] = claim->rows[i].activity.actor_uri;
	*ret_count = count;
	return uris;
}

enum error inbox_batch_load_senders(struct inbox_claim *claim)
{
	size_t sender_count;
	struct str *uris = list_senders(claim, &sender_count);
	size_t count = sender_count;
	for (size_t i = 0; i < claim->count; i++) {
		struct str followed = followed_of(claim, i);
		if (followed.data && !is_among(uris, count, followed))
			uris[count++] = followed;
	}
	claim->whole = arena_alloc(claim->step->arena, sizeof(*claim->whole));
	enum error error = actor_sender_find_many(claim->step->db, claim->step->arena, uris, count, &claim->known,
		&claim->known_count);
	return error ? error : refresh_stale(claim, uris, sender_count);
}

static enum error load_known(const struct inbox_claim *claim)
{
	size_t count;
	struct inbox_known_actors *known = claim->whole;
	if (known->is_loaded)
		return ERROR_NONE;
	struct str *uris = list_senders(claim, &count);
	enum error error =
		actor_find_many_by_uri(claim->step->db, claim->step->arena, uris, count, &known->actors, &known->count);
	known->is_loaded = !error;
	return error;
}

/* Whether an earlier one of this claim may have changed the row of the actor. */
static bool is_actor_stale(const struct inbox_claim *claim, size_t index)
{
	static const struct str plain[] = { STR("Create"), STR("Announce"), STR("Like"), STR("EmojiReact"), STR("Follow") };
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

static enum error find_actor(const struct inbox_claim *claim, size_t index, struct inbox_context *context)
{
	struct str uri = claim->rows[index].activity.actor_uri;
	if (is_actor_stale(claim, index))
		return actor_find_by_uri(context->db, context->arena, uri, &context->actor);
	enum error error = load_known(claim);
	if (error)
		return error;
	for (size_t i = 0; i < claim->whole->count; i++) {
		if (str_eq(claim->whole->actors[i].uri, uri)) {
			context->actor = claim->whole->actors[i];
			return ERROR_NONE;
		}
	}
	/* Done early, and now the other way after all. */
	return actor_find_by_uri(context->db, context->arena, uri, &context->actor);
}

static const struct actor_sender *find_in(const struct actor_sender *actors, size_t count, struct str uri)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(actors[i].uri, uri))
			return &actors[i];
	return NULL;
}

static const struct actor_sender *find_known(const struct inbox_claim *claim, struct str uri)
{
	return find_in(claim->known, claim->known_count, uri);
}

static const struct actor_sender *find_followed(const struct inbox_claim *claim, size_t index)
{
	struct str uri = followed_of(claim, index);
	const struct actor_sender *known = find_known(claim, uri);
	return known ? known : find_in(claim->whole->followed, claim->whole->followed_count, uri);
}

/* Those who came by the queue were not read when the senders were loaded. */
static enum error load_followed(const struct inbox_claim *claim, size_t first, size_t count)
{
	struct str *uris = arena_alloc_array(claim->step->work_arena, count, sizeof(*uris));
	size_t uri_count = 0;
	for (size_t i = first; i < first + count; i++) {
		struct str followed = followed_of(claim, i);
		if (followed.data && !find_known(claim, followed) && !is_among(uris, uri_count, followed))
			uris[uri_count++] = followed;
	}
	claim->whole->followed_count = 0;
	return uri_count ? actor_sender_find_many(claim->step->db, claim->step->work_arena, uris, uri_count,
		&claim->whole->followed, &claim->whole->followed_count) : ERROR_NONE;
}

/* Enough of the actor for what is handled together. */
static bool fill_sender(const struct inbox_claim *claim, size_t index, struct actor *ret_actor)
{
	const struct actor_sender *sender = find_known(claim, claim->rows[index].activity.actor_uri);
	if (!sender)
		return false;
	ret_actor->id = sender->id;
	ret_actor->uri = sender->uri;
	ret_actor->is_silenced = sender->is_silenced;
	return !sender->is_local && !sender->is_suspended && !sender->is_deleted;
}

/* What is decided about an activity before its handler is asked. NULL: nothing against it. */
const char *inbox_batch_judge(const struct federation *federation, const struct activity_in *row,
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

static const char *read_row(const struct inbox_step *step, const struct activity_in *row, struct inbox_reading *reading)
{
	struct vocab_rules rules = { .received_us = row->received_us, .allows_http = step->federation->allows_http };
	if (json_in_parse(row->body, NULL, &reading->document))
		return "json";
	if (vocab_read_activity(step->work_arena, reading->document, &rules, &reading->activity))
		return "vocabulary";
	return inbox_batch_judge(step->federation, row, &reading->activity);
}

void inbox_batch_read(const struct inbox_claim *claim, size_t first, size_t count)
{
	arena_reset(claim->step->work_arena);
	for (size_t i = first; i < first + count; i++) {
		claim->readings[i] = (struct inbox_reading){ 0 };
		claim->readings[i].reason = read_row(claim->step, &claim->rows[i].activity, &claim->readings[i]);
	}
}

void inbox_batch_forget(const struct inbox_claim *claim, size_t first, size_t count)
{
	for (size_t i = first; i < first + count; i++) {
		json_decref(claim->readings[i].document);
		claim->readings[i].document = NULL;
	}
}

size_t inbox_batch_add_locks(const struct inbox_claim *claim, size_t index, struct str *uris)
{
	const struct activity_in *row = &claim->rows[index].activity;
	const struct inbox_reading *reading = &claim->readings[index];
	size_t count = 0;
	uris[count++] = row->actor_uri;
	uris[count++] = row->object_uri;
	if (reading->reason || reading->activity.object_count != 1 || !reading->activity.objects[0].object)
		return count;
	uris[count++] = reading->activity.objects[0].object->in_reply_to;
	uris[count++] = reading->activity.objects[0].object->quote;
	return count;
}

static enum error handle(const struct inbox_claim *claim, size_t index, struct inbox_context *context)
{
	const struct inbox_reading *reading = &claim->readings[index];
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

static void fill_context(const struct inbox_claim *claim, size_t index, struct inbox_context *ret_context)
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

static enum error handle_row(const struct inbox_claim *claim, size_t index)
{
	struct inbox_result *result = &claim->results[index];
	struct inbox_context context;
	fill_context(claim, index, &context);
	uint64_t writes = db_write_count(context.db);
	enum error error = handle(claim, index, &context);
	if (error)
		return error;
	result->has_written = db_write_count(context.db) != writes;
	switch (context.outcome) {
	case INBOX_DONE:
		result->end = INBOX_END_DONE;
		break;
	case INBOX_DROPPED:
		result->end = INBOX_END_DROPPED;
		result->reason = context.reason;
		break;
	case INBOX_PARKED:
		result->end = INBOX_END_PARKED;
		result->uri = arena_str(claim->step->arena, context.wanted.uri);
		result->kind = context.wanted.kind;
		break;
	}
	return ERROR_NONE;
}

/* ---- groups ---- */

/* An earlier one of this group, by the same actor about the same object, that has to wait. */
static const struct inbox_result *earlier_in_wait(const struct inbox_claim *claim, size_t first, size_t index)
{
	const struct activity_in *later = &claim->rows[index].activity;
	for (size_t i = first; i < index && later->object_uri.data; i++) {
		const struct activity_in *earlier = &claim->rows[i].activity;
		const struct inbox_result *result = &claim->results[i];
		if ((result->end == INBOX_END_PARKED || result->end == INBOX_END_BEHIND) && str_eq(earlier->object_uri, later->object_uri) &&
			str_eq(earlier->actor_uri, later->actor_uri) && !MUTANT("inbox_order"))
			return result;
	}
	return NULL;
}

static enum error handle_in_turn(const struct inbox_claim *claim, size_t first, size_t index, const struct activity_in_place *place)
{
	struct inbox_result *result = &claim->results[index];
	const struct inbox_result *earlier = earlier_in_wait(claim, first, index);
	*result = (struct inbox_result){ .end = INBOX_END_LOST };
	if (place->turn == ACTIVITY_IN_LOST)
		return ERROR_NONE;
	if (earlier) {
		*result = (struct inbox_result){ .end = INBOX_END_BEHIND, .uri = earlier->uri, .due_us = earlier->due_us };
		return ERROR_NONE;
	}
	if (place->turn == ACTIVITY_IN_BEHIND) {
		*result = (struct inbox_result){ .end = INBOX_END_BEHIND, .uri = place->parked_uri, .due_us = place->due_us };
		return ERROR_NONE;
	}
	result->end = INBOX_END_NONE;
	return handle_row(claim, index);
}

/* Nothing before it in the group can change what becomes of it. */
static bool may_be_early(const struct inbox_claim *claim, size_t first, size_t count, size_t index,
	const struct activity_in_place *place)
{
	const struct activity_in_claimed *row = &claim->rows[index];
	enum vocab_activity_type type = claim->readings[index].activity.type;
	if (place->turn != ACTIVITY_IN_OURS || claim->readings[index].reason || row->is_wanted_nowhere ||
		(type != VOCAB_CREATE && type != VOCAB_FOLLOW) || is_actor_stale(claim, index))
		return false;
	for (size_t i = first; i < first + count; i++)
		if (i != index && str_eq(claim->rows[i].activity.object_uri, row->activity.object_uri))
			return false;
	return true;
}

/* What of a group is handled together, before the rest goes one by one: Creates, which are mostly posts that nothing is to be
 * said about, and Follows of people who ask nobody. */
struct early {
	struct inbox_context **creates;
	struct inbox_follower *followers;
	size_t *create_places, *follow_places; /* by row */
	size_t create_count, follow_count;
};

static void choose_early(const struct inbox_claim *claim, size_t first, size_t count, const struct activity_in_place *places,
	struct early *early)
{
	struct inbox_context *contexts = arena_alloc_array(claim->step->work_arena, count, sizeof(*contexts));
	for (size_t i = 0; i < count; i++) {
		struct inbox_context *context = &contexts[i];
		if (!may_be_early(claim, first, count, first + i, &places[i]))
			continue;
		fill_context(claim, first + i, context);
		context->activity = &claim->readings[first + i].activity;
		context->document = claim->readings[first + i].document;
		if (!fill_sender(claim, first + i, &context->actor))
			continue;
		if (context->activity->type == VOCAB_CREATE) {
			early->create_places[early->create_count] = first + i;
			early->creates[early->create_count++] = context;
			continue;
		}
		early->follow_places[early->follow_count] = first + i;
		early->followers[early->follow_count++] =
			(struct inbox_follower){ context, find_followed(claim, first + i) };
	}
}

static void note_early(const struct inbox_claim *claim, const size_t *places, const bool *is_done, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (is_done[i])
			claim->results[places[i]] = (struct inbox_result){ .end = INBOX_END_DONE, .is_early = true };
}

static enum error handle_early(const struct inbox_claim *claim, size_t first, size_t count, const struct activity_in_place *places)
{
	struct arena *arena = claim->step->work_arena;
	bool *is_done = arena_alloc_array(arena, count, sizeof(*is_done));
	struct early early = {
		.creates = arena_alloc_array(arena, count, sizeof(struct inbox_context *)),
		.followers = arena_alloc_array(arena, count, sizeof(struct inbox_follower)),
		.create_places = arena_alloc_array(arena, count, sizeof(size_t)),
		.follow_places = arena_alloc_array(arena, count, sizeof(size_t)),
	};
	enum error error = load_followed(claim, first, count);
	if (error)
		return error;
	choose_early(claim, first, count, places, &early);
	error = inbox_create_many(early.creates, early.create_count, is_done);
	if (error)
		return error;
	note_early(claim, early.create_places, is_done, early.create_count);
	error = inbox_follow_many(early.followers, early.follow_count, is_done);
	if (!error)
		note_early(claim, early.follow_places, is_done, early.follow_count);
	return error;
}

enum error inbox_batch_handle(const struct inbox_claim *claim, size_t first, size_t count,
	const struct activity_in_place *places, bool *ret_is_dropped)
{
	for (size_t i = first; i < first + count; i++)
		claim->results[i] = (struct inbox_result){ 0 };
	enum error error = handle_early(claim, first, count, places);
	for (size_t i = 0; i < count && !error && !*ret_is_dropped; i++) {
		if (claim->results[first + i].is_early)
			continue;
		error = handle_in_turn(claim, first, first + i, &places[i]);
		const struct inbox_result *result = &claim->results[first + i];
		*ret_is_dropped = !error && result->end == INBOX_END_DROPPED && result->has_written;
	}
	return error;
}

void inbox_batch_count(const struct inbox_claim *claim, size_t first, size_t count)
{
	for (size_t i = first; i < first + count; i++) {
		const struct inbox_result *result = &claim->results[i];
		metric_add(&metrics[result->end], 1);
		if (result->end == INBOX_END_DROPPED)
			log_event(LOG_LEVEL_DEBUG, "activity_dropped", LOG_STR("type", claim->rows[i].activity.type),
				LOG_STR("uri", claim->rows[i].activity.uri), LOG_TEXT("reason", result->reason));
	}
}
