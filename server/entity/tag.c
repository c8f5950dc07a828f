/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Hashtags as entities. */
#include "server/entity/tag.h"

#include "server/app.h"

#include "base/time_format.h"
#include "base/url.h"

#define DAY_S INT64_C(86400)

struct str tag_url(const struct reader *reader, struct str name)
{
	struct str encoded = url_encode(reader->arena, name);
	return arena_printf(reader->arena, "%.*s/tags/%.*s", STR_ARG(reader->app->base_url), STR_ARG(encoded));
}

/* Numbers of a history are strings. */
static void write_number(const struct reader *reader, struct json_out *json, const char *key, int64_t number)
{
	json_out_key_str(json, key, arena_printf(reader->arena, "%lld", (long long)number));
}

void tag_write_history(const struct reader *reader, struct json_out *json, int64_t newest_day_us, const int64_t *uses,
	const int64_t *accounts)
{
	json_out_key_array_begin(json, "history");
	for (int day = 0; day < TREND_DAYS; day++) {
		json_out_object_begin(json);
		write_number(reader, json, "day", newest_day_us / 1000000 - day * DAY_S);
		write_number(reader, json, "accounts", accounts[day]);
		write_number(reader, json, "uses", uses[day]);
		json_out_object_end(json);
	}
	json_out_array_end(json);
}

void tag_write(const struct reader *reader, struct json_out *json, const struct tag_view *tag)
{
	json_out_object_begin(json);
	json_out_key_id(json, "id", tag->id);
	json_out_key_str(json, "name", tag->name);
	json_out_key_str(json, "url", tag_url(reader, tag->name));
	tag_write_history(reader, json, tag->newest_day_us, tag->uses, tag->accounts);
	if (reader->actor_id) {
		json_out_key_bool(json, "following", tag->is_followed);
		json_out_key_bool(json, "featuring", tag->is_featured);
	}
	json_out_object_end(json);
}

void featured_tag_write(const struct reader *reader, struct json_out *json, const struct featured_tag *tag)
{
	json_out_object_begin(json);
	json_out_key_id(json, "id", tag->id);
	json_out_key_str(json, "name", tag->name);
	json_out_key_str(json, "url", tag_url(reader, tag->name));
	write_number(reader, json, "statuses_count", tag->uses);
	if (tag->last_post_us)
		json_out_key_str(json, "last_status_at", str_slice(time_iso8601_ms(reader->arena, tag->last_post_us), 0, 10));
	else
		json_out_key_null(json, "last_status_at");
	json_out_object_end(json);
}
