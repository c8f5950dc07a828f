/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * GET /api/brand/v1/stream. Events wait in a bounded queue for the thread that asks, for each reader, whether their right
 * stands at this moment. Between events it looks now and then whether the tokens and memberships behind the streams do. */
#include "server/brand/stream.h"

#include "server/app.h"
#include "server/brand/operation.h"
#include "server/brand/problem.h"
#include "server/http/stream.h"
#include "storage/delivery_report.h"
#include "storage/event.h"
#include "storage/post.h"
#include "storage/preference.h"
#include "storage/seat_rights.h"
#include "storage/stream_access.h"
#include "storage/ticket.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mutant.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>

#define ARENA_LIMIT_BYTES ((size_t)64 * 1024 * 1024)
#define EVENTS_MAX 4096
#define CLIENTS_MAX 2000
#define CHECK_EVERY_US 4000000
#define POLICY_VIOLATION 1008

struct brand_client {
	struct list_link link;
	struct brand_streams *streams;
	struct stream *stream; /* NULL until it has joined */
	int64_t token_id, user_id, organisation_id, actor_id;
	bool has_left;
};

struct brand_streams {
	struct db *db;
	struct arena *arena;
	struct event_listener listener;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct list_link clients;         /* under lock, as all that follows */
	size_t client_count;
	struct event events[EVENTS_MAX];  /* a ring */
	size_t first, count;
	bool must_check, is_stopping;
};

/* ---- from loops, workers and emitters ---- */

static void free_client(struct brand_client *client)
{
	stream_unref(&client->stream);
	memory_free(client);
}

static void on_text(struct stream *stream, void *owner, struct str text)
{
	(void)owner;
	(void)text;
	stream_end(stream, POLICY_VIOLATION);
}

/* May come before the handler has joined: whoever is later frees. */
static void on_end(struct stream *stream, void *owner)
{
	struct brand_client *client = owner;
	struct brand_streams *streams = client->streams;
	(void)stream;
	pthread_mutex_lock(&streams->lock);
	bool has_joined = client->stream != NULL;
	client->has_left = true;
	if (has_joined) {
		list_remove(&client->link);
		streams->client_count--;
	}
	pthread_mutex_unlock(&streams->lock);
	if (has_joined)
		free_client(client);
}

static const struct stream_events stream_events = { on_text, on_end };

static bool join(struct brand_client *client, struct stream *stream)
{
	struct brand_streams *streams = client->streams;
	pthread_mutex_lock(&streams->lock);
	bool has_left = client->has_left, is_full = streams->client_count >= CLIENTS_MAX;
	client->stream = stream;
	if (!has_left) {
		list_add_last(&streams->clients, &client->link);
		streams->client_count++;
	}
	pthread_mutex_unlock(&streams->lock);
	if (has_left)
		free_client(client);
	return !is_full || has_left;
}

static void hear(struct event_listener *listener, const struct event *event)
{
	struct brand_streams *streams = LIST_OBJECT(listener, struct brand_streams, listener);
	bool is_told = event->kind == EVENT_TICKET || event->kind == EVENT_DRAFT || event->kind == EVENT_DELIVERY ||
		event->kind == EVENT_QUOTE;
	pthread_mutex_lock(&streams->lock);
	if (is_told && streams->client_count && streams->count < EVENTS_MAX) {
		streams->events[(streams->first + streams->count) % EVENTS_MAX] = *event;
		streams->count++;
	}
	streams->must_check = streams->must_check || !is_told;
	pthread_cond_signal(&streams->changed);
	pthread_mutex_unlock(&streams->lock);
}

enum error handle_brand_stream(struct request *request, const struct seat *seat)
{
	struct brand_client *client = memory_new(sizeof(*client));
	enum error error = ERROR_NONE;
	*client = (struct brand_client){ .streams = request->app->brand_streams, .token_id = request->access.token_id,
		.user_id = seat->user_id, .organisation_id = seat->organisation.id, .actor_id = seat->actor_id };
	struct stream *stream = respond_stream(request, &stream_events, client, &error);
	if (!stream) {
		memory_free(client);
		return error;
	}
	struct stream *kept = stream_ref(stream);
	if (!join(client, stream))
		stream_end(kept, POLICY_VIOLATION);
	stream_unref(&kept);
	return ERROR_NONE;
}

