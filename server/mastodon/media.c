/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Only their owner sees them here, and only until they hang at a post. */
#include "server/mastodon/media.h"

#include "server/action/media.h"
#include "server/entity/media_attachment.h"
#include "server/mastodon/parameters.h"

#include <math.h>
#include <stdlib.h>

#define NUMBER_MAX_BYTES 32

/* "x,y", each from -1 to 1. */
static bool read_number(struct str text, double *ret_number)
{
	char copy[NUMBER_MAX_BYTES + 1], *end;
	if (text.len == 0 || text.len > NUMBER_MAX_BYTES)
		return false;
	for (size_t i = 0; i < text.len; i++)
		copy[i] = text.data[i];
	copy[text.len] = '\0';
	double number = strtod(copy, &end);
	if (*end || !isfinite(number))
		return false;
	*ret_number = number;
	return true;
}

static bool read_focus(struct str text, double ret_focus[2])
{
	size_t comma = str_index_of(text, ',', 0);
	return comma < text.len && read_number(str_trim(str_slice(text, 0, comma)), &ret_focus[0]) &&
		read_number(str_trim(str_slice(text, comma + 1, text.len)), &ret_focus[1]);
}

static enum error answer(struct request *request, int status, const struct medium *medium)
{
	media_attachment_write(request->app, request->arena, respond_json(request, status), medium);
	return ERROR_NONE;
}

static enum error upload(struct request *request, bool is_awaited)
{
	const struct form_field *file = parameter_file(request, "file"), *cover = parameter_file(request, "thumbnail");
	struct str message = { 0 };
	const struct str *alt = parameter_description_pointer(request, "description");
	struct medium medium;
	double focus[2] = { 0 };
	if (!file || file->value.len == 0)
		return refuse(request, "Validation failed: File can't be blank");
	if (!read_focus(parameter_text(request, "focus"), focus))
		focus[0] = focus[1] = 0;
	const struct media_upload what = {
		.bytes = file->value, .alt = alt ? *alt : (struct str){ 0 }, .focus_x = focus[0], .focus_y = focus[1],
		.cover = cover && cover->value.len ? cover->value : (struct str){ 0 },
	};
	enum error error = media_upload(request->app, request->db, request->arena, request->access.actor_id, &what, is_awaited,
		&medium, &message);
	if (message.data)
		request->error_message = message;
	if (error)
		return fail(request, error, "upload");
	if (medium.state == MEDIA_FAILED)
		return refuse(request, "Validation failed: File is invalid");
	return answer(request, medium.state == MEDIA_READY ? 200 : 202, &medium);
}

enum error handle_media_upload(struct request *request)
{
	return upload(request, false);
}

enum error handle_media_upload_awaited(struct request *request)
{
	return upload(request, true);
}

static enum error find_unused(struct request *request, struct medium *ret_medium)
{
	struct medium medium;
	enum error error = media_find(request->db, request->arena, request->access.actor_id, parameter_path_id(request, 0), &medium);
	if (!error && (medium.post_id || medium.purpose != MEDIA_ATTACHMENT))
		error = ERROR_NOT_FOUND;
	if (!error)
		*ret_medium = medium;
	return error;
}

enum error handle_media_get(struct request *request)
{
	struct medium medium;
	enum error error = find_unused(request, &medium);
	if (error)
		return fail(request, error, "media");
	if (medium.state == MEDIA_FAILED)
		return refuse(request, "Error processing thumbnail for uploaded media");
	return answer(request, medium.state == MEDIA_READY ? 200 : 206, &medium);
}

static bool is_too_long(struct str alt)
{
	size_t characters = 0;
	for (size_t i = 0; i < alt.len; i++)
		characters += ((unsigned char)alt.data[i] & 0xc0) != 0x80;
	return characters > MEDIA_MAX_ALT_CHARACTERS;
}

enum error handle_media_update(struct request *request)
{
	struct medium medium;
	double focus[2];
	const struct str *alt = parameter_description_pointer(request, "description");
	bool has_focus = read_focus(parameter_text(request, "focus"), focus);
	enum error error = find_unused(request, &medium);
	if (error)
		return fail(request, error, "media");
	if (alt && is_too_long(*alt))
		return refuse(request, "Validation failed: Description is too long (maximum is 1500 characters)");
	const struct form_field *cover = parameter_file(request, "thumbnail");
	struct str message = { 0 };
	if (cover && cover->value.len)
		error = media_set_cover(request->app, request->db, request->arena, &medium, cover->value, &message);
	if (message.data)
		request->error_message = message;
	if (error)
		return fail(request, error, "thumbnail");
	error = media_set_details(request->db, request->arena, request->access.actor_id, medium.id, alt, has_focus ? focus : NULL);
	if (!error)
		error = find_unused(request, &medium);
	return error ? fail(request, error, "media details") : answer(request, medium.state == MEDIA_PENDING ? 206 : 200, &medium);
}

enum error handle_media_delete(struct request *request)
{
	enum error error = media_remove(request->db, request->arena, request->access.actor_id, parameter_path_id(request, 0));
	if (error == ERROR_UNPROCESSABLE)
		return refuse(request, "Media attachment is currently used by a status");
	return error ? fail(request, error, "media") : respond_empty_object(request);
}
