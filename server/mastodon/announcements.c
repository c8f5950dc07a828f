/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Routes of announcements. */
#include "server/mastodon/announcements.h"

#include "server/entity/announcement.h"
#include "server/mastodon/parameters.h"

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

static enum error change(struct request *request,
	enum error (*how)(struct db *db, struct arena *arena, int64_t actor_id, int64_t id, struct str name))
{
	struct str name = request_value(request, 1);
	if (!name.len || name.len > NAME_MAX_BYTES)
		return refuse(request, "Validation failed: Name is not a recognized emoji");
	enum error error = how(request->db, request->arena, request->access.actor_id, parameter_path_id(request, 0), name);
	if (error == ERROR_UNPROCESSABLE)
		return refuse(request, "Validation failed: Limit of different reactions reached");
	return error ? error : respond_empty_object(request);
}

enum error handle_announcement_react(struct request *request)
{
	return change(request, announcement_react);
}

enum error handle_announcement_unreact(struct request *request)
{
	return change(request, announcement_unreact);
}