/* ---- the thread ---- */

/* A copy of who is there, so that the database is not asked under the lock. */
struct reader_copy {
	struct stream *stream; /* a reference */
	int64_t token_id, user_id, organisation_id, actor_id;
};

static size_t copy_clients(struct brand_streams *streams, struct reader_copy **ret_readers)
{
	pthread_mutex_lock(&streams->lock);
	struct reader_copy *readers = arena_alloc_array(streams->arena, streams->client_count + 1, sizeof(*readers));
	size_t count = 0;
	LIST_EACH(&streams->clients, link) {
		const struct brand_client *client = LIST_OBJECT(link, struct brand_client, link);
		readers[count++] = (struct reader_copy){ stream_ref(client->stream), client->token_id, client->user_id,
			client->organisation_id, client->actor_id };
	}
	pthread_mutex_unlock(&streams->lock);
	*ret_readers = readers;
	return count;
}

static void release_readers(struct reader_copy *readers, size_t count)
{
	for (size_t i = 0; i < count; i++)
		stream_unref(&readers[i].stream);
}

static bool may_hear(struct brand_streams *streams, const struct reader_copy *reader, int64_t actor_id, enum permission permission,
	int64_t owner_membership_id)
{
	struct standing standing;
	if (reader->actor_id && reader->actor_id != actor_id)
		return false;
	if (rights_find(streams->db, streams->arena, reader->user_id, actor_id, &standing) ||
	    standing.organisation_id != reader->organisation_id)
		return false;
	bool is_own = owner_membership_id && owner_membership_id == standing.membership_id;
	return rights_allow(standing.rights, permission) || (is_own && rights_allow_own(standing.rights, permission)) ||
	       MUTANT("brand_stream_rights");
}

static struct shared_bytes *write_ticket(const struct ticket *ticket)
{
	AUTO(buf) struct buf out = { 0 };
	struct json_out json;
	json_out_init(&json, &out);
	json_out_object_begin(&json);
	json_out_key_id(&json, "id", ticket->id);
	json_out_key_int(&json, "number", ticket->number);
	json_out_key_id(&json, "account_id", ticket->actor_id);
	json_out_key_c_string(&json, "status", ticket_status_name(ticket->status));
	json_out_key_c_string(&json, "channel", ticket_channel_name(ticket->channel));
	json_out_key_bool(&json, "awaiting_us", ticket->is_awaiting_us);
	json_out_key_int(&json, "version", ticket->version);
	json_out_key_bool(&json, "merged", ticket->merged_into_id != 0);
	json_out_object_end(&json);
	return shared_bytes_new(&out);
}

static void tell_ticket(struct brand_streams *streams, const struct event *event, const struct reader_copy *readers, size_t count)
{
	struct ticket ticket;
	if (ticket_find_by_id(streams->db, streams->arena, event->id, &ticket))
		return;
	struct shared_bytes *data = write_ticket(&ticket);
	struct str name = ticket.version == 1 ? STR_LITERAL("conversation.opened") : STR_LITERAL("conversation.changed");
	for (size_t i = 0; i < count; i++)
		if (may_hear(streams, &readers[i], ticket.actor_id, PERMISSION_INBOX_READ, ticket.assignee_id))
			stream_send(readers[i].stream, name, data);
	shared_bytes_unref(&data);
}

static void tell_draft(struct brand_streams *streams, const struct event *event, const struct reader_copy *readers, size_t count)
{
	AUTO(buf) struct buf out = { 0 };
	struct json_out json;
	json_out_init(&json, &out);
	json_out_object_begin(&json);
	json_out_key_id(&json, "id", event->id);
	json_out_key_id(&json, "account_id", event->actor_id);
	json_out_object_end(&json);
	struct shared_bytes *data = shared_bytes_new(&out);
	for (size_t i = 0; i < count; i++)
		if (may_hear(streams, &readers[i], event->actor_id, PERMISSION_DRAFT_COMMENT, 0))
			stream_send(readers[i].stream, STR_LITERAL("draft.changed"), data);
	shared_bytes_unref(&data);
}

