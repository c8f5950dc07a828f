/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The hub's thread and its queue. Loops, workers and emitters leave messages; those of events are bounded in number,
 * since nothing depends on them. Every few seconds it asks whether the tokens behind its streams are still good. */
#include "server/stream/hub_internal.h"

#include "server/app.h"
#include "server/http/auth.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mutant.h"
#include "storage/stream_access.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#define ARENA_LIMIT_BYTES ((size_t)256 * 1024 * 1024)
#define MAX_EVENTS_WAITING 20000
#define CHECK_INTERVAL_US 4000000
#define CHECK_BATCH 5000
#define MINUTE_US 60000000
#define TEXTS_A_MINUTE 500 /* several times what an app subscribes to when it begins */

enum message_kind { MESSAGE_JOIN, MESSAGE_LEAVE, MESSAGE_TEXT, MESSAGE_EVENT };

struct message {
	struct message *next;
	enum message_kind kind;
	struct stream_client *client;
	struct stream *stream;      /* of a join */
	bool has_name;              /* of a join: subscribed at once */
	enum stream_kind name_kind;
	struct event event;
	size_t text_len; /* what the client said, or the name's argument */
	char text[];
};

struct hub_queue {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct message *first, **end; /* under lock, as all that follows */
	unsigned event_count;
	bool has_lost_events;
	bool is_stopping;
};

static struct message *new_message(enum message_kind kind, struct stream_client *client, struct str text)
{
	struct message *message = memory_new(sizeof(*message) + text.len + 1);
	message->kind = kind;
	message->client = client;
	message->text_len = text.len;
	if (text.len)
		memcpy(message->text, text.data, text.len);
	return message;
}

static void push_locked(struct hub_queue *queue, struct message *message)
{
	*queue->end = message;
	queue->end = &message->next;
	pthread_cond_signal(&queue->changed);
}

static void push(struct stream_hub *hub, struct message *message)
{
	pthread_mutex_lock(&hub->queue->lock);
	push_locked(hub->queue, message);
	pthread_mutex_unlock(&hub->queue->lock);
}

/* ---- from loops and workers ---- */

/* Each may cost a question to the database, on the one thread that serves all streams. */
static bool may_say_more(struct stream_client *client)
{
	int64_t now_us = clock_monotonic_us();
	if (now_us - client->minute_began_us >= MINUTE_US) {
		client->minute_began_us = now_us;
		client->texts_this_minute = 0;
	}
	return ++client->texts_this_minute <= TEXTS_A_MINUTE || MUTANT("stream_texts");
}

static void on_text(struct stream *stream, void *owner, struct str text)
{
	struct stream_client *client = owner;
	if (may_say_more(client)) /* what is longer than a command is none, as its beginning shows */
		push(client->hub, new_message(MESSAGE_TEXT, client, str_slice(text, 0, COMMAND_MAX_BYTES + 1)));
	else
		stream_end(stream, 1008);
}

static void on_end(struct stream *stream, void *owner)
{
	struct stream_client *client = owner;
	(void)stream;
	push(client->hub, new_message(MESSAGE_LEAVE, client, (struct str){ 0 }));
}

const struct stream_events stream_client_events = { on_text, on_end };

struct stream_client *stream_client_new(struct stream_hub *hub, const struct access *access)
{
	struct stream_client *client = memory_new(sizeof(*client));
	client->hub = hub;
	list_init(&client->subscriptions);
	client->token_id = access->token_id;
	client->actor_id = access->actor_id;
	client->may_read_statuses = auth_scope_allows(access->scopes, STR_LITERAL("read:statuses"));
	client->may_read_notifications = auth_scope_allows(access->scopes, STR_LITERAL("read:notifications"));
	client->may_read_lists = auth_scope_allows(access->scopes, STR_LITERAL("read:lists"));
	return client;
}

void stream_client_discard(struct stream_client **client)
{
	memory_free(*client);
	*client = NULL;
}

