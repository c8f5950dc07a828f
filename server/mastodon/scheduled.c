/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Scheduled statuses: listed, moved, given up. */
#include "server/mastodon/scheduled.h"

#include "server/action/schedule.h"
#include "server/entity/scheduled_status.h"
#include "server/mastodon/brand_scheduled.h"
#include "server/mastodon/parameters.h"
#include "server/mastodon/posting_form.h"

/* Both newest first; of a page from below, those next to its bound. */
static size_t merge(struct arena *arena, const struct id_page *page, const struct scheduled_post *one, size_t one_count,
	const struct scheduled_post *other, size_t other_count, struct scheduled_post **ret_posts)
{
	struct scheduled_post *all = arena_alloc_array(arena, one_count + other_count, sizeof(*all));
	size_t i = 0, j = 0, count = 0, limit = (size_t)page->limit;
	while (i < one_count || j < other_count)
		all[count++] = j == other_count || (i < one_count && one[i].id > other[j].id) ? one[i++] : other[j++];
	*ret_posts = page->min_id && count > limit ? all + (count - limit) : all;
	return count < limit ? count : limit;
}

static enum error find_page(struct request *request, const struct id_page *page, struct scheduled_post **ret_posts, size_t *ret_count)
{
	struct scheduled_post *posts = NULL, *drafts;
	size_t count = 0, draft_count;
	enum error error = brand_scheduled_list(request, page, &drafts, &draft_count);
	if (!error && brand_scheduled_has_posts(request))
		error = scheduled_post_list(request->db, request->arena, request->access.actor_id, page, &posts, &count);
	if (!error)
		*ret_count = merge(request->arena, page, posts, count, drafts, draft_count, ret_posts);
	return error;
}

enum error handle_scheduled_list(struct request *request)
{
	const struct reader reader = reader_of(request, FILTER_NONE);
	struct id_page page;
	struct scheduled_post *posts;
	size_t count;
	parameter_page(request, 20, 40, &page);
	enum error error = find_page(request, &page, &posts, &count);
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

static enum error respond_draft(struct request *request, const struct draft *draft)
{
	struct scheduled_post post;
	enum error error = brand_scheduled_show(request, draft, &post);
	return error ? error : respond_one(request, &post);
}

enum error handle_scheduled_get(struct request *request)
{
	struct scheduled_post post;
	struct draft draft;
	int64_t id = parameter_path_id(request, 0);
	enum error error = brand_scheduled_find(request, id, &draft);
	if (error != ERROR_NOT_FOUND)
		return error ? error : respond_draft(request, &draft);
	if (!brand_scheduled_has_posts(request))
		return ERROR_NOT_FOUND;
	error = scheduled_post_find(request->db, request->arena, request->access.actor_id, id, &post);
	return error ? error : respond_one(request, &post);
}

enum error handle_scheduled_move(struct request *request)
{
	struct scheduled_post post;
	struct draft draft;
	struct str message = { 0 };
	int64_t scheduled_us;
	int64_t id = parameter_path_id(request, 0);
	enum error error = posting_form_read_time(request, &scheduled_us);
	if (error)
		return error;
	if (!scheduled_us)
		return handle_scheduled_get(request);
	error = brand_scheduled_find(request, id, &draft);
	if (!error)
		error = brand_scheduled_move(request, &draft, scheduled_us);
	if (error != ERROR_NOT_FOUND)
		return error ? error : respond_draft(request, &draft);
	if (!brand_scheduled_has_posts(request))
		return ERROR_NOT_FOUND;
	error = schedule_move(request->db, request->arena, request->access.actor_id, id, scheduled_us, &post, &message);
	if (error && message.data)
		request->error_message = message;
	return error ? error : respond_one(request, &post);
}

enum error handle_scheduled_delete(struct request *request)
{
	struct draft draft;
	int64_t id = parameter_path_id(request, 0);
	enum error error = brand_scheduled_find(request, id, &draft);
	if (!error)
		error = brand_scheduled_cancel(request, &draft);
	else if (error == ERROR_NOT_FOUND && brand_scheduled_has_posts(request))
		error = schedule_cancel(request->db, request->arena, request->access.actor_id, id);
	return error ? error : respond_empty_object(request);
}
