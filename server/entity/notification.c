/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Notifications and conversations, made of accounts and statuses. */
#include "server/entity/notification.h"

#include "server/entity/page_cache.h"
#include "server/entity/report.h"

#include "storage/severance.h"

static const char *const type_names[] = {
	[NOTIFICATION_MENTION] = "mention",
	[NOTIFICATION_FOLLOW] = "follow",
	[NOTIFICATION_FOLLOW_REQUEST] = "follow_request",
	[NOTIFICATION_FAVOURITE] = "favourite",
	[NOTIFICATION_REACTION] = "favourite",
	[NOTIFICATION_BOOST] = "reblog",
	[NOTIFICATION_POLL] = "poll",
	[NOTIFICATION_UPDATE] = "update",
	[NOTIFICATION_QUOTE] = "quote",
	[NOTIFICATION_QUOTED_UPDATE] = "quoted_update",
	[NOTIFICATION_MOVE] = "move",
	[NOTIFICATION_STATUS] = "status",
	[NOTIFICATION_SIGN_UP] = "admin.sign_up",
	[NOTIFICATION_REPORT] = "admin.report",
	[NOTIFICATION_SEVERED] = "severed_relationships",
};

const char *notification_type_name(enum notification_kind kind)
{
	return type_names[kind];
}

unsigned notification_kinds_of_type(struct str type)
{
	unsigned kinds = 0;
	for (int kind = 0; kind < NOTIFICATION_KIND_COUNT; kind++)
		if (str_eq(type, str_from(type_names[kind])))
			kinds |= 1U << kind;
	return kinds & NOTIFICATION_KINDS_SHOWN;
}

static bool is_among(const int64_t *ids, size_t count, int64_t id)
{
	for (size_t i = 0; i < count; i++)
		if (ids[i] == id)
			return true;
	return false;
}

/* For moderators, who get few of them. */
static enum error find_reports(const struct reader *reader, const struct notification *notifications, size_t count,
	struct notification_set *set)
{
	set->reports = arena_alloc_array(reader->arena, count, sizeof(*set->reports));
	for (size_t i = 0; i < count; i++) {
		if (!notifications[i].report_id)
			continue;
		enum error error =
			report_find(reader->db, reader->arena, notifications[i].report_id, &set->reports[set->report_count]);
		if (error && error != ERROR_NOT_FOUND)
			return error;
		set->report_count += error == ERROR_NONE;
	}
	return ERROR_NONE;
}

static const struct report *report_of(const struct notification_set *set, const struct notification *notification)
{
	for (size_t i = 0; i < set->report_count; i++)
		if (set->reports[i].id == notification->report_id)
			return &set->reports[i];
	return NULL;
}

static enum error find_losses(const struct reader *reader, const struct notification *notifications, size_t count,
	struct notification_set *set)
{
	int64_t *event_ids = arena_alloc_array(reader->arena, count, sizeof(*event_ids));
	size_t event_count = 0;
	for (size_t i = 0; i < count; i++)
		if (notifications[i].severance_event_id)
			event_ids[event_count++] = notifications[i].severance_event_id;
	if (!event_count)
		return ERROR_NONE;
	return severance_list_some(reader->db, reader->arena, reader->actor_id, event_ids, event_count, &set->losses,
		&set->loss_count);
}

static const struct severance_loss *loss_of(const struct notification_set *set, const struct notification *notification)
{
	for (size_t i = 0; i < set->loss_count; i++)
		if (set->losses[i].event_id == notification->severance_event_id)
			return &set->losses[i];
	return NULL;
}

