/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Routes of announcements. */
#include "server/mastodon/announcements.h"

#include "server/app.h"
#include "server/entity/announcement.h"
#include "server/mastodon/parameters.h"

#include "base/mutant.h"
#include "base/text_line.h"
#include "storage/emoji.h"

#define NAME_MAX_BYTES 200

enum error handle_announcements(struct request *request)
{
	struct announcement *announcements;
	size_t count;
	const struct reader reader = reader_of(request, FILTER_NONE);
	enum error error = announcement_list(request->db, request->arena, reader.actor_id, &announcements, &count);
	return error ? error : announcement_write_array(&reader, respond_json(request, 200), announcements, count);
}

enum error handle_announcement_dismiss(struct request *request)
{
	enum error error = announcement_mark_read(request->db, request->arena, request->access.actor_id,
		parameter_path_id(request, 0));
	return error ? error : respond_empty_object(request);
}

/* A character, or the shortcode of one of ours. */
static enum error is_emoji(struct request *request, struct str name, bool *ret_is_known)
{
	struct emoji *found;
	size_t count = 0;
	*ret_is_known = text_is_emoji(request->arena, name);
	if (*ret_is_known || name.len == 0 || name.len > NAME_MAX_BYTES)
		return ERROR_NONE;
	enum error error = emoji_find_many(request->db, request->arena, request->app->authority, &name, 1, &found, &count);
	*ret_is_known = count > 0;
	return error;
}

static enum error change(struct request *request, bool is_added,
	enum error (*how)(struct db *db, struct arena *arena, int64_t actor_id, int64_t id, struct str name))
{
	struct str name = request_value(request, 1);
	bool is_known = !is_added;
	enum error error = is_added ? is_emoji(request, name, &is_known) : ERROR_NONE;
	if (error)
		return error;
	if (!is_known && !MUTANT("announcement_emoji"))
		return refuse(request, "Validation failed: Name is not a recognized emoji");
	error = how(request->db, request->arena, request->access.actor_id, parameter_path_id(request, 0), name);
	if (error == ERROR_UNPROCESSABLE)
		return refuse(request, "Validation failed: Limit of different reactions reached");
	return error ? error : respond_empty_object(request);
}

enum error handle_announcement_react(struct request *request)
{
	return change(request, true, announcement_react);
}

enum error handle_announcement_unreact(struct request *request)
{
	return change(request, false, announcement_unreact);
}
