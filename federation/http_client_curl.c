/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The run of a request: http_client_send puts it on the list of fresh ones and wakes the pump. The pump judges its
 * URL and asks for one of its host's connections (else it waits there), then for one of the client's (else it
 * waits on the list of ready ones), then signs and hands it to libcurl. When that has ended, it gives both back and
 * is done, or is fresh again with the URL of a redirect. A timer of its own looks at the phase it is in. */
#include "federation/http_client_internal.h"

#include "federation/address_guard.h"
#include "federation/http_client_multi.h"

#include "base/clock.h"
#include "base/loop.h"
#include "base/map.h"
#include "base/mutant.h"

#include <event2/event.h>

#include <assert.h>
#include <string.h>

#define US_PER_MS 1000
/* Signing costs a quarter of a millisecond: other events get their turn in between. */
#define MAX_STARTS_PER_TURN 16
/* Per hop: URLs, the caller's headers and those of signatures; and heads of headers as short as "a:", whose three
 * bytes take two pieces of sixteen. */
#define ARENA_SPARE_BYTES ((size_t)256 * 1024)
#define ARENA_BYTES_PER_HEAD_BYTE 16

/* In the loop's next turn. */
static void wake_pump(struct curl_client *client)
{
	static const struct timeval at_once = { 0, 0 };
	event_add(&client->pump_event, &at_once);
}

/* Taking and giving back connections */

static struct curl_host *find_host(struct curl_client *client, struct str authority)
{
	struct curl_host *host = map_get(client->hosts, authority);
	if (host)
		return host;
	host = memory_new(sizeof(*host) + authority.len);
	memcpy(host + 1, authority.data, authority.len);
	host->authority = (struct str){ (const char *)(host + 1), authority.len };
	list_init(&host->waiting);
	(void)map_set(client->hosts, host->authority, host);
	return host;
}

static void forget_host_if_unused(struct curl_client *client, struct curl_host *host)
{
	if (host->used > 0 || !list_is_empty(&host->waiting))
		return;
	(void)map_remove(client->hosts, host->authority);
	memory_free(host);
}

static void queue_at_host(struct curl_call *call)
{
	struct curl_client *client = call->client;
	call->host = find_host(client, call->hop.url.authority);
	if (call->host->used < HTTP_CLIENT_CONNECTIONS_PER_HOST || MUTANT("outbound_host_connections")) {
		call->host->used++;
		call->state = CALL_READY;
		list_add_last(&client->ready, &call->queue_link);
	} else {
		call->state = CALL_WAITING;
		list_add_last(&call->host->waiting, &call->queue_link);
	}
}

/* To the next one in the host's line, which is then ready. */
static void give_back_connection(struct curl_host *host)
{
	host->used--;
	if (list_is_empty(&host->waiting))
		return;
	struct curl_call *next = LIST_OBJECT(host->waiting.next, struct curl_call, queue_link);
	list_remove(&next->queue_link);
	list_add_last(&next->client->ready, &next->queue_link);
	next->state = CALL_READY;
	host->used++;
}

/* Gives back all it holds, wherever it stands, and is on no list but that of all calls. */
static void leave(struct curl_call *call)
{
	struct curl_client *client = call->client;
	struct curl_host *host = call->host;
	enum curl_call_state state = call->state;
	event_del(&call->deadline);
	list_remove(&call->queue_link);
	if (state == CALL_ACTIVE)
		http_client_multi_remove(client->multi, call->easy);
	if (call->easy) {
		curl_easy_setopt(call->easy, CURLOPT_ERRORBUFFER, NULL);
		client->idle[client->idle_count++] = call->easy;
	}
	if (state == CALL_ACTIVE || state == CALL_ENDED)
		client->active--;
	if (state != CALL_FRESH && state != CALL_WAITING)
		give_back_connection(host);
	if (host)
		forget_host_if_unused(client, host);
	call->easy = NULL;
	call->host = NULL;
	call->state = CALL_FRESH;
	wake_pump(client);
}

/* Ends */

static void release_call(void *object)
{
	struct curl_call *call = object;
	buf_clear(&call->answer.body);
	arena_free(&call->arena);
	memory_free(call);
}

