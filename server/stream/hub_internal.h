/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The hub as its own files see it. Everything here but the queue and the count belongs to the hub's thread. */
#ifndef COMPTOIR_SERVER_STREAM_HUB_INTERNAL_H
#define COMPTOIR_SERVER_STREAM_HUB_INTERNAL_H

#include "server/stream/hub.h"
#include "base/list.h"
#include "base/map.h"
#include "storage/event.h"

#include <stdatomic.h>

#define CLIENT_MAX_SUBSCRIPTIONS 100
#define COMMAND_MAX_BYTES 4096

struct topic {
	struct str key; /* heap */
	struct list_link subscriptions;
};

struct subscription {
	struct list_link of_topic;
	struct list_link of_client;
	struct stream_client *client;
	struct topic *topic;
	struct stream_name name; /* its strings are in text */
	char text[];
};

struct stream_client {
	struct stream_hub *hub;
	struct list_link link; /* in the hub's clients, while it has joined */
	struct list_link subscriptions;
	unsigned subscription_count;
	struct stream *stream;
	int64_t token_id, actor_id;
	bool has_joined, has_left;
	int64_t minute_began_us; /* with the next one the loop's: how much the client has said since */
	unsigned texts_this_minute;
	bool may_read_statuses, may_read_notifications, may_read_lists;
};

struct stream_hub {
	struct app *app;
	struct db *db;
	struct arena *arena; /* of what is handled now */
	struct map *topics;
	struct list_link clients;
	atomic_int_fast64_t client_count;
	struct event_listener listener;
	struct hub_queue *queue;
};

/* NULL when nobody is subscribed. */
struct topic *hub_find_topic(const struct stream_hub *hub, struct str key);

/* Twice is once. False when the client has too many. */
bool hub_subscribe(struct stream_client *client, const struct stream_name *name);
void hub_unsubscribe(struct stream_client *client, const struct stream_name *name);
void hub_unsubscribe_all(struct stream_client *client);

/* One event in the name of a subscription; payload is text, empty for none. */
void hub_send(const struct subscription *subscription, const char *event, struct str payload);
/* On WebSockets only. */
void hub_send_error(struct stream_client *client, const char *message, int status);

/* fanout.c: what happened, for all whom it concerns. */
void hub_tell(struct stream_hub *hub, const struct event *event);

/* command.c: what a WebSocket client said. */
void hub_command(struct stream_client *client, struct str text);

#endif
