/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A list of requests behind the function table of the real client. */
#include "tests/support/fake_http_client.h"

#define ARENA_BYTES ((size_t)4 * 1024 * 1024)

struct fake_client {
	struct http_client base;
	struct list_link waiting;
};

static void release(struct fake_request *request)
{
	list_remove(&request->link);
	arena_free(&request->arena);
	memory_free(request);
}

static struct http_client_call *fake_send(struct http_client *base, const struct http_client_request *given)
{
	struct fake_client *client = (struct fake_client *)base;
	struct fake_request *request = memory_new(sizeof(*request));
	request->arena = arena_new(ARENA_BYTES);
	request->call.done = given->done;
	request->call.argument = given->argument;
	request->method = given->method;
	request->hop.method = given->method == HTTP_CLIENT_POST ? "POST" : "GET";
	request->hop.arena = request->arena;
	request->hop.body = given->body;
	if (!url_parse(request->arena, given->url, &request->hop.url))
		request->hop.url = (struct url){ 0 };
	for (size_t i = 0; i < given->header_count; i++)
		http_client_add_header(&request->hop, given->headers[i].name, given->headers[i].value);
	request->sign = given->sign;
	request->is_signed = !given->sign || given->sign(given->argument, &request->hop);
	list_add_last(&client->waiting, &request->link);
	return &request->call;
}

static void fake_cancel(struct http_client *base, struct http_client_call *call)
{
	(void)base;
	release((struct fake_request *)call);
}

static void fake_free(struct http_client *base)
{
	struct fake_client *client = (struct fake_client *)base;
	while (!list_is_empty(&client->waiting))
		fake_http_client_answer(fake_http_client_next(base), HTTP_CLIENT_CANCELLED, 0, (struct str){ 0 });
	memory_free(client);
}

struct http_client *fake_http_client_new(void)
{
	static const struct http_client_operations operations = { fake_send, fake_cancel, fake_free };
	struct fake_client *client = memory_new(sizeof(*client));
	client->base.operations = &operations;
	list_init(&client->waiting);
	return &client->base;
}

struct fake_request *fake_http_client_next(struct http_client *base)
{
	struct fake_client *client = (struct fake_client *)base;
	if (list_is_empty(&client->waiting))
		return NULL;
	return LIST_OBJECT(client->waiting.next, struct fake_request, link);
}

size_t fake_http_client_waiting(const struct http_client *base)
{
	const struct fake_client *client = (const struct fake_client *)base;
	size_t count = 0;
	LIST_EACH(&client->waiting, link)
		count++;
	return count;
}

void fake_http_client_answer_with(struct fake_request *request, const struct http_client_result *given, struct str body)
{
	struct http_client_result result = *given;
	if (str_is_empty(result.url))
		result.url = request->hop.url.text;
	result.body = (struct buf){ 0 };
	buf_add_str(&result.body, body);
	list_remove(&request->link);
	request->call.done(request->call.argument, &result);
	buf_clear(&result.body);
	release(request);
}

void fake_http_client_answer(struct fake_request *request, enum http_client_error error, int status, struct str body)
{
	const struct http_client_result result = { .error = error, .status = status, .retry_after_s = -1 };
	fake_http_client_answer_with(request, &result, body);
}
