/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * New statuses, edits and deletions. A request that names people of other servers who are not known here goes to a slow
 * worker, which asks their servers first: named in vain, they would never hear of it. */
#include "server/mastodon/posting.h"

#include "server/action/boost.h"
#include "server/action/delete_post.h"
#include "server/action/schedule.h"
#include "server/app.h"
#include "server/entity/scheduled_status.h"
#include "server/entity/status.h"
#include "server/mastodon/brand_posting.h"
#include "server/mastodon/parameters.h"
#include "server/mastodon/posting_form.h"

#include "federation/resolve.h"

#include "base/clock.h"
#include "storage/reaction.h"

#define MAX_RESOLVED 5
#define RESOLVE_WINDOW_US (INT64_C(8) * 1000000) /* nobody else is asked after it */

/* A sentence of an action is the client's. */
static enum error tell(struct request *request, enum error error, struct str message)
{
	if (error && message.data)
		request->error_message = message;
	return error;
}

/* Who cannot be found stays plain text. */
static enum error resolve_all(struct request *request, const struct str *handles, size_t count)
{
	int64_t start_us = clock_monotonic_us();
	for (size_t i = 0; i < count && clock_monotonic_us() - start_us < RESOLVE_WINDOW_US; i++) {
		struct actor actor;
		enum error error = resolve_handle(request->app->federation, request->db, request->arena, handles[i], &actor);
		if (error == ERROR_DATABASE || error == ERROR_DATABASE_UNREACHABLE)
			return error;
	}
	return ERROR_NONE;
}

/* *ret_goes_slow: the request runs again elsewhere; nothing may be answered. */
static enum error meet_mentioned(struct request *request, struct str text, bool *ret_goes_slow)
{
	struct actor author;
	struct str *handles;
	size_t count;
	*ret_goes_slow = false;
	if (!str_contains_char(text, '@') || text.len > COMPOSITION_MAX_CHARACTERS * 4)
		return ERROR_NONE;
	enum error error = actor_find_by_id(request->db, request->arena, request->access.actor_id, &author);
	if (!error)
		error = composition_list_unknown(request->db, request->arena, &author, text, MAX_RESOLVED, &handles, &count);
	if (error || !count)
		return error;
	if (request->is_slow)
		return resolve_all(request, handles, count);
	request_go_slow(request);
	*ret_goes_slow = true;
	return ERROR_NONE;
}

static enum error respond_scheduled(struct request *request, const struct scheduled_post *post)
{
	const struct reader reader = reader_of(request, FILTER_NONE);
	return scheduled_status_write(&reader, respond_json(request, 200), post);
}

static enum error respond_first(struct request *request, const struct idempotency *first)
{
	struct scheduled_post scheduled;
	if (first->kind == IDEMPOTENT_POST)
		return status_respond(request, first->result_id);
	enum error error = scheduled_post_find(request->db, request->arena, request->access.actor_id, first->result_id, &scheduled);
	return error ? error : respond_scheduled(request, &scheduled);
}

static enum error schedule(struct request *request, const struct publish_request *form, int64_t scheduled_us)
{
	struct scheduled_post scheduled;
	struct str message = { 0 };
	enum error error = schedule_post(request->db, request->arena, form, scheduled_us, &scheduled, &message);
	return error ? tell(request, error, message) : respond_scheduled(request, &scheduled);
}

static enum error publish(struct request *request, const struct publish_request *form)
{
	int64_t post_id;
	struct str message = { 0 };
	enum error error = publish_post_id(request->db, request->arena, form, &post_id, &message);
	return error ? tell(request, error, message) : status_respond(request, post_id);
}

enum error handle_status_create(struct request *request)
{
	struct publish_request form;
	struct idempotency first;
	struct str message = { 0 };
	int64_t scheduled_us;
	bool goes_slow = false;
	enum error error = posting_form_read(request, &form);
	if (!error)
		error = posting_form_read_time(request, &scheduled_us);
	if (error)
		return error;
	error = repetition_find(request->db, request->arena, &form.repetition, &first, &message);
	if (!error)
		return respond_first(request, &first);
	if (error != ERROR_NOT_FOUND)
		return tell(request, error, message);
	error = meet_mentioned(request, form.text, &goes_slow);
	if (error || goes_slow)
		return error;
	error = brand_posting_begin(request, &form, scheduled_us);
	if (error || request->response.status)
		return error;
	if (scheduled_us > clock_now_us() + SCHEDULE_MIN_AHEAD_US)
		return schedule(request, &form, scheduled_us);
	return publish(request, &form);
}

enum error handle_status_edit(struct request *request)
{
	struct edit_request edit;
	struct post post;
	struct str message = { 0 };
	bool goes_slow;
	enum error error = post_find_any(request->db, request->arena, parameter_path_id(request, 0), &post);
	if (!error && post.actor_id != request->access.actor_id)
		error = ERROR_NOT_FOUND;
	if (!error)
		error = posting_form_read_edit(request, &post, &edit);
	if (error)
		return error;
	error = meet_mentioned(request, edit.composition.text, &goes_slow);
	if (error || goes_slow)
		return error;
	error = brand_posting_begin_edit(request, &post);
	if (error || request->response.status)
		return error;
	error = edit_post(request->db, request->arena, &edit, &post, &message);
	return error ? tell(request, error, message) : status_respond(request, post.id);
}

/* Of a boost of one's own: it ends. */
static enum error delete_boost(struct request *request, int64_t id)
{
	struct boost boost;
	enum error error = boost_find_by_id(request->db, request->arena, id, &boost);
	if (!error && boost.actor_id != request->access.actor_id)
		error = ERROR_NOT_FOUND;
	if (!error)
		error = boost_stop(request->db, request->arena, boost.actor_id, boost.post_id);
	return error ? error : status_respond(request, boost.post_id);
}

enum error handle_status_delete(struct request *request)
{
	const struct reader reader = reader_of(request, FILTER_NONE);
	AUTO(buf) struct buf json = { 0 };
	struct post post;
	int64_t id = parameter_path_id(request, 0);
	enum error error = post_find_any(request->db, request->arena, id, &post);
	if (error == ERROR_NOT_FOUND)
		return delete_boost(request, id);
	if (!error && post.actor_id != request->access.actor_id)
		error = ERROR_NOT_FOUND;
	if (!error)
		error = status_render_source(&reader, id, &json);
	if (!error)
		error = delete_post(request->db, request->arena, request->access.actor_id, id,
			parameter_bool(request, "delete_media", false), &post);
	if (error)
		return error;
	json_out_raw(respond_json(request, 200), buf_str(&json));
	return ERROR_NONE;
}