static void tell_delivery(struct brand_streams *streams, const struct event *event, const struct reader_copy *readers, size_t count)
{
	AUTO(buf) struct buf out = { 0 };
	struct json_out json;
	struct delivery_report report;
	if (!count || delivery_report_find(streams->db, streams->arena, event->id, &report))
		return;
	json_out_init(&json, &out);
	json_out_object_begin(&json);
	json_out_key_id(&json, "post_id", event->id);
	json_out_key_id(&json, "account_id", event->actor_id);
	for (int state = 0; state < DELIVERY_STATE_COUNT; state++)
		json_out_key_int(&json, delivery_state_name((enum delivery_state)state), report.total.deliveries[state]);
	json_out_object_end(&json);
	struct shared_bytes *data = shared_bytes_new(&out);
	for (size_t i = 0; i < count; i++)
		if (may_hear(streams, &readers[i], event->actor_id, PERMISSION_ANALYTICS_READ, 0))
			stream_send(readers[i].stream, STR_LITERAL("delivery.ended"), data);
	shared_bytes_unref(&data);
}

/* Somebody asked to quote a post, and its policy has answered. */
static void tell_quote(struct brand_streams *streams, const struct event *event, const struct reader_copy *readers, size_t count)
{
	AUTO(buf) struct buf out = { 0 };
	struct json_out json;
	struct post quoting, quoted;
	if (!count || post_find_any(streams->db, streams->arena, event->id, &quoting) ||
		post_find_any(streams->db, streams->arena, quoting.quote_id, &quoted))
		return;
	/* What its readers cannot see the team does not see by this either. */
	bool is_seen = !post_find(streams->db, streams->arena, event->actor_id, event->id, &quoting);
	json_out_init(&json, &out);
	json_out_object_begin(&json);
	json_out_key_id(&json, "id", event->id);
	json_out_key_id(&json, "post_id", quoted.id);
	json_out_key_id(&json, "account_id", event->actor_id);
	json_out_key_c_string(&json, "policy", post_quote_policy_name(quoted.quote_policy));
	json_out_key_c_string(&json, "url", is_seen ? arena_c_string(streams->arena, quoting.url) : NULL);
	json_out_object_end(&json);
	struct shared_bytes *data = shared_bytes_new(&out);
	struct str name = quoting.quote_state == QUOTE_ACCEPTED ? STR_LITERAL("quote.accepted") : STR_LITERAL("quote.refused");
	for (size_t i = 0; i < count; i++)
		if (may_hear(streams, &readers[i], event->actor_id, PERMISSION_DRAFT_COMMENT, 0))
			stream_send(readers[i].stream, name, data);
	shared_bytes_unref(&data);
}

static void tell(struct brand_streams *streams, const struct event *event)
{
	struct reader_copy *readers;
	arena_reset(streams->arena);
	size_t count = copy_clients(streams, &readers);
	if (event->kind == EVENT_TICKET)
		tell_ticket(streams, event, readers, count);
	else if (event->kind == EVENT_DELIVERY)
		tell_delivery(streams, event, readers, count);
	else if (event->kind == EVENT_QUOTE)
		tell_quote(streams, event, readers, count);
	else
		tell_draft(streams, event, readers, count);
	release_readers(readers, count);
}

static bool is_among(int64_t id, const int64_t *ids, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (ids[i] == id)
			return true;
	return false;
}