/* detail NULL: what libcurl said. */
static void finish(struct curl_call *call, enum http_client_error error, const char *detail)
{
	struct curl_client *client = call->client;
	long status = 0;
	if (call->easy && call->answer.has_head)
		curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
	leave(call);
	list_remove(&call->link);
	struct http_client_result result = {
		.error = error,
		.detail = str_from(detail ? detail : call->curl_error),
		.status = (int)status,
		.url = call->hop.url.text,
		.redirects = call->hop.number,
		.headers = call->answer.headers,
		.header_count = call->answer.header_count,
		.retry_after_s = -1,
		.body = call->answer.body,
	};
	buf_init(&call->answer.body);
	(void)!http_client_find_header(&result, STR_LITERAL("content-type"), &result.content_type);
	result.retry_after_s = curl_answer_retry_after(&result);
	client->is_in_callback = true;
	call->base.done(call->base.argument, &result);
	client->is_in_callback = false;
	buf_clear(&result.body);
	loop_free_later(client->loop, release_call, call);
}

/* Deadlines */

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t phase_deadline_us(const struct curl_call *call)
{
	curl_off_t sending_us = 0;
	const struct http_client_limits *limits = &call->limits;
	curl_easy_getinfo(call->easy, CURLINFO_PRETRANSFER_TIME_T, &sending_us);
	if (call->answer.has_begun)
		return INT64_MAX;
	if (sending_us > 0)
		return call->hop_began_us + sending_us + limits->first_byte_ms * US_PER_MS;
	if (call->handshake_began_us > 0)
		return call->handshake_began_us + limits->tls_ms * US_PER_MS;
	return call->hop_began_us + limits->connect_ms * US_PER_MS;
}

static int64_t deadline_us(const struct curl_call *call)
{
	int64_t total_us = call->began_us + call->limits.total_ms * US_PER_MS;
	if (call->state != CALL_ACTIVE || MUTANT("outbound_phase_deadline"))
		return total_us;
	return least(total_us, phase_deadline_us(call));
}

/* A phase that begins unseen ends no sooner than its own length from now. */
static void set_deadline(struct curl_call *call, int64_t now_us)
{
	const struct http_client_limits *limits = &call->limits;
	int64_t shortest_ms = least(limits->connect_ms, least(limits->tls_ms, limits->first_byte_ms));
	int64_t delay_us = deadline_us(call) - now_us;
	if (call->state == CALL_ACTIVE && !call->answer.has_begun)
		delay_us = least(delay_us, shortest_ms * US_PER_MS);
	if (delay_us < US_PER_MS)
		delay_us = US_PER_MS;
	struct timeval delay = { delay_us / 1000000, delay_us % 1000000 };
	event_add(&call->deadline, &delay);
}

static void on_deadline(evutil_socket_t fd, short what, void *argument)
{
	struct curl_call *call = argument;
	(void)fd;
	(void)what;
	(void)loop_now_us(call->client->loop);
	int64_t now_us = clock_monotonic_us();
	if (now_us < deadline_us(call) || MUTANT("outbound_deadline"))
		set_deadline(call, now_us);
	else if (call->was_active)
		finish(call, HTTP_CLIENT_TIMEOUT, "out of time");
	else
		finish(call, HTTP_CLIENT_BUSY, "no connection was free in time");
}

/* Hops */

static void start_hop(struct curl_call *call)
{
	struct curl_client *client = call->client;
	call->easy = client->idle_count > 0 ? client->idle[--client->idle_count] : curl_hop_new_handle(client);
	enum http_client_error error = curl_hop_prepare(call);
	if (error != HTTP_CLIENT_OK) {
		finish(call, error, "not signed");
		return;
	}
	call->state = CALL_ACTIVE;
	call->was_active = true;
	client->active++;
	call->hop_began_us = clock_monotonic_us();
	http_client_multi_add(client->multi, call->easy);
	set_deadline(call, call->hop_began_us);
}

static const char *verdict_text(enum address_verdict verdict)
{
	switch (verdict) {
	case ADDRESS_ALLOWED: return "allowed";
	case ADDRESS_PLAIN_HTTP: return "plain http";
	case ADDRESS_OTHER_PORT: return "a port that is not 443";
	case ADDRESS_NOT_PUBLIC: return "no address of the public internet";
	}
	return "";
}

