/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * ScheduledStatus: what was asked for is stored in the words of the API. */
#include "server/entity/scheduled_status.h"

#include "server/entity/media_attachment.h"

static const struct medium *find_medium(const struct medium *media, size_t count, int64_t id)
{
	for (size_t i = 0; i < count; i++)
		if (media[i].id == id)
			return &media[i];
	return NULL;
}

enum error scheduled_status_write(const struct reader *reader, struct json_out *json, const struct scheduled_post *post)
{
	struct medium *media = NULL;
	size_t count = 0;
	enum error error = ERROR_NONE;
	if (post->media_count)
		error = media_find_many(reader->db, reader->arena, post->media_ids, post->media_count, &media, &count);
	if (error)
		return error;
	json_out_object_begin(json);
	json_out_key_id(json, "id", post->id);
	json_out_key_time_ms(json, "scheduled_at", post->scheduled_us);
	json_out_key(json, "params");
	json_out_raw(json, post->request_json);
	json_out_key_array_begin(json, "media_attachments");
	for (size_t i = 0; i < post->media_count; i++) {
		const struct medium *medium = find_medium(media, count, post->media_ids[i]);
		if (medium)
			media_attachment_write(reader->app, reader->arena, json, medium);
	}
	json_out_array_end(json);
	json_out_object_end(json);
	return ERROR_NONE;
}
