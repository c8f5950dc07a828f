/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Trends, paged by offset. */
#include "server/mastodon/trends.h"

#include "server/app.h"
#include "server/entity/status.h"
#include "server/mastodon/parameters.h"
#include "storage/trend.h"

#include "base/url.h"

#define TAGS_DEFAULT 10
#define TAGS_MAX 20
#define STATUSES_DEFAULT 20
#define STATUSES_MAX 40
#define DAY_S INT64_C(86400)

/* Numbers of a history are strings. */
static void write_number(struct request *request, struct json_out *json, const char *key, int64_t number)
{
	json_out_key_str(json, key, arena_printf(request->arena, "%lld", (long long)number));
}

static void write_tag(struct request *request, struct json_out *json, const struct trending_tag *tag)
{
	struct str encoded = url_encode(request->arena, tag->name);
	json_out_object_begin(json);
	json_out_key_id(json, "id", tag->id);
	json_out_key_str(json, "name", tag->name);
	json_out_key_str(json, "url", arena_printf(request->arena, "%.*s/tags/%.*s", STR_ARG(request->app->base_url),
		STR_ARG(encoded)));
	json_out_key_array_begin(json, "history");
	for (int day = 0; day < TREND_DAYS; day++) {
		json_out_object_begin(json);
		write_number(request, json, "day", tag->newest_day_us / 1000000 - day * DAY_S);
		write_number(request, json, "accounts", tag->accounts[day]);
		write_number(request, json, "uses", tag->uses[day]);
		json_out_object_end(json);
	}
	json_out_array_end(json);
	if (request->access.actor_id) {
		json_out_key_bool(json, "following", tag->is_followed);
		json_out_key_bool(json, "featuring", tag->is_featured);
	}
	json_out_object_end(json);
}

enum error handle_trending_tags(struct request *request)
{
	struct trending_tag *tags;
	size_t count;
	int offset, limit;
	parameter_offset(request, TAGS_DEFAULT, TAGS_MAX, &offset, &limit);
	enum error error = trend_list_tags(request->db, request->arena, request->access.actor_id, offset, limit, &tags, &count);
	if (error)
		return error;
	respond_offset_link(request, count, offset, limit);
	struct json_out *json = respond_json(request, 200);
	json_out_array_begin(json);
	for (size_t i = 0; i < count; i++)
		write_tag(request, json, &tags[i]);
	json_out_array_end(json);
	return ERROR_NONE;
}

enum error handle_trending_statuses(struct request *request)
{
	int64_t *ids;
	size_t count;
	int offset, limit;
	parameter_offset(request, STATUSES_DEFAULT, STATUSES_MAX, &offset, &limit);
	enum error error = trend_list_posts(request->db, request->arena, request->access.actor_id, offset, limit, &ids, &count);
	if (error)
		return error;
	respond_offset_link(request, count, offset, limit);
	return status_respond_array(request, FILTER_PUBLIC, ids, count);
}
