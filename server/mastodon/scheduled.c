/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Scheduled statuses: listed, moved, given up. */
#include "server/mastodon/scheduled.h"

#include "server/action/schedule.h"
#include "server/entity/scheduled_status.h"
#include "server/mastodon/parameters.h"
#include "server/mastodon/posting_form.h"

enum error handle_scheduled_list(struct request *request)
{
	const struct reader reader = reader_of(request, FILTER_NONE);
	struct id_page page;
	struct scheduled_post *posts;
	size_t count;
	parameter_page(request, 20, 40, &page);
	enum error error = scheduled_post_list(request->db, request->arena, request->access.actor_id, &page, &posts, &count);
	if (error)
		return error;
	struct json_out *json = respond_json(request, 200);
	json_out_array_begin(json);
	for (size_t i = 0; i < count && !error; i++)
		error = scheduled_status_write(&reader, json, &posts[i]);
	if (error)
		return error;
	json_out_array_end(json);
	if (count)
		respond_link(request, count, posts[0].id, posts[count - 1].id, count >= (size_t)page.limit);
	return ERROR_NONE;
}

static enum error respond_one(struct request *request, const struct scheduled_post *post)
{
	const struct reader reader = reader_of(request, FILTER_NONE);
	return scheduled_status_write(&reader, respond_json(request, 200), post);
}

enum error handle_scheduled_get(struct request *request)
{
	struct scheduled_post post;
	enum error error = scheduled_post_find(request->db, request->arena, request->access.actor_id,
		parameter_path_id(request, 0), &post);
	return error ? error : respond_one(request, &post);
}

enum error handle_scheduled_move(struct request *request)
{
	struct scheduled_post post;
	struct str message = { 0 };
	int64_t scheduled_us;
	int64_t id = parameter_path_id(request, 0);
	enum error error = posting_form_read_time(request, &scheduled_us);
	if (error)
		return error;
	if (!scheduled_us)
		return handle_scheduled_get(request);
	error = schedule_move(request->db, request->arena, request->access.actor_id, id, scheduled_us, &post, &message);
	if (error && message.data)
		request->error_message = message;
	return error ? error : respond_one(request, &post);
}

enum error handle_scheduled_delete(struct request *request)
{
	enum error error = schedule_cancel(request->db, request->arena, request->access.actor_id, parameter_path_id(request, 0));
	return error ? error : respond_empty_object(request);
}
