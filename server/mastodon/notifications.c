/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Notifications one by one. */
#include "server/mastodon/notifications.h"

#include "server/entity/notification.h"
#include "server/mastodon/kept_pages.h"
#include "server/mastodon/parameters.h"

#include "storage/marker.h"

#define DEFAULT_LIMIT 40
#define MAX_LIMIT 80
#define UNREAD_DEFAULT_LIMIT 100
#define UNREAD_MAX_LIMIT 1000
#define DISMISS_MAX 500

static unsigned kinds_of(struct request *request, const char *name, unsigned otherwise)
{
	struct str *types;
	size_t count = parameter_list(request, name, &types);
	unsigned kinds = 0;
	for (size_t i = 0; i < count; i++)
		kinds |= notification_kinds_of_type(types[i]);
	return count ? kinds : otherwise;
}

void notification_query_read(struct request *request, struct notification_query *ret_query)
{
	*ret_query = (struct notification_query){
		.actor_id = request->access.actor_id,
		.kinds = kinds_of(request, "types", NOTIFICATION_KINDS_SHOWN) & ~kinds_of(request, "exclude_types", 0),
		.from_actor_id = parameter_id(request, "account_id"),
		.with_filtered = parameter_bool(request, "include_filtered", false),
	};
}

enum error notification_query_read_unread(struct request *request, struct notification_query *ret_query)
{
	struct marker markers[MARKER_TIMELINE_COUNT];
	enum error error = marker_find(request->db, request->arena, request->access.user_id, request->access.actor_id, markers);
	if (error)
		return error;
	notification_query_read(request, ret_query);
	ret_query->page.since_id = markers[MARKER_NOTIFICATIONS].last_read_id;
	ret_query->page.limit = (int)parameter_int(request, "limit", UNREAD_DEFAULT_LIMIT, 1, UNREAD_MAX_LIMIT);
	return ERROR_NONE;
}

enum error respond_unread_count(struct request *request, size_t count)
{
	struct json_out *json = respond_json(request, 200);
	json_out_object_begin(json);
	json_out_key_int(json, "count", (int64_t)count);
	json_out_object_end(json);
	return ERROR_NONE;
}

#define WITH_FILTERED (UINT64_C(1) << NOTIFICATION_KIND_COUNT)

struct page_key notification_page_key(enum page_kind kind, const struct notification_query *query)
{
	return (struct page_key){
		.kind = kind, .variant = query->kinds | (query->with_filtered ? WITH_FILTERED : 0),
		.actor_id = query->actor_id, .bounds = query->page,
	};
}

static void read_query(struct request *request, struct notification_query *ret_query)
{
	notification_query_read(request, ret_query);
	parameter_page(request, DEFAULT_LIMIT, MAX_LIMIT, &ret_query->page);
}

bool cached_notifications(struct request *request)
{
	struct notification_query query;
	read_query(request, &query);
	const struct page_key key = notification_page_key(PAGE_NOTIFICATIONS, &query);
	return !query.from_actor_id && kept_pages_take(request, &key);
}

static void write_array(const struct notification_set *set, const struct reader *reader, const struct notification *notifications,
	size_t count, struct buf *out)
{
	struct json_out json;
	json_out_init(&json, out);
	json_out_array_begin(&json);
	for (size_t i = 0; i < count; i++)
		if (notification_set_has(set, &notifications[i]))
			notification_set_write(set, reader, &json, &notifications[i]);
	json_out_array_end(&json);
}

enum error handle_notifications(struct request *request)
{
	struct reader reader = reader_of(request, FILTER_NOTIFICATIONS);
	struct notification_query query;
	struct notification *notifications;
	struct notification_set set;
	struct page_making making;
	struct buf out = { 0 };
	size_t count;
	if (cached_notifications(request))
		return ERROR_NONE; /* its token was not known on the loop */
	read_query(request, &query);
	const struct page_key key = notification_page_key(PAGE_NOTIFICATIONS, &query);
	kept_pages_begin(request, &key, &making);
	enum error error = notification_list(request->db, request->arena, &query, &notifications, &count, &making.parts.until_us);
	if (!error)
		error = notification_set_load(&reader, notifications, count, NULL, 0, &making.parts, &set);
	if (error)
		return error;
	if (query.from_actor_id)
		making.parts.until_us = 0; /* asked for once */
	const struct page_ids ends = {
		.first = count ? notifications[0].id : 0, .last = count ? notifications[count - 1].id : 0, .count = count,
		.has_more = count == (size_t)query.page.limit,
	};
	write_array(&set, &reader, notifications, count, &out);
	kept_pages_respond(request, &making, &ends, &out);
	return ERROR_NONE;
}

enum error handle_notification(struct request *request)
{
	struct reader reader = reader_of(request, FILTER_NOTIFICATIONS);
	struct notification notification;
	struct notification_set set;
	enum error error = notification_find(request->db, request->arena, request->access.actor_id,
		parameter_path_id(request, 0), &notification);
	if (!error)
		error = notification_set_load(&reader, &notification, 1, NULL, 0, NULL, &set);
	if (error)
		return error;
	if (!notification_set_has(&set, &notification))
		return ERROR_NOT_FOUND;
	notification_set_write(&set, &reader, respond_json(request, 200), &notification);
	return ERROR_NONE;
}

enum error handle_notifications_clear(struct request *request)
{
	enum error error = notification_clear(request->db, request->arena, request->access.actor_id);
	return error ? error : respond_empty_object(request);
}

enum error handle_notification_dismiss(struct request *request)
{
	struct notification notification;
	int64_t actor_id = request->access.actor_id;
	enum error error = notification_find(request->db, request->arena, actor_id, parameter_path_id(request, 0), &notification);
	if (!error)
		error = notification_dismiss(request->db, request->arena, actor_id, &notification.id, 1);
	return error ? error : respond_empty_object(request);
}

enum error handle_notifications_dismiss_many(struct request *request)
{
	int64_t *ids;
	size_t count = parameter_ids(request, "ids", DISMISS_MAX, &ids);
	if (!count)
		count = parameter_ids(request, "id", DISMISS_MAX, &ids);
	enum error error = notification_dismiss(request->db, request->arena, request->access.actor_id, ids, count);
	return error ? error : respond_empty_object(request);
}

enum error handle_notifications_unread_count(struct request *request)
{
	struct notification_query query;
	struct notification *notifications;
	size_t count;
	int64_t until_us;
	enum error error = notification_query_read_unread(request, &query);
	if (!error)
		error = notification_list(request->db, request->arena, &query, &notifications, &count, &until_us);
	return error ? error : respond_unread_count(request, count);
}
