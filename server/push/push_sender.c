/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Threads post their requests to the loop and wait for the batch. */
#include "server/push/push_sender.h"

#include "base/loop.h"

#include <pthread.h>

static const struct http_client_limits limits = {
	.max_body_bytes = (size_t)64 * 1024,
	.max_head_bytes = (size_t)64 * 1024,
	.max_redirects = 0,
	.connect_ms = 4000,
	.tls_ms = 4000,
	.first_byte_ms = 6000,
	.total_ms = 10000,
};

struct push_sender {
	struct loop *loop;
	struct http_client *client; /* NULL once interrupted; the loop's own */
};

struct batch {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	size_t waiting; /* under lock */
};

struct request {
	struct loop_message message; /* the first field */
	struct push_sender *sender;
	struct push_sending *sending;
	struct batch *batch;
};

static void finish(struct request *request, enum http_client_error error, int status, int64_t retry_after_s)
{
	struct batch *batch = request->batch;
	request->sending->error = error;
	request->sending->status = status;
	request->sending->retry_after_s = retry_after_s;
	pthread_mutex_lock(&batch->lock);
	if (--batch->waiting == 0)
		pthread_cond_signal(&batch->changed);
	pthread_mutex_unlock(&batch->lock);
}

static void done(void *argument, struct http_client_result *result)
{
	finish(argument, result->error, result->status, result->retry_after_s);
}

static void send_one(struct loop_message *message)
{
	struct request *request = (struct request *)(void *)message;
	if (!request->sender->client) {
		finish(request, HTTP_CLIENT_CANCELLED, 0, -1);
		return;
	}
	http_client_send(request->sender->client, &(struct http_client_request){
		.method = HTTP_CLIENT_POST,
		.url = request->sending->url,
		.body = request->sending->body,
		.headers = request->sending->headers,
		.header_count = request->sending->header_count,
		.limits = &limits,
		.done = done,
		.argument = request,
	});
}

void push_send_all(struct push_sender *sender, struct push_sending *sendings, size_t count)
{
	struct batch batch = { .waiting = count };
	struct request *requests = memory_new_array(count, sizeof(*requests));
	pthread_mutex_init(&batch.lock, NULL);
	pthread_cond_init(&batch.changed, NULL);
	for (size_t i = 0; i < count; i++) {
		requests[i] = (struct request){ .message.run = send_one, .sender = sender, .sending = &sendings[i], .batch = &batch };
		loop_post(sender->loop, &requests[i].message);
	}
	pthread_mutex_lock(&batch.lock);
	while (batch.waiting)
		pthread_cond_wait(&batch.changed, &batch.lock);
	pthread_mutex_unlock(&batch.lock);
	pthread_cond_destroy(&batch.changed);
	pthread_mutex_destroy(&batch.lock);
	memory_free(requests);
}

enum error push_sender_start(const struct config *config, struct arena *arena, struct push_sender **ret_sender,
	struct str *ret_message)
{
	char *message = NULL;
	struct push_sender *sender = memory_new(sizeof(*sender));
	sender->loop = loop_new("web", "push");
	enum error error = http_client_new(sender->loop, config, &sender->client, &message);
	if (error) {
		*ret_message = arena_str(arena, str_from(message));
		memory_free(message);
		loop_free(&sender->loop);
		memory_free(sender);
		return error;
	}
	loop_start(sender->loop);
	*ret_sender = sender;
	return ERROR_NONE;
}

struct interruption {
	struct loop_message message; /* the first field */
	struct push_sender *sender;
};

static void interrupt(struct loop_message *message)
{
	struct interruption *interruption = (struct interruption *)(void *)message;
	http_client_free(&interruption->sender->client);
	memory_free(interruption);
}

void push_sender_interrupt(struct push_sender *sender)
{
	if (!sender)
		return;
	struct interruption *interruption = memory_new(sizeof(*interruption));
	*interruption = (struct interruption){ .message.run = interrupt, .sender = sender };
	loop_post(sender->loop, &interruption->message);
}

void push_sender_stop(struct push_sender **sender_pointer)
{
	struct push_sender *sender = *sender_pointer;
	if (!sender)
		return;
	loop_stop(sender->loop);
	loop_join(sender->loop);
	http_client_free(&sender->client);
	loop_free(&sender->loop);
	memory_free(sender);
	*sender_pointer = NULL;
}
