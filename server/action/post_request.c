/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Requests as JSON and back. */
#include "server/action/post_request.h"

#include "base/json_in.h"
#include "storage/preference.h"

static void write_poll(struct json_out *json, const struct composition_poll *poll)
{
	if (!poll) {
		json_out_key_null(json, "poll");
		return;
	}
	json_out_key_object_begin(json, "poll");
	json_out_key_array_begin(json, "options");
	for (size_t i = 0; i < poll->option_count; i++)
		json_out_str(json, poll->options[i]);
	json_out_array_end(json);
	json_out_key_int(json, "expires_in", poll->duration_s);
	json_out_key_bool(json, "multiple", poll->is_multiple);
	json_out_key_bool(json, "hide_totals", poll->hides_totals);
	json_out_object_end(json);
}

static void write_media(struct json_out *json, const struct publish_request *request)
{
	if (!request->media_count) {
		json_out_key_null(json, "media_ids");
		return;
	}
	json_out_key_array_begin(json, "media_ids");
	for (size_t i = 0; i < request->media_count; i++)
		json_out_id(json, request->media_ids[i]);
	json_out_array_end(json);
}

static void write_text_or_null(struct json_out *json, const char *key, struct str text)
{
	if (text.len)
		json_out_key_str(json, key, text);
	else
		json_out_key_null(json, key);
}

static void write_number_or_null(struct json_out *json, const char *key, int64_t number)
{
	if (number)
		json_out_key_int(json, key, number);
	else
		json_out_key_null(json, key);
}

void post_request_write(struct json_out *json, const struct publish_request *request)
{
	json_out_key_str(json, "text", request->text);
	write_poll(json, request->poll);
	write_media(json, request);
	json_out_key_bool(json, "sensitive", request->is_sensitive);
	write_text_or_null(json, "spoiler_text", request->spoiler_text);
	json_out_key_c_string(json, "visibility", post_visibility_name(request->visibility));
	write_number_or_null(json, "in_reply_to_id", request->in_reply_to_id);
	write_text_or_null(json, "language", request->language);
	write_number_or_null(json, "quoted_status_id", request->quote_id);
	json_out_key_c_string(json, "quote_approval_policy", post_quote_policy_name(request->quote_policy));
}

static const struct composition_poll *read_poll(struct arena *arena, const json_t *json)
{
	const json_t *options = json_object_get(json, "options");
	if (!json_is_object(json) || !json_is_array(options))
		return NULL;
	struct composition_poll *poll = arena_alloc(arena, sizeof(*poll));
	size_t count = json_array_size(options);
	struct str *texts = arena_alloc_array(arena, count, sizeof(*texts));
	for (size_t i = 0; i < count; i++) {
		const json_t *text = json_array_get(options, i);
		texts[i] = arena_str(arena, (struct str){ json_string_value(text), json_string_length(text) });
	}
	*poll = (struct composition_poll){ .options = texts, .option_count = count,
		.is_multiple = json_is_true(json_object_get(json, "multiple")),
		.hides_totals = json_is_true(json_object_get(json, "hide_totals")) };
	if (!json_in_int64(json, "expires_in", &poll->duration_s))
		poll->duration_s = 0;
	return poll;
}

static int64_t read_id(const json_t *json, const char *key)
{
	int64_t id;
	return json_in_int64(json, key, &id) ? id : 0;
}

static size_t read_media(struct arena *arena, const json_t *json, const int64_t **ret_ids)
{
	size_t count = json_array_size(json), found = 0;
	int64_t *ids = arena_alloc_array(arena, count, sizeof(*ids));
	for (size_t i = 0; i < count; i++) {
		const json_t *id = json_array_get(json, i);
		if (str_to_int64((struct str){ json_string_value(id), json_string_length(id) }, &ids[found]))
			found++;
	}
	*ret_ids = ids;
	return found;
}

enum error post_request_read(struct arena *arena, const json_t *json, struct publish_request *ret_request)
{
	struct publish_request request = {
		.text = arena_str(arena, json_in_str(json, "text")),
		.spoiler_text = arena_str(arena, json_in_str(json, "spoiler_text")),
		.language = arena_str(arena, json_in_str(json, "language")),
		.in_reply_to_id = read_id(json, "in_reply_to_id"),
		.is_sensitive = json_is_true(json_object_get(json, "sensitive")),
		.poll = read_poll(arena, json_object_get(json, "poll")),
		.quote_id = read_id(json, "quoted_status_id"),
	};
	request.media_count = read_media(arena, json_object_get(json, "media_ids"), &request.media_ids);
	if (!post_visibility_from_name(json_in_str(json, "visibility"), &request.visibility) ||
		!post_quote_policy_from_name(json_in_str(json, "quote_approval_policy"), &request.quote_policy))
		return ERROR_INTERNAL;
	*ret_request = request;
	return ERROR_NONE;
}
