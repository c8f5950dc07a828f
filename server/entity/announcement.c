/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Few and short: written from their rows each time. */
#include "server/entity/announcement.h"

#include "server/app.h"
#include "server/entity/emojis.h"

/* Hashtags as the links of the rendered text name them. */
static void write_tags(const struct reader *reader, struct json_out *json, struct str html)
{
	static const struct str marker = STR("/tags/");
	json_out_key_array_begin(json, "tags");
	for (;;) {
		size_t at = str_index_of_str(html, marker);
		if (at == html.len)
			break;
		html = str_slice(html, at + marker.len, html.len);
		struct str name = str_slice(html, 0, str_index_of(html, '"', 0));
		json_out_object_begin(json);
		json_out_key_str(json, "name", name);
		json_out_key_str(json, "url", arena_printf(reader->arena, "%.*s/tags/%.*s", STR_ARG(reader->app->base_url), STR_ARG(name)));
		json_out_object_end(json);
	}
	json_out_array_end(json);
}

static void write_time(struct json_out *json, const char *key, int64_t time_us)
{
	if (time_us)
		json_out_key_time_ms(json, key, time_us);
	else
		json_out_key_null(json, key);
}

static void write_reactions(const struct reader *reader, struct json_out *json, int64_t id,
	const struct announcement_reaction *reactions, size_t count)
{
	json_out_key_array_begin(json, "reactions");
	for (size_t i = 0; i < count; i++) {
		if (reactions[i].announcement_id != id)
			continue;
		json_out_object_begin(json);
		json_out_key_str(json, "name", reactions[i].name);
		json_out_key_int(json, "count", reactions[i].count);
		if (reader->actor_id)
			json_out_key_bool(json, "me", reactions[i].is_own);
		if (reactions[i].image_url.data) {
			json_out_key_str(json, "url", reactions[i].image_url);
			json_out_key_str(json, "static_url", reactions[i].image_url);
		}
		json_out_object_end(json);
	}
	json_out_array_end(json);
}

static enum error write_one(const struct reader *reader, struct json_out *json, const struct announcement *one,
	const struct announcement_reaction *reactions, size_t count)
{
	static const struct str nobody = { 0 };
	json_out_object_begin(json);
	json_out_key_id(json, "id", one->id);
	json_out_key_str(json, "content", one->html);
	write_time(json, "starts_at", one->starts_us);
	write_time(json, "ends_at", one->ends_us);
	json_out_key_bool(json, "all_day", one->is_all_day);
	json_out_key_time_ms(json, "published_at", one->published_us);
	json_out_key_time_ms(json, "updated_at", one->updated_us);
	if (reader->actor_id)
		json_out_key_bool(json, "read", one->is_read);
	json_out_key_array_begin(json, "mentions");
	json_out_array_end(json);
	json_out_key_array_begin(json, "statuses");
	json_out_array_end(json);
	write_tags(reader, json, one->html);
	enum error error = emojis_write_used(reader, json, true, nobody, &one->text, 1);
	write_reactions(reader, json, one->id, reactions, count);
	json_out_object_end(json);
	return error;
}

enum error announcement_write_array(const struct reader *reader, struct json_out *json,
	const struct announcement *announcements, size_t count)
{
	struct announcement_reaction *reactions = NULL;
	size_t reaction_count = 0;
	int64_t *ids = arena_alloc_array(reader->arena, count, sizeof(*ids));
	for (size_t i = 0; i < count; i++)
		ids[i] = announcements[i].id;
	enum error error = announcement_list_reactions(reader->db, reader->arena, reader->actor_id, ids, count, &reactions,
		&reaction_count);
	json_out_array_begin(json);
	for (size_t i = 0; i < count && !error; i++)
		error = write_one(reader, json, &announcements[i], reactions, reaction_count);
	json_out_array_end(json);
	return error;
}

enum error announcement_render(const struct reader *reader, int64_t id, struct buf *ret_json)
{
	struct announcement announcement;
	struct announcement_reaction *reactions;
	struct json_out json;
	size_t count;
	enum error error = announcement_find(reader->db, reader->arena, reader->actor_id, id, &announcement);
	if (!error)
		error = announcement_list_reactions(reader->db, reader->arena, reader->actor_id, &id, 1, &reactions, &count);
	if (error)
		return error;
	json_out_init(&json, ret_json);
	return write_one(reader, &json, &announcement, reactions, count);
}