void stream_client_join(struct stream_client *client, struct stream *stream, const struct stream_name *first)
{
	struct message *message = new_message(MESSAGE_JOIN, client, first ? first->given : (struct str){ 0 });
	message->stream = stream;
	message->has_name = first != NULL;
	if (first)
		message->name_kind = first->kind;
	push(client->hub, message);
}

int64_t stream_hub_count(struct stream_hub *hub)
{
	return atomic_load_explicit(&hub->client_count, memory_order_relaxed);
}

/* ---- from emitters ---- */

static void hear(struct event_listener *listener, const struct event *event)
{
	struct stream_hub *hub = LIST_OBJECT(&listener->link, struct stream_hub, listener.link);
	struct hub_queue *queue = hub->queue;
	if (!stream_hub_count(hub))
		return;
	struct message *message = new_message(MESSAGE_EVENT, NULL, (struct str){ 0 });
	message->event = *event;
	pthread_mutex_lock(&queue->lock);
	if (queue->event_count < MAX_EVENTS_WAITING) {
		queue->event_count++;
		push_locked(queue, message);
		message = NULL;
	} else {
		queue->has_lost_events = true;
	}
	pthread_mutex_unlock(&queue->lock);
	memory_free(message);
}

/* ---- the thread ---- */

/* Joining and leaving are told by two threads, in either order; the later of the two frees. */
static void free_when_done(struct stream_client *client)
{
	if (!client->has_joined || !client->has_left)
		return;
	hub_unsubscribe_all(client);
	list_remove(&client->link);
	atomic_fetch_sub(&client->hub->client_count, 1);
	stream_unref(&client->stream);
	memory_free(client);
}

static void join(struct stream_hub *hub, const struct message *message)
{
	struct stream_client *client = message->client;
	client->stream = message->stream;
	client->has_joined = true;
	list_add_last(&hub->clients, &client->link);
	atomic_fetch_add(&hub->client_count, 1);
	if (message->has_name) {
		struct stream_name name =
			stream_name_again(hub->arena, message->name_kind, (struct str){ message->text, message->text_len });
		(void)hub_subscribe(client, &name);
	}
	free_when_done(client);
}

static void handle(struct stream_hub *hub, const struct message *message)
{
	struct stream_client *client = message->client;
	switch (message->kind) {
	case MESSAGE_JOIN:
		join(hub, message);
		break;
	case MESSAGE_LEAVE:
		client->has_left = true;
		free_when_done(client);
		break;
	case MESSAGE_TEXT:
		/* The loop writes the answer's head only after the handler has joined, and reads nothing before. */
		if (client->has_joined)
			hub_command(client, (struct str){ message->text, message->text_len });
		break;
	case MESSAGE_EVENT:
		hub_tell(hub, &message->event);
		break;
	}
}

static bool may_end_streams(const struct message *message)
{
	if (message->kind != MESSAGE_EVENT)
		return false;
	enum event_kind kind = message->event.kind;
	return kind == EVENT_TOKEN_ENDED || kind == EVENT_APPLICATION_ENDED || kind == EVENT_USER_ENDED ||
	       kind == EVENT_ACTOR_ENDED || kind == EVENT_GAP;
}

static void end_clients_of(struct stream_hub *hub, const int64_t *token_ids, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		LIST_EACH(&hub->clients, link) {
			struct stream_client *client = LIST_OBJECT(link, struct stream_client, link);
			if (client->token_id == token_ids[i])
				stream_end(client->stream, 1008);
		}
	}
}

/* In batches. When the database does not answer, the streams stay and are looked at soon again. */
static void check_tokens(struct stream_hub *hub)
{
	arena_reset(hub->arena);
	int64_t *token_ids = arena_alloc_array(hub->arena, CHECK_BATCH, sizeof(*token_ids));
	struct list_link *link = hub->clients.next;
	while (link != &hub->clients) {
		size_t count = 0, ended_count;
		int64_t *ended;
		for (; link != &hub->clients && count < CHECK_BATCH; link = link->next)
			token_ids[count++] = LIST_OBJECT(link, struct stream_client, link)->token_id;
		if (stream_access_list_ended(hub->db, hub->arena, token_ids, count, &ended, &ended_count))
			return;
		end_clients_of(hub, ended, ended_count);
	}
}

