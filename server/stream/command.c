/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What clients say on a WebSocket: {"type": "subscribe" or "unsubscribe", "stream": ..., "tag": ..., "list": ...}. What
 * cannot be done is answered with an error frame; the socket stays open (IceCubes asks for streams that do not exist). */
#include "server/stream/hub_internal.h"

#include "base/json_in.h"
#include "base/mutant.h"
#include "storage/home.h"
#include "storage/stream_access.h"

static const struct json_limits limits = { .max_bytes = COMMAND_MAX_BYTES, .max_depth = 4, .max_values = 64, .max_string_bytes = 1024 };

/* Ids come as text or as numbers. */
static struct str text_or_number(struct arena *arena, const json_t *object, const char *key)
{
	int64_t number;
	if (json_in_int64(object, key, &number))
		return arena_printf(arena, "%lld", (long long)number);
	return json_in_str(object, key);
}

static bool has_scope(const struct stream_client *client, enum stream_kind kind)
{
	if (MUTANT("stream_scope"))
		return true;
	if (kind == STREAM_USER_NOTIFICATION)
		return client->may_read_notifications;
	if (kind == STREAM_LIST)
		return client->may_read_lists || client->may_read_statuses;
	return client->may_read_statuses || (kind == STREAM_USER && client->may_read_notifications);
}

static void subscribe(struct stream_client *client, const struct stream_name *name)
{
	struct stream_hub *hub = client->hub;
	if (!has_scope(client, name->kind)) {
		hub_send_error(client, "Access token does not have the required scopes", 401);
		return;
	}
	if (name->kind == STREAM_LIST) {
		int64_t list_id = 0;
		bool is_own = false;
		(void)!str_to_int64(name->argument, &list_id);
		if (stream_access_list_is_own(hub->db, hub->arena, client->actor_id, list_id, &is_own)) {
			hub_send_error(client, "Try again later", 503);
			return;
		}
		if (!is_own && !MUTANT("stream_list_owner")) {
			hub_send_error(client, "Not authorized to stream this list", 404);
			return;
		}
	}
	/* What is posted from now on must come in for somebody who never asked for their home timeline. */
	if (name->kind == STREAM_USER && home_keep(hub->db, hub->arena, client->actor_id)) {
		hub_send_error(client, "Try again later", 503);
		return;
	}
	if (!hub_subscribe(client, name))
		hub_send_error(client, "Too many subscriptions", 400);
}

void hub_command(struct stream_client *client, struct str text)
{
	json_t *json = NULL;
	struct stream_name name;
	struct arena *arena = client->hub->arena;
	if (json_in_parse(text, &limits, &json) || !json_is_object(json)) {
		json_decref(json);
		hub_send_error(client, "Error parsing JSON", 400);
		return;
	}
	struct str type = json_in_str(json, "type");
	bool is_known = stream_name_read(arena, json_in_str(json, "stream"), json_in_str(json, "tag"),
		text_or_number(arena, json, "list"), &name);
	if (!is_known)
		hub_send_error(client, "Unknown stream type", 400);
	else if (str_eq(type, STR_LITERAL("subscribe")))
		subscribe(client, &name);
	else if (str_eq(type, STR_LITERAL("unsubscribe")))
		hub_unsubscribe(client, &name);
	json_decref(json);
}
