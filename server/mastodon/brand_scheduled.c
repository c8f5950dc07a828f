/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Scheduled drafts in the shape of scheduled statuses. */
#include "server/mastodon/brand_scheduled.h"

#include "server/action/draft.h"
#include "server/action/draft_payload.h"
#include "server/action/post_request.h"
#include "server/action/schedule.h"

#include "base/clock.h"
#include "base/json_out.h"
#include "base/mutant.h"

static bool is_for_brand(const struct request *request)
{
	return request->access.standing.membership_id != 0;
}

bool brand_scheduled_has_posts(const struct request *request)
{
	return !is_for_brand(request) || rights_allow(request->access.standing.rights, PERMISSION_ACCOUNT_SPEAK);
}

enum error brand_scheduled_show(struct request *request, const struct draft *draft, struct scheduled_post *ret_post)
{
	AUTO(buf) struct buf out = { 0 };
	struct json_out json;
	struct draft_version version;
	struct draft_wish wish = { 0 };
	enum error error = draft_version_find(request->db, request->arena, draft->id, draft->version, &version);
	if (!error)
		error = draft_payload_read(request->arena, version.payload, &wish);
	if (error)
		return error;
	int64_t *media_ids = arena_alloc_array(request->arena, version.media_count, sizeof(*media_ids));
	for (size_t i = 0; i < version.media_count; i++)
		media_ids[i] = version.media_ids[i];
	json_out_init(&json, &out);
	json_out_object_begin(&json);
	post_request_write(&json, wish.request);
	json_out_key_int(&json, "application_id", draft->application_id);
	json_out_key_null(&json, "scheduled_at");
	if (draft->idempotency_key.data)
		json_out_key_str(&json, "idempotency", draft->idempotency_key);
	else
		json_out_key_null(&json, "idempotency");
	json_out_key_bool(&json, "with_rate_limit", false);
	json_out_object_end(&json);
	*ret_post = (struct scheduled_post){ .id = draft->id, .actor_id = draft->actor_id, .scheduled_us = draft->scheduled_us,
		.application_id = draft->application_id, .request_json = arena_str(request->arena, buf_str(&out)), .media_ids = media_ids,
		.media_count = version.media_count };
	return ERROR_NONE;
}

enum error brand_scheduled_list(struct request *request, const struct id_page *page, struct scheduled_post **ret_posts,
	size_t *ret_count)
{
	struct draft *drafts;
	size_t count;
	const struct draft_filter filter = { .actor_ids = &request->access.actor_id, .actor_count = 1, .state = DRAFT_STATE_COUNT,
		.author_id = request->access.standing.membership_id, .only_waiting_posts = true };
	*ret_posts = NULL;
	*ret_count = 0;
	if (!is_for_brand(request))
		return ERROR_NONE;
	enum error error = draft_list(request->db, request->arena, &filter, page, &drafts, &count);
	if (error)
		return error;
	*ret_posts = arena_alloc_array(request->arena, count, sizeof(**ret_posts));
	*ret_count = count;
	for (size_t i = 0; !error && i < count; i++)
		error = brand_scheduled_show(request, &drafts[i], &(*ret_posts)[i]);
	return error;
}

static bool is_waiting(enum draft_state state)
{
	return state != DRAFT_PUBLISHING && state != DRAFT_PUBLISHED && state != DRAFT_WITHDRAWN;
}

enum error brand_scheduled_find(struct request *request, int64_t id, struct draft *ret_draft)
{
	const struct access *access = &request->access;
	struct draft draft;
	if (!is_for_brand(request))
		return ERROR_NOT_FOUND;
	enum error error = draft_find(request->db, request->arena, access->standing.organisation_id, id, &draft);
	if (error)
		return error;
	bool is_own = draft.author_id == access->standing.membership_id || MUTANT("brand_scheduled_own");
	if (!is_own || draft.actor_id != access->actor_id || draft.kind != DRAFT_POST || !draft.scheduled_us || !is_waiting(draft.state))
		return ERROR_NOT_FOUND;
	*ret_draft = draft;
	return ERROR_NONE;
}

static enum error run(struct request *request, struct draft *draft, enum draft_deed deed, int64_t time_us)
{
	struct draft_answer answer = { 0 };
	const struct audit_author author = { request->access.user_id, request->access.standing.membership_id, AUDIT_APP };
	enum error error = draft_do(request->db, request->arena, draft, 0, deed, time_us, &author, draft, &answer);
	if (error && answer.message.data)
		request->error_message = arena_printf(request->arena, "Validation failed: %.*s", STR_ARG(answer.message));
	return error == ERROR_CONFLICT ? ERROR_UNPROCESSABLE : error;
}

enum error brand_scheduled_move(struct request *request, struct draft *draft, int64_t scheduled_us)
{
	if (scheduled_us <= clock_now_us() + SCHEDULE_MIN_AHEAD_US) {
		request->error_message = STR_LITERAL("Validation failed: Scheduled at date must be in the future");
		return ERROR_UNPROCESSABLE;
	}
	return run(request, draft, DRAFT_SCHEDULE, scheduled_us);
}

enum error brand_scheduled_cancel(struct request *request, struct draft *draft)
{
	return run(request, draft, DRAFT_WITHDRAW, 0);
}
