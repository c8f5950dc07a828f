/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Filters as entities. */
#include "server/entity/filter_entity.h"

static void write_contexts(struct json_out *json, const struct filter *filter)
{
	json_out_key_array_begin(json, "context");
	for (unsigned i = 0; i < FILTER_CONTEXT_COUNT; i++)
		if (filter->contexts & 1u << i)
			json_out_c_string(json, filter_context_name(i));
	json_out_array_end(json);
	json_out_key(json, "expires_at");
	if (filter->expires_us)
		json_out_time_ms(json, filter->expires_us);
	else
		json_out_null(json);
}

void filter_write_members(struct json_out *json, const struct filter *filter)
{
	json_out_key_id(json, "id", filter->id);
	json_out_key_str(json, "title", filter->title);
	write_contexts(json, filter);
	json_out_key_c_string(json, "filter_action", filter_action_name(filter->action));
}

void filter_keyword_write(struct json_out *json, const struct filter_keyword *keyword)
{
	json_out_object_begin(json);
	json_out_key_id(json, "id", keyword->id);
	json_out_key_str(json, "keyword", keyword->keyword);
	json_out_key_bool(json, "whole_word", keyword->is_whole_word);
	json_out_object_end(json);
}

void filter_post_write(struct json_out *json, const struct filter_post *post)
{
	json_out_object_begin(json);
	json_out_key_id(json, "id", post->id);
	json_out_key_id(json, "status_id", post->post_id);
	json_out_object_end(json);
}

void filter_write(struct json_out *json, const struct filter *filter)
{
	json_out_object_begin(json);
	filter_write_members(json, filter);
	json_out_key_array_begin(json, "keywords");
	for (size_t i = 0; i < filter->keyword_count; i++)
		filter_keyword_write(json, &filter->keywords[i]);
	json_out_array_end(json);
	json_out_key_array_begin(json, "statuses");
	for (size_t i = 0; i < filter->post_count; i++)
		filter_post_write(json, &filter->posts[i]);
	json_out_array_end(json);
	json_out_object_end(json);
}

void filter_write_v1(struct json_out *json, const struct filter *filter, const struct filter_keyword *keyword)
{
	json_out_object_begin(json);
	json_out_key_id(json, "id", keyword->id);
	json_out_key_str(json, "phrase", keyword->keyword);
	write_contexts(json, filter);
	json_out_key_bool(json, "irreversible", filter->action == FILTER_HIDE);
	json_out_key_bool(json, "whole_word", keyword->is_whole_word);
	json_out_object_end(json);
}
