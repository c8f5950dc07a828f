/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A request on its loop: who asks, which route, may it be counted and read, and where it runs. What can be
 * refused by the head alone is refused before the body is read. */
#include "server/http_connection.h"

#include "base/clock.h"
#include "base/mutant.h"
#include "base/random.h"
#include "server/auth.h"
#include "server/cors.h"

#include <string.h>

#define FREE_EXCHANGES_MAX 64
#define EXCHANGE_ARENA_BYTES (256u * 1024 * 1024) /* far above what the limits of bodies and forms let through */
#define HEAD_KEPT_BYTES 4096

static struct exchange *new_exchange(struct http_loop *loop)
{
	struct exchange *exchange = memory_new(sizeof(*exchange));
	exchange->loop = loop;
	exchange->arena = arena_new(EXCHANGE_ARENA_BYTES);
	exchange->reader = http_reader_new(&http_limits_default);
	return exchange;
}

static void free_exchange(struct exchange *exchange)
{
	arena_free(&exchange->arena);
	http_reader_free(&exchange->reader);
	buf_clear(&exchange->head);
	memory_free(exchange);
}

static void write_request_id(struct http_loop *loop, char ret_id[REQUEST_ID_MAX_BYTES + 1])
{
	/* splitmix64 from a random start: unique, and cheaper than asking OpenSSL for each request. */
	uint64_t value = loop->request_id_state += 0x9e3779b97f4a7c15u;
	value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
	value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
	value ^= value >> 31;
	for (int i = 0; i < 16; i++)
		ret_id[i] = "0123456789abcdef"[(value >> (60 - 4 * i)) & 15];
	ret_id[16] = '\0';
}

struct exchange *exchange_begin(struct connection *connection)
{
	struct http_loop *loop = connection->loop;
	struct exchange *exchange = loop->free_exchanges;
	if (exchange) {
		loop->free_exchanges = exchange->next_free;
		loop->free_exchange_count--;
	} else {
		exchange = new_exchange(loop);
	}
	exchange->connection = connection;
	exchange->began_us = loop_now_us(loop->loop);
	exchange->request.arena = exchange->arena;
	exchange->request.app = loop->server->app;
	write_request_id(loop, exchange->request_id);
	exchange->request.id = (struct str){ exchange->request_id, 16 };
	http_reader_begin(exchange->reader, exchange->arena);
	return exchange;
}

void exchange_release(struct exchange *exchange)
{
	struct http_loop *loop = exchange->loop;
	struct stream *stream = exchange->request.response.stream;
	exchange->request.response.stream = NULL;
	if (stream)
		stream_lost(stream);
	response_clear(&exchange->request.response);
	if (loop->free_exchange_count >= FREE_EXCHANGES_MAX) {
		free_exchange(exchange);
		return;
	}
	struct exchange empty = { .loop = loop, .arena = exchange->arena, .reader = exchange->reader, .head = exchange->head };
	if (empty.head.capacity > HEAD_KEPT_BYTES)
		buf_clear(&empty.head);
	empty.head.len = 0;
	*exchange = empty;
	arena_reset(exchange->arena);
	exchange->next_free = loop->free_exchanges;
	loop->free_exchanges = exchange;
	loop->free_exchange_count++;
}

void exchange_free_all(struct http_loop *loop)
{
	while (loop->free_exchanges) {
		struct exchange *exchange = loop->free_exchanges;
		loop->free_exchanges = exchange->next_free;
		free_exchange(exchange);
	}
}

static struct str joined_header(const struct exchange *exchange, const char *name)
{
	struct str joined = { 0 };
	const struct http_request *http = exchange->request.http;
	struct str wanted = str_from(name);
	for (size_t i = 0; i < http->header_count; i++) {
		if (!str_eq_nocase(http->headers[i].name, wanted))
			continue;
		struct str parts[] = { joined, STR(", "), http->headers[i].value };
		joined = joined.data ? arena_join(exchange->arena, parts, 3) : http->headers[i].value;
	}
	return joined;
}

