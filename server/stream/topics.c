/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Who is subscribed to what, and what is sent to them. */
#include "server/stream/hub_internal.h"

#include "base/json_out.h"
#include "base/mutant.h"

#include <string.h>

struct topic *hub_find_topic(const struct stream_hub *hub, struct str key)
{
	return map_get(hub->topics, key);
}

static struct topic *make_topic(struct stream_hub *hub, struct str key)
{
	struct topic *topic = hub_find_topic(hub, key);
	if (topic)
		return topic;
	topic = memory_new(sizeof(*topic));
	char *copy = memory_new(key.len + 1);
	memcpy(copy, key.data, key.len);
	topic->key = (struct str){ copy, key.len };
	list_init(&topic->subscriptions);
	map_set(hub->topics, topic->key, topic);
	return topic;
}

static struct subscription *find_subscription(struct stream_client *client, const struct topic *topic)
{
	LIST_EACH(&client->subscriptions, link) {
		struct subscription *subscription = LIST_OBJECT(link, struct subscription, of_client);
		if (subscription->topic == topic)
			return subscription;
	}
	return NULL;
}

bool hub_subscribe(struct stream_client *client, const struct stream_name *name)
{
	struct stream_hub *hub = client->hub;
	struct str key = stream_topic(hub->arena, name, client->actor_id);
	struct topic *topic = hub_find_topic(hub, key);
	if (topic && find_subscription(client, topic))
		return true;
	if (client->subscription_count >= CLIENT_MAX_SUBSCRIPTIONS && !MUTANT("stream_subscriptions"))
		return false;
	topic = make_topic(hub, key);
	struct subscription *subscription = memory_new(sizeof(*subscription) + name->argument.len + name->given.len + 1);
	char *given = subscription->text + name->argument.len;
	if (name->argument.len)
		memcpy(subscription->text, name->argument.data, name->argument.len);
	if (name->given.len)
		memcpy(given, name->given.data, name->given.len);
	subscription->client = client;
	subscription->topic = topic;
	subscription->name = (struct stream_name){
		name->kind, { subscription->text, name->argument.len }, { given, name->given.len } };
	list_add_last(&topic->subscriptions, &subscription->of_topic);
	list_add_last(&client->subscriptions, &subscription->of_client);
	client->subscription_count++;
	return true;
}

static void end_subscription(struct subscription *subscription)
{
	struct topic *topic = subscription->topic;
	list_remove(&subscription->of_topic);
	list_remove(&subscription->of_client);
	subscription->client->subscription_count--;
	if (list_is_empty(&topic->subscriptions)) {
		map_remove(subscription->client->hub->topics, topic->key);
		memory_free((void *)(uintptr_t)topic->key.data);
		memory_free(topic);
	}
	memory_free(subscription);
}

void hub_unsubscribe(struct stream_client *client, const struct stream_name *name)
{
	struct topic *topic = hub_find_topic(client->hub, stream_topic(client->hub->arena, name, client->actor_id));
	struct subscription *subscription = topic ? find_subscription(client, topic) : NULL;
	if (subscription)
		end_subscription(subscription);
}

void hub_unsubscribe_all(struct stream_client *client)
{
	while (!list_is_empty(&client->subscriptions))
		end_subscription(LIST_OBJECT(client->subscriptions.next, struct subscription, of_client));
}

static void send_bytes(struct stream *stream, struct str event, struct buf *bytes)
{
	struct shared_bytes *shared = shared_bytes_new(bytes);
	stream_send(stream, event, shared);
	shared_bytes_unref(&shared);
}

void hub_send(const struct subscription *subscription, const char *event, struct str payload)
{
	struct stream *stream = subscription->client->stream;
	AUTO(buf) struct buf bytes = { 0 };
	if (!stream_is_websocket(stream)) {
		buf_add_str(&bytes, payload);
		send_bytes(stream, str_from(event), &bytes);
		return;
	}
	struct json_out json;
	AUTO(buf) struct buf name = { 0 };
	stream_name_write(&subscription->name, &name);
	json_out_init(&json, &bytes);
	json_out_object_begin(&json);
	json_out_key(&json, "stream");
	json_out_raw(&json, buf_str(&name));
	json_out_key_c_string(&json, "event", event);
	json_out_key_str(&json, "payload", payload);
	json_out_object_end(&json);
	send_bytes(stream, (struct str){ 0 }, &bytes);
}

void hub_send_error(struct stream_client *client, const char *message, int status)
{
	AUTO(buf) struct buf bytes = { 0 };
	struct json_out json;
	if (!stream_is_websocket(client->stream))
		return;
	json_out_init(&json, &bytes);
	json_out_object_begin(&json);
	json_out_key_c_string(&json, "error", message);
	json_out_key_int(&json, "status", status);
	json_out_object_end(&json);
	send_bytes(client->stream, (struct str){ 0 }, &bytes);
}