/* When the database does not answer, the streams stay and are looked at soon again. */
static void check(struct brand_streams *streams)
{
	struct reader_copy *readers;
	int64_t *ended;
	size_t ended_count;
	arena_reset(streams->arena);
	size_t count = copy_clients(streams, &readers);
	int64_t *token_ids = arena_alloc_array(streams->arena, count + 1, sizeof(*token_ids));
	for (size_t i = 0; i < count; i++)
		token_ids[i] = readers[i].token_id;
	if (count && !stream_access_list_ended(streams->db, streams->arena, token_ids, count, &ended, &ended_count)) {
		for (size_t i = 0; i < count; i++) {
			struct standing standing = { 0 };
			enum error error = rights_find_in_organisation(streams->db, streams->arena, readers[i].user_id,
				readers[i].organisation_id, &standing);
			if (is_among(readers[i].token_id, ended, ended_count) || (!error && !standing.membership_id))
				stream_end(readers[i].stream, POLICY_VIOLATION);
		}
	}
	release_readers(readers, count);
}

static bool take(struct brand_streams *streams, struct event *ret_event, bool *ret_is_event, bool *ret_must_check)
{
	struct timespec until;
	int result = 0;
	clock_wait_until(CHECK_EVERY_US / 1000, &until);
	pthread_mutex_lock(&streams->lock);
	while (!streams->count && !streams->must_check && !streams->is_stopping && result != ETIMEDOUT)
		result = pthread_cond_timedwait(&streams->changed, &streams->lock, &until);
	*ret_is_event = streams->count > 0;
	*ret_must_check = streams->must_check;
	streams->must_check = false;
	if (streams->count) {
		*ret_event = streams->events[streams->first];
		streams->first = (streams->first + 1) % EVENTS_MAX;
		streams->count--;
	}
	bool goes_on = !streams->is_stopping;
	pthread_mutex_unlock(&streams->lock);
	return goes_on;
}

static void *run_thread(void *argument)
{
	struct brand_streams *streams = argument;
	int64_t next_check_us = 0;
	struct event event;
	bool is_event, must_check;
	log_set_thread("web", "brand");
	while (take(streams, &event, &is_event, &must_check)) {
		if (is_event)
			tell(streams, &event);
		int64_t now_us = clock_monotonic_us();
		if (!must_check && now_us < next_check_us)
			continue;
		check(streams);
		next_check_us = now_us + CHECK_EVERY_US;
	}
	return NULL;
}

struct brand_streams *brand_streams_start(struct app *app)
{
	struct brand_streams *streams = memory_new(sizeof(*streams));
	sigset_t all, previous;
	pthread_condattr_t attributes;
	streams->db = db_new(app->config, DB_WEB);
	streams->arena = arena_new(ARENA_LIMIT_BYTES);
	list_init(&streams->clients);
	pthread_mutex_init(&streams->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&streams->changed, &attributes);
	pthread_condattr_destroy(&attributes);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &previous);
	if (pthread_create(&streams->thread, NULL, run_thread, streams))
		memory_fatal("cannot start the thread of the brand streams");
	pthread_sigmask(SIG_SETMASK, &previous, NULL);
	streams->listener = (struct event_listener){ .heard = hear,
		.kinds = 1U << EVENT_TICKET | 1U << EVENT_DRAFT | 1U << EVENT_DELIVERY | 1U << EVENT_QUOTE | 1U << EVENT_TOKEN_ENDED | 1U << EVENT_APPLICATION_ENDED |
			1U << EVENT_USER_ENDED | 1U << EVENT_ACTOR_ENDED };
	event_listen(&streams->listener);
	return streams;
}

void brand_streams_stop(struct brand_streams **streams_pointer)
{
	struct brand_streams *streams = *streams_pointer;
	if (!streams)
		return;
	event_unlisten(&streams->listener);
	pthread_mutex_lock(&streams->lock);
	streams->is_stopping = true;
	pthread_cond_broadcast(&streams->changed);
	pthread_mutex_unlock(&streams->lock);
	pthread_join(streams->thread, NULL);
	pthread_cond_destroy(&streams->changed);
	pthread_mutex_destroy(&streams->lock);
	arena_free(&streams->arena);
	db_free(&streams->db);
	memory_free(streams);
	*streams_pointer = NULL;
}
