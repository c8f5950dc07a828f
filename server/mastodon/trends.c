/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Trends, paged by offset. */
#include "server/mastodon/trends.h"

#include "server/entity/preview_card.h"
#include "server/entity/status.h"
#include "server/entity/tag.h"
#include "server/mastodon/parameters.h"
#include "storage/trend.h"

#define TAGS_DEFAULT 10
#define TAGS_MAX 20
#define LINKS_DEFAULT 10
#define LINKS_MAX 20
#define STATUSES_DEFAULT 20
#define STATUSES_MAX 40

enum error handle_trending_tags(struct request *request)
{
	struct tag_view *tags;
	size_t count;
	int offset, limit;
	parameter_offset(request, TAGS_DEFAULT, TAGS_MAX, &offset, &limit);
	enum error error = trend_list_tags(request->db, request->arena, request->access.actor_id, offset, limit, &tags, &count);
	if (error)
		return error;
	const struct reader reader = reader_of(request, FILTER_NONE);
	respond_offset_link(request, count, offset, limit);
	struct json_out *json = respond_json(request, 200);
	json_out_array_begin(json);
	for (size_t i = 0; i < count; i++)
		tag_write(&reader, json, &tags[i]);
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

enum error handle_trending_links(struct request *request)
{
	struct preview_trend *trends;
	size_t count;
	int offset, limit;
	parameter_offset(request, LINKS_DEFAULT, LINKS_MAX, &offset, &limit);
	enum error error = preview_list_trends(request->db, request->arena, offset, limit, &trends, &count);
	if (error)
		return error;
	const struct reader reader = reader_of(request, FILTER_NONE);
	respond_offset_link(request, count, offset, limit);
	return preview_card_write_trends(&reader, respond_json(request, 200), trends, count);
}
