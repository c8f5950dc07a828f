/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Scheduled posts. The request is stored in the words of the Mastodon API, as it is shown to the client too. */
#include "server/action/schedule.h"

#include "server/action/deed.h"
#include "server/action/draft.h"
#include "server/action/post_request.h"

#include "base/clock.h"
#include "base/json_in.h"
#include "base/json_out.h"
#include "base/log.h"
#include "base/mutant.h"
#include "storage/id.h"
#include "storage/job.h"
#include "storage/media.h"
#include "storage/membership.h"
#include "storage/organisation.h"
#include "storage/preference.h"

#define KEEP_BEHIND_US (INT64_C(7 * 24 * 3600) * 1000000) /* files of what could not be published in time */

/* ---- the request as JSON ---- */

static struct str write_request(struct arena *arena, const struct publish_request *request)
{
	AUTO(buf) struct buf out = { 0 };
	struct json_out json;
	json_out_init(&json, &out);
	json_out_object_begin(&json);
	post_request_write(&json, request);
	json_out_key_int(&json, "application_id", request->application_id);
	json_out_key_null(&json, "scheduled_at");
	if (request->repetition.key.len)
		json_out_key_str(&json, "idempotency", request->repetition.key);
	else
		json_out_key_null(&json, "idempotency");
	json_out_key_bool(&json, "with_rate_limit", false);
	json_out_object_end(&json);
	return arena_str(arena, buf_str(&out));
}

static enum error read_request(struct arena *arena, const struct scheduled_post *scheduled,
	struct publish_request *ret_request)
{
	json_t *json;
	if (json_in_parse(scheduled->request_json, NULL, &json))
		return ERROR_INTERNAL;
	enum error error = post_request_read(arena, json, ret_request);
	json_decref(json);
	if (error)
		return error;
	ret_request->actor_id = scheduled->actor_id;
	ret_request->media_ids = scheduled->media_ids;
	ret_request->media_count = scheduled->media_count;
	ret_request->application_id = scheduled->application_id;
	ret_request->scheduled_id = scheduled->id;
	ret_request->id = scheduled->post_id;
	return ERROR_NONE;
}

/* ---- writing ---- */

static struct str job_key(struct arena *arena, int64_t id)
{
	return arena_printf(arena, "%lld", (long long)id);
}

struct scheduling {
	const struct repetition *repetition;
	struct scheduled_post post;
};

static enum error write_scheduled(struct db *db, struct arena *arena, void *owner)
{
	const struct scheduling *scheduling = owner;
	const struct scheduled_post *post = &scheduling->post;
	enum error error = repetition_note(db, arena, scheduling->repetition, IDEMPOTENT_SCHEDULED, post->id);
	if (!error)
		error = scheduled_post_create(db, arena, post);
	if (!error && post->media_count)
		error = media_keep(db, arena, post->actor_id, post->media_ids, post->media_count, post->scheduled_us + KEEP_BEHIND_US);
	return error ? error : job_add(db, arena, STR_LITERAL("scheduled"), job_key(arena, post->id), (struct str){ 0 },
		post->scheduled_us);
}

static enum error check_number(struct db *db, struct arena *arena, int64_t actor_id, int64_t scheduled_us,
	struct str *ret_message)
{
	int64_t total;
	int64_t that_day;
	enum error error = scheduled_post_count(db, arena, actor_id, scheduled_us, &total, &that_day);
	if (error)
		return error;
	if (total >= SCHEDULED_MAX_TOTAL && !MUTANT("scheduled_total"))
		return composition_refuse("Validation failed: You have exceeded the limit of 300 scheduled posts", ret_message);
	if (that_day >= SCHEDULED_MAX_PER_DAY && !MUTANT("scheduled_per_day"))
		return composition_refuse("Validation failed: You have exceeded the limit of 25 scheduled posts for today", ret_message);
	return ERROR_NONE;
}

static enum error find_first(struct db *db, struct arena *arena, const struct publish_request *request,
	struct scheduled_post *ret_post, struct str *ret_message)
{
	struct idempotency first;
	enum error error = repetition_find(db, arena, &request->repetition, &first, ret_message);
	if (error)
		return error;
	return first.kind == IDEMPOTENT_SCHEDULED ?
		scheduled_post_find(db, arena, request->actor_id, first.result_id, ret_post) : ERROR_CONFLICT;
}

enum error schedule_post(struct db *db, struct arena *arena, const struct publish_request *request, int64_t scheduled_us,
	struct scheduled_post *ret_post, struct str *ret_message)
{
	enum error error = publish_check(db, arena, request, ret_message);
	if (!error)
		error = check_number(db, arena, request->actor_id, scheduled_us, ret_message);
	if (error)
		return error;
	int64_t *media_ids = arena_alloc_array(arena, request->media_count, sizeof(*media_ids));
	for (size_t i = 0; i < request->media_count; i++)
		media_ids[i] = request->media_ids[i];
	struct scheduling scheduling = { .repetition = &request->repetition, .post = {
		.id = id_new(), .actor_id = request->actor_id, .application_id = request->application_id,
		.user_id = request->user_id, .scheduled_us = scheduled_us, .post_id = id_at_time(scheduled_us) + (id_new() & 0xffff),
		.request_json = write_request(arena, request), .media_ids = media_ids, .media_count = request->media_count } };
	error = deed_write(db, arena, write_scheduled, &scheduling, ERROR_CONFLICT);
	if (error == ERROR_CONFLICT)
		return find_first(db, arena, request, ret_post, ret_message);
	return error ? error : scheduled_post_find(db, arena, request->actor_id, scheduling.post.id, ret_post);
}