static struct message *take(struct hub_queue *queue, bool *ret_stops)
{
	struct timespec until;
	int result = 0;
	clock_wait_until(CHECK_INTERVAL_US / 1000, &until);
	pthread_mutex_lock(&queue->lock);
	while (!queue->first && !queue->is_stopping && result != ETIMEDOUT)
		result = pthread_cond_timedwait(&queue->changed, &queue->lock, &until);
	struct message *messages = queue->first;
	queue->first = NULL;
	queue->end = &queue->first;
	queue->event_count = 0;
	*ret_stops = queue->is_stopping;
	bool has_lost = queue->has_lost_events;
	queue->has_lost_events = false;
	pthread_mutex_unlock(&queue->lock);
	if (has_lost)
		log_event(LOG_LEVEL_WARNING, "stream_events_lost", LOG_INT("limit", MAX_EVENTS_WAITING));
	return messages;
}

static void *run_thread(void *argument)
{
	struct stream_hub *hub = argument;
	int64_t next_check_us = 0;
	bool stops = false;
	log_set_thread("web", "stream");
	while (!stops) {
		bool must_check = false;
		struct message *message = take(hub->queue, &stops);
		while (message) {
			struct message *next = message->next;
			arena_reset(hub->arena);
			must_check |= may_end_streams(message);
			handle(hub, message);
			memory_free(message);
			message = next;
		}
		int64_t now_us = clock_monotonic_us();
		if (!stops && (must_check || now_us >= next_check_us)) {
			check_tokens(hub);
			next_check_us = now_us + CHECK_INTERVAL_US;
		}
	}
	return NULL;
}

static struct hub_queue *new_queue(void)
{
	struct hub_queue *queue = memory_new(sizeof(*queue));
	pthread_condattr_t attributes;
	queue->end = &queue->first;
	pthread_mutex_init(&queue->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&queue->changed, &attributes);
	pthread_condattr_destroy(&attributes);
	return queue;
}

struct stream_hub *stream_hub_start(struct app *app)
{
	struct stream_hub *hub = memory_new(sizeof(*hub));
	sigset_t all, previous;
	hub->app = app;
	hub->db = db_new(app->config, DB_WEB);
	hub->arena = arena_new(ARENA_LIMIT_BYTES);
	hub->topics = map_new();
	list_init(&hub->clients);
	hub->queue = new_queue();
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &previous);
	if (pthread_create(&hub->queue->thread, NULL, run_thread, hub))
		memory_fatal("cannot start the stream thread");
	pthread_sigmask(SIG_SETMASK, &previous, NULL);
	hub->listener = (struct event_listener){ .heard = hear, .kinds = (1U << EVENT_KIND_COUNT) - 1 };
	event_listen(&hub->listener);
	return hub;
}

void stream_hub_stop(struct stream_hub **hub_pointer)
{
	struct stream_hub *hub = *hub_pointer;
	if (!hub)
		return;
	struct hub_queue *queue = hub->queue;
	event_unlisten(&hub->listener);
	pthread_mutex_lock(&queue->lock);
	queue->is_stopping = true;
	pthread_cond_signal(&queue->changed);
	pthread_mutex_unlock(&queue->lock);
	pthread_join(queue->thread, NULL);
	pthread_cond_destroy(&queue->changed);
	pthread_mutex_destroy(&queue->lock);
	map_free(&hub->topics);
	arena_free(&hub->arena);
	db_free(&hub->db);
	memory_free(queue);
	memory_free(hub);
	*hub_pointer = NULL;
}