enum error notification_set_load(const struct reader *reader, const struct notification *notifications, size_t count,
	const int64_t *extra_actor_ids, size_t extra_count, struct page_parts *parts, struct notification_set *ret_set)
{
	int64_t *actor_ids = arena_alloc_array(reader->arena, 2 * count + extra_count, sizeof(*actor_ids));
	int64_t *post_ids = arena_alloc_array(reader->arena, count, sizeof(*post_ids));
	size_t post_count = 0;
	struct notification_set set = { 0 };
	for (size_t i = 0; i < count; i++) {
		actor_ids[i] = notifications[i].from_actor_id;
		if (notifications[i].post_id && !is_among(post_ids, post_count, notifications[i].post_id))
			post_ids[post_count++] = notifications[i].post_id;
	}
	for (size_t i = 0; i < extra_count; i++)
		actor_ids[count + i] = extra_actor_ids[i];
	enum error error = find_reports(reader, notifications, count, &set);
	if (!error)
		error = find_losses(reader, notifications, count, &set);
	for (size_t i = 0; i < set.report_count; i++)
		actor_ids[count + extra_count + i] = set.reports[i].target_id;
	if (!error)
		error = account_set_load(reader, actor_ids, count + extra_count + set.report_count, &set.accounts);
	if (!error)
		error = status_set_load_noting(reader, post_ids, post_count, parts, &set.statuses);
	if (error)
		return error;
	if (parts) {
		account_set_note(set.accounts, parts);
		page_parts_add(parts, CHANGE_NOTIFICATIONS, reader->actor_id);
		if (set.report_count)
			parts->until_us = 0; /* no change tells of reports */
	}
	*ret_set = set;
	return ERROR_NONE;
}

bool notification_set_has(const struct notification_set *set, const struct notification *notification)
{
	if (!(NOTIFICATION_KINDS_SHOWN & 1U << notification->kind) || !account_set_has(set->accounts, notification->from_actor_id))
		return false;
	if (notification->report_id) {
		const struct report *report = report_of(set, notification);
		return report && account_set_has(set->accounts, report->target_id);
	}
	if (notification->severance_event_id)
		return loss_of(set, notification) != NULL;
	return !notification->post_id || (status_set_has(set->statuses, notification->post_id) &&
		!status_set_hides(set->statuses, notification->post_id));
}

struct str notification_group_key(struct arena *arena, const struct notification *notification, bool is_grouped)
{
	long long span = notification->id / NOTIFICATION_GROUP_SPAN_US;
	if (!is_grouped || !(NOTIFICATION_KINDS_GROUPED & 1U << notification->kind))
		return arena_printf(arena, "ungrouped-%lld", (long long)notification->id);
	if (!notification->post_id)
		return arena_printf(arena, "%s-%lld", type_names[notification->kind], span);
	return arena_printf(arena, "%s-%lld-%lld", type_names[notification->kind], (long long)notification->post_id, span);
}

static void write_loss(struct json_out *json, const struct severance_loss *loss)
{
	json_out_object_begin(json);
	json_out_key_id(json, "id", loss->event_id);
	json_out_key_c_string(json, "type", severance_kind_name(loss->kind));
	json_out_key_bool(json, "purged", loss->is_purged);
	json_out_key_str(json, "target_name", loss->target);
	json_out_key_int(json, "followers_count", loss->followers);
	json_out_key_int(json, "following_count", loss->following);
	json_out_key_time_ms(json, "created_at", loss->created_us);
	json_out_object_end(json);
}

void notification_set_write_about(const struct notification_set *set, struct json_out *json,
	const struct notification *notification)
{
	if (notification->report_id) {
		json_out_key(json, "report");
		report_write(json, set->accounts, report_of(set, notification));
	}
	if (notification->severance_event_id) {
		json_out_key(json, "event");
		write_loss(json, loss_of(set, notification));
	}
}

void notification_set_write(const struct notification_set *set, const struct reader *reader, struct json_out *json,
	const struct notification *notification)
{
	json_out_object_begin(json);
	json_out_key_id(json, "id", notification->id);
	json_out_key_c_string(json, "type", type_names[notification->kind]);
	json_out_key_str(json, "group_key", notification_group_key(reader->arena, notification, true));
	json_out_key_time_ms(json, "created_at", notification->created_us);
	json_out_key(json, "account");
	account_set_write(set->accounts, json, notification->from_actor_id);
	if (notification->post_id) {
		json_out_key(json, "status");
		status_set_write(set->statuses, json, notification->post_id);
	}
	notification_set_write_about(set, json, notification);
	json_out_object_end(json);
}