struct moving {
	int64_t actor_id, id, scheduled_us;
};

static enum error remove_job(struct db *db, struct arena *arena, int64_t id)
{
	enum error error = job_remove(db, arena, STR_LITERAL("scheduled"), job_key(arena, id));
	return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
}

static enum error write_move(struct db *db, struct arena *arena, void *owner)
{
	const struct moving *moving = owner;
	struct scheduled_post post;
	enum error error = scheduled_post_set_time(db, arena, moving->actor_id, moving->id, moving->scheduled_us);
	if (!error)
		error = scheduled_post_find(db, arena, moving->actor_id, moving->id, &post);
	if (!error && post.media_count)
		error = media_keep(db, arena, post.actor_id, post.media_ids, post.media_count, post.scheduled_us + KEEP_BEHIND_US);
	if (!error)
		error = remove_job(db, arena, moving->id);
	return error ? error : job_add(db, arena, STR_LITERAL("scheduled"), job_key(arena, moving->id), (struct str){ 0 },
		moving->scheduled_us);
}

enum error schedule_move(struct db *db, struct arena *arena, int64_t actor_id, int64_t id, int64_t scheduled_us,
	struct scheduled_post *ret_post, struct str *ret_message)
{
	struct moving moving = { .actor_id = actor_id, .id = id, .scheduled_us = scheduled_us };
	struct scheduled_post post;
	enum error error = scheduled_post_find(db, arena, actor_id, id, &post);
	if (error)
		return error;
	if (scheduled_us <= clock_now_us() + SCHEDULE_MIN_AHEAD_US && !MUTANT("scheduled_too_soon"))
		return composition_refuse("Validation failed: Scheduled at date must be in the future", ret_message);
	error = deed_write(db, arena, write_move, &moving, ERROR_NONE);
	return error ? error : scheduled_post_find(db, arena, actor_id, id, ret_post);
}

static enum error write_cancel(struct db *db, struct arena *arena, void *owner)
{
	const struct moving *moving = owner;
	enum error error = scheduled_post_delete(db, arena, moving->actor_id, moving->id);
	return error ? error : remove_job(db, arena, moving->id);
}

enum error schedule_cancel(struct db *db, struct arena *arena, int64_t actor_id, int64_t id)
{
	struct moving moving = { .actor_id = actor_id, .id = id };
	return deed_write(db, arena, write_cancel, &moving, ERROR_NOT_FOUND);
}

/* ---- publishing ---- */

static bool is_refusal(enum error error)
{
	return error == ERROR_UNPROCESSABLE || error == ERROR_NOT_FOUND || error == ERROR_FORBIDDEN;
}

/* For a brand account by who wrote it, if they may still speak for it. ERROR_FORBIDDEN when they may not. */
static enum error publish_for(struct db *db, struct arena *arena, const struct publish_request *request, int64_t user_id,
	int64_t *ret_post_id, struct str *ret_message)
{
	struct brand_account account;
	struct standing standing;
	bool binds_speakers, covers_replies;
	enum error error = brand_account_find(db, arena, request->actor_id, &account);
	if (error == ERROR_NOT_FOUND)
		return publish_post_id(db, arena, request, ret_post_id, ret_message);
	if (!error)
		error = rights_find(db, arena, user_id, request->actor_id, &standing);
	if (error)
		return error;
	if (!rights_allow(standing.rights, PERMISSION_ACCOUNT_SPEAK))
		return ERROR_FORBIDDEN;
	error = draft_policy_for(db, arena, request->actor_id, DRAFT_POST, 0, request, &binds_speakers, &covers_replies);
	if (error || binds_speakers)
		return error ? error : ERROR_FORBIDDEN;
	const struct deed_author author = {
		.organisation_id = account.organisation_id,
		.author = { user_id, standing.membership_id, AUDIT_WORKER },
		.action = STR_LITERAL("post.create"),
		.target = job_key(arena, request->id),
		.claim = { .ground = RELEASE_SPOKEN, .user_id = user_id, .membership_id = standing.membership_id },
	};
	deed_begin(&author);
	error = publish_post_id(db, arena, request, ret_post_id, ret_message);
	(void)deed_end();
	return error;
}

enum error schedule_publish(struct db *db, struct arena *arena, int64_t id, bool is_markdown, int64_t *ret_due_us)
{
	struct scheduled_post scheduled;
	struct publish_request request;
	int64_t post_id;
	struct str message = { 0 };
	enum error error = scheduled_post_find_any(db, arena, id, &scheduled);
	if (error)
		return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
	if (scheduled.scheduled_us > clock_now_us()) {
		*ret_due_us = scheduled.scheduled_us;
		return ERROR_NONE;
	}
	error = read_request(arena, &scheduled, &request);
	if (error)
		return error;
	request.is_markdown = is_markdown;
	error = publish_for(db, arena, &request, scheduled.user_id, &post_id, &message);
	if (error == ERROR_CONFLICT)
		return ERROR_NONE;
	if (!is_refusal(error))
		return error;
	log_event(LOG_LEVEL_INFO, "scheduled_post_refused", LOG_INT("scheduled", id), LOG_TEXT("error", error_name(error)));
	return ERROR_NONE;
}