/* url is in hop.url, judged here for each hop. */
static void ask_for_connection(struct curl_call *call)
{
	if (call->hop.url.text.len == 0) {
		finish(call, HTTP_CLIENT_BAD_URL, "no URL");
		return;
	}
	const struct curl_setup *setup = &call->client->setup;
	enum address_verdict verdict = ADDRESS_NOT_PUBLIC;
	if (!setup->only)
		verdict = address_guard_judge_url(setup->allowed, &call->hop.url);
	else if (url_same_origin(setup->only, &call->hop.url))
		verdict = ADDRESS_ALLOWED;
	if (verdict != ADDRESS_ALLOWED)
		finish(call, HTTP_CLIENT_REFUSED, verdict_text(verdict));
	else
		queue_at_host(call);
}

static void pump(evutil_socket_t fd, short what, void *argument)
{
	struct curl_client *client = argument;
	(void)fd;
	(void)what;
	(void)loop_now_us(client->loop);
	/* What is sent by callbacks meanwhile is fresh in the next turn. */
	struct list_link fresh;
	list_init(&fresh);
	while (!list_is_empty(&client->fresh)) {
		struct list_link *link = client->fresh.next;
		list_remove(link);
		list_add_last(&fresh, link);
	}
	while (!list_is_empty(&fresh)) {
		struct curl_call *call = LIST_OBJECT(fresh.next, struct curl_call, queue_link);
		list_remove(&call->queue_link);
		ask_for_connection(call);
	}
	unsigned started = 0;
	while (client->active < client->setup.max_active && !list_is_empty(&client->ready)) {
		if (started++ == MAX_STARTS_PER_TURN) {
			wake_pump(client);
			break;
		}
		struct curl_call *call = LIST_OBJECT(client->ready.next, struct curl_call, queue_link);
		list_remove(&call->queue_link);
		start_hop(call);
	}
}