enum error notification_render(const struct reader *reader, int64_t id, struct buf *ret_json)
{
	struct notification notification;
	struct notification_set set;
	struct json_out json;
	enum error error = notification_find(reader->db, reader->arena, reader->actor_id, id, &notification);
	if (!error && notification.is_filtered)
		return ERROR_NOT_FOUND;
	if (!error)
		error = notification_set_load(reader, &notification, 1, NULL, 0, NULL, &set);
	if (!error && !notification_set_has(&set, &notification))
		return ERROR_NOT_FOUND;
	if (error)
		return error;
	json_out_init(&json, ret_json);
	notification_set_write(&set, reader, &json, &notification);
	return ERROR_NONE;
}

struct conversation_set {
	struct account_set *accounts;
	struct status_set *statuses;
};

static enum error load_conversations(const struct reader *reader, const struct conversation *conversations, size_t count,
	struct conversation_set *ret_set)
{
	size_t actor_count = 0, at = 0;
	for (size_t i = 0; i < count; i++)
		actor_count += conversations[i].participant_count;
	int64_t *actor_ids = arena_alloc_array(reader->arena, actor_count + 1, sizeof(*actor_ids));
	int64_t *post_ids = arena_alloc_array(reader->arena, count, sizeof(*post_ids));
	actor_ids[at++] = reader->actor_id;
	for (size_t i = 0; i < count; i++) {
		post_ids[i] = conversations[i].last_post_id;
		for (size_t j = 0; j < conversations[i].participant_count; j++)
			actor_ids[at++] = conversations[i].participant_ids[j];
	}
	enum error error = account_set_load(reader, actor_ids, actor_count + 1, &ret_set->accounts);
	return error ? error : status_set_load(reader, post_ids, count, &ret_set->statuses);
}

/* Of a conversation with oneself one is the only participant. */
static void write_conversation(const struct reader *reader, const struct conversation_set *set, struct json_out *json,
	const struct conversation *conversation)
{
	bool has_others = conversation->participant_count > 0;
	json_out_object_begin(json);
	json_out_key_id(json, "id", conversation->id);
	json_out_key_bool(json, "unread", conversation->is_unread);
	json_out_key(json, "accounts");
	account_set_write_array(set->accounts, json, has_others ? conversation->participant_ids : &reader->actor_id,
		has_others ? conversation->participant_count : 1);
	json_out_key(json, "last_status");
	if (status_set_has(set->statuses, conversation->last_post_id))
		status_set_write(set->statuses, json, conversation->last_post_id);
	else
		json_out_null(json);
	json_out_object_end(json);
}

enum error conversation_write_array(const struct reader *reader, struct json_out *json, const struct conversation *conversations,
	size_t count)
{
	struct conversation_set set = { 0 };
	enum error error = load_conversations(reader, conversations, count, &set);
	if (error)
		return error;
	json_out_array_begin(json);
	for (size_t i = 0; i < count; i++)
		write_conversation(reader, &set, json, &conversations[i]);
	json_out_array_end(json);
	return ERROR_NONE;
}

enum error conversation_render(const struct reader *reader, int64_t id, struct buf *ret_json)
{
	struct conversation conversation;
	struct conversation_set set = { 0 };
	struct json_out json;
	enum error error = conversation_find(reader->db, reader->arena, reader->actor_id, id, &conversation);
	if (!error)
		error = load_conversations(reader, &conversation, 1, &set);
	if (error)
		return error;
	json_out_init(&json, ret_json);
	write_conversation(reader, &set, &json, &conversation);
	return ERROR_NONE;
}