/* What a trusted proxy says about the client and the request. */
static void believe_proxy(struct exchange *exchange)
{
	struct request *request = &exchange->request;
	exchange->client = net_forwarded_client(exchange->loop->server->trusted_proxies, &exchange->connection->peer,
		joined_header(exchange, "X-Forwarded-For"));
	struct str scheme = http_request_header(request->http, "X-Forwarded-Proto");
	if (scheme.data)
		request->is_https = str_eq_nocase(scheme, STR_LITERAL("https"));
	struct str id = http_request_header(request->http, "X-Request-Id");
	if (id.len <= REQUEST_ID_MAX_BYTES && http_is_token(id)) {
		memcpy(exchange->request_id, id.data, id.len);
		request->id = (struct str){ exchange->request_id, id.len };
	}
}

static void fill_in(struct exchange *exchange)
{
	struct request *request = &exchange->request;
	const struct connection *connection = exchange->connection;
	request->http = http_reader_request(exchange->reader);
	request->is_https = connection->tls;
	exchange->has_head = true;
	exchange->client = connection->peer;
	if (net_list_contains(exchange->loop->server->trusted_proxies, &connection->peer) || MUTANT("proxy_trust"))
		believe_proxy(exchange);
	request->client_address = net_address_text(&exchange->client, exchange->client_text);
	exchange->is_head_only = request->http->method == HTTP_HEAD;
	exchange->wants_close = !request->http->keep_alive;
	exchange->token = auth_request_token(exchange->arena, request->http);
}

/* An answer before the body was read: the rest of the connection cannot be trusted to be a request. */
static bool refuse(struct exchange *exchange, enum error error, const char *detail)
{
	if (exchange->request.http->has_body) {
		exchange->wants_close = true;
		exchange->connection->has_unread_request = true;
	}
	exchange_fail(exchange, error, detail);
	return false;
}

static bool answer_preflight(struct exchange *exchange)
{
	struct request *request = &exchange->request;
	struct cors_header headers[CORS_MAX_HEADERS];
	size_t count = cors_preflight_headers(exchange->match.allowed_methods, headers);
	respond_empty(request, 204);
	for (size_t i = 0; i < count; i++)
		respond_header(request, headers[i].name, headers[i].value);
	if (request->http->has_body) {
		exchange->wants_close = true;
		exchange->connection->has_unread_request = true;
	}
	exchange_answer(exchange);
	return false;
}

static void add_allow(struct exchange *exchange)
{
	struct buf allow = { 0 };
	for (int method = 0; method < HTTP_METHOD_OTHER; method++) {
		unsigned bit = 1u << method;
		bool is_allowed = exchange->match.allowed_methods & bit;
		if (method == HTTP_HEAD)
			is_allowed = exchange->match.allowed_methods & (bit | 1u << HTTP_GET);
		if (is_allowed)
			buf_add_printf(&allow, "%s%s", allow.len ? ", " : "", http_method_name((enum http_method)method));
	}
	struct str value = arena_str(exchange->arena, buf_str(&allow));
	buf_clear(&allow);
	exchange_fail(exchange, ERROR_METHOD_NOT_ALLOWED, NULL);
	(void)value;
}

static bool find_route(struct exchange *exchange)
{
	struct request *request = &exchange->request;
	const struct router *router = exchange->loop->server->router;
	enum error error = router_match(router, request->http->method, request->http->path, &exchange->match);
	if (error == ERROR_NONE) {
		request->route = exchange->match.route;
		memcpy(request->values, exchange->match.values, sizeof(request->values));
		return true;
	}
	if (error == ERROR_METHOD_NOT_ALLOWED)
		add_allow(exchange);
	return refuse(exchange, error, NULL);
}

bool exchange_accept_head(struct exchange *exchange)
{
	(void)find_route;
	(void)answer_preflight;
	fill_in(exchange);
	return false;
}