static bool is_redirect(long status)
{
	return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/* libcurl resolved Location against the URL; what it made of it is parsed like any other outside URL. */
static void follow(struct curl_call *call)
{
	struct url url;
	char *target = NULL;
	curl_easy_getinfo(call->easy, CURLINFO_REDIRECT_URL, &target);
	if (call->hop.number >= call->limits.max_redirects && !MUTANT("outbound_redirect_limit")) {
		finish(call, HTTP_CLIENT_REDIRECT, "too many redirects");
	} else if (!target || !url_parse(call->arena, str_from(target), &url)) {
		finish(call, HTTP_CLIENT_REDIRECT, "a redirect to nowhere");
	} else if (str_eq(call->hop.url.scheme, STR_LITERAL("https")) && str_eq(url.scheme, STR_LITERAL("http"))
		&& !MUTANT("outbound_downgrade")) {
		finish(call, HTTP_CLIENT_REFUSED, "a redirect from https to http");
	} else {
		leave(call);
		call->hop.url = url;
		call->hop.number++;
		list_add_last(&call->client->fresh, &call->queue_link);
		set_deadline(call, clock_monotonic_us());
	}
}

static void on_ended(void *argument, CURL *easy, CURLcode code)
{
	char *private_pointer = NULL;
	long status = 0;
	(void)argument;
	curl_easy_getinfo(easy, CURLINFO_PRIVATE, &private_pointer);
	curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
	struct curl_call *call = (struct curl_call *)(void *)private_pointer;
	bool is_cut = call->answer.is_cut && code == CURLE_WRITE_ERROR;
	enum http_client_error error = is_cut ? HTTP_CLIENT_OK : curl_hop_error(call, code);
	call->state = CALL_ENDED;
	/* libcurl takes a connection that ends inside the head for a whole answer. */
	if (error == HTTP_CLIENT_OK && !call->answer.has_head && !MUTANT("outbound_head_end"))
		finish(call, HTTP_CLIENT_PROTOCOL, "broken off inside the head");
	else if (error != HTTP_CLIENT_OK)
		finish(call, error, call->curl_error[0] != '\0' ? NULL : curl_easy_strerror(code));
	else if (call->method == HTTP_CLIENT_GET && call->limits.max_redirects > 0 && is_redirect(status))
		follow(call);
	else
		finish(call, HTTP_CLIENT_OK, NULL);
}

/* The function table */

static void copy_request(struct curl_call *call, const struct http_client_request *request)
{
	call->method = request->method;
	call->limits = request->limits ? *request->limits : http_client_limits_default;
	call->arena = arena_new((call->limits.max_redirects + 1)
		* (ARENA_SPARE_BYTES + ARENA_BYTES_PER_HEAD_BYTE * call->limits.max_head_bytes));
	call->sign = request->sign;
	call->base.done = request->done;
	call->base.argument = request->argument;
	call->hop.body = request->body;
	if (!url_parse(call->arena, request->url, &call->hop.url))
		call->hop.url = (struct url){ 0 };
	call->header_count = request->header_count;
	call->headers = arena_alloc_array(call->arena, request->header_count + 1, sizeof(*call->headers));
	for (size_t i = 0; i < request->header_count; i++) {
		call->headers[i].name = arena_str(call->arena, request->headers[i].name);
		call->headers[i].value = arena_str(call->arena, request->headers[i].value);
	}
}

static struct http_client_call *curl_client_send(struct http_client *base, const struct http_client_request *request)
{
	struct curl_client *client = (struct curl_client *)base;
	assert(!client->is_stopping);
	struct curl_call *call = memory_new(sizeof(*call));
	call->client = client;
	copy_request(call, request);
	call->began_us = clock_monotonic_us();
	list_add_last(&client->calls, &call->link);
	list_add_last(&client->fresh, &call->queue_link);
	if (event_assign(&call->deadline, loop_base(client->loop), -1, 0, on_deadline, call) < 0)
		memory_fatal("cannot make a timer");
	set_deadline(call, call->began_us);
	wake_pump(client);
	return &call->base;
}

static void curl_client_cancel(struct http_client *base, struct http_client_call *base_call)
{
	struct curl_client *client = (struct curl_client *)base;
	struct curl_call *call = (struct curl_call *)base_call;
	leave(call);
	list_remove(&call->link);
	loop_free_later(client->loop, release_call, call);
}

static void curl_client_free(struct http_client *base)
{
	struct curl_client *client = (struct curl_client *)base;
	assert(!client->is_in_callback && !client->is_stopping);
	client->is_stopping = true;
	while (!list_is_empty(&client->calls))
		finish(LIST_OBJECT(client->calls.next, struct curl_call, link), HTTP_CLIENT_CANCELLED, "stopped");
	event_del(&client->pump_event);
	for (unsigned i = 0; i < client->idle_count; i++)
		curl_easy_cleanup(client->idle[i]);
	http_client_multi_free(&client->multi);
	map_free(&client->hosts);
	curl_setup_clear(&client->setup);
	memory_free(client->idle);
	memory_free(client);
}

enum error http_client_new(struct loop *loop, const struct config *config, struct http_client **ret_client,
	char **ret_message)
{
	return http_client_new_for(loop, config, NULL, ret_client, ret_message);
}

enum error http_client_new_for(struct loop *loop, const struct config *config, const struct url *origin,
	struct http_client **ret_client, char **ret_message)
{
	static const struct http_client_operations operations = { curl_client_send, curl_client_cancel, curl_client_free };
	struct curl_setup setup = { 0 };
	enum error error = curl_setup_init(&setup, config, ret_message);
	if (error) {
		curl_setup_clear(&setup);
		return error;
	}
	struct curl_client *client = memory_new(sizeof(*client));
	client->base.operations = &operations;
	client->loop = loop;
	client->setup = setup;
	client->setup.only = origin;
	client->hosts = map_new();
	list_init(&client->calls);
	list_init(&client->ready);
	list_init(&client->fresh);
	client->idle = memory_new_array(setup.max_active + 1, sizeof(CURL *));
	client->multi = http_client_multi_new(loop, setup.max_kept, on_ended, client);
	if (event_assign(&client->pump_event, loop_base(loop), -1, 0, pump, client) < 0)
		memory_fatal("cannot make an event");
	*ret_client = &client->base;
	return ERROR_NONE;
}
