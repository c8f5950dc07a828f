/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A request on its loop: who asks, which route, may it be counted and read, and where it runs. What can be
 * refused by the head alone is refused before the body is read. */
#include "server/http/connection.h"

#include "server/http/auth.h"
#include "server/http/cors.h"
#include "server/http/password_work.h"
#include "federation/fetch.h"
#include "base/mutant.h"

#include <string.h>

#define FREE_EXCHANGES_MAX 64
#define EXCHANGE_ARENA_BYTES (256u * 1024 * 1024) /* far above what the limits of bodies and forms let through */
#define LARGE_BODY_BYTES (1024 * 1024)
#define KEPT_BYTES 4096 /* of buffers, from one request to the next */

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
	if (exchange->reserved_bytes)
		atomic_fetch_sub(&loop->server->large_body_bytes, exchange->reserved_bytes);
	response_clear(&exchange->request.response);
	fetch_document_unref(&exchange->request.awaited);
	password_work_free(&exchange->request.password_work);
	if (loop->free_exchange_count >= FREE_EXCHANGES_MAX) {
		free_exchange(exchange);
		return;
	}
	if (exchange->request.http && exchange->request.http->body.len > KEPT_BYTES) {
		struct buf body;
		http_reader_take_body(exchange->reader, &body);
		buf_clear(&body);
	}
	struct exchange empty = { .loop = loop, .arena = exchange->arena, .reader = exchange->reader, .head = exchange->head };
	if (empty.head.capacity > KEPT_BYTES)
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
	struct str scheme = joined_header(exchange, "X-Forwarded-Proto");
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

/* The rest of the connection cannot be trusted to be a request. */
static void give_up_connection(struct exchange *exchange)
{
	exchange->wants_close = true;
	exchange->connection->has_unread_request = true;
}

/* An answer before the body was read. */
static bool refuse(struct exchange *exchange, enum error error, const char *detail)
{
	if (exchange->request.http->has_body)
		give_up_connection(exchange);
	exchange_fail(exchange, error, detail);
	return false;
}

static void answer_method_not_allowed(struct exchange *exchange)
{
	struct buf allow = { 0 };
	unsigned allowed = exchange->match.allowed_methods;
	if (allowed & 1u << HTTP_GET)
		allowed |= 1u << HTTP_HEAD;
	for (int method = 0; method < HTTP_METHOD_OTHER; method++)
		if (allowed & 1u << method)
			buf_add_printf(&allow, "%s%s", allow.len ? ", " : "", http_method_name((enum http_method)method));
	exchange->error = ERROR_METHOD_NOT_ALLOWED;
	respond_error(&exchange->request, ERROR_METHOD_NOT_ALLOWED);
	respond_header(&exchange->request, "Allow", arena_str(exchange->arena, buf_str(&allow)));
	buf_clear(&allow);
	exchange_answer(exchange);
}

/* OPTIONS is answered for paths with a route that answers other origins. */
static bool answers_preflight(struct exchange *exchange)
{
	struct request *request = &exchange->request;
	const struct route *route = exchange->match.route; /* the most literal one of this path */
	if (request->http->method != HTTP_OPTIONS || !route || !(route->flags & ROUTE_CORS))
		return false;
	struct cors_header headers[CORS_MAX_HEADERS];
	size_t count = cors_preflight_headers(exchange->match.allowed_methods, headers);
	respond_empty(request, 204);
	for (size_t i = 0; i < count; i++)
		respond_header(request, headers[i].name, headers[i].value);
	exchange_answer(exchange);
	return true;
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
	if (request->http->has_body)
		give_up_connection(exchange);
	if (request->http->method == HTTP_METHOD_OTHER)
		give_up_connection(exchange); /* after CONNECT the client may speak another protocol */
	if (error != ERROR_METHOD_NOT_ALLOWED)
		exchange_fail(exchange, error, NULL);
	else if (!answers_preflight(exchange))
		answer_method_not_allowed(exchange);
	return false;
}

static bool has_plain_body(const struct http_request *http)
{
	for (size_t i = 0; i < http->header_count; i++) {
		if (str_eq_nocase(http->headers[i].name, STR_LITERAL("Content-Encoding")) &&
		    !str_eq_nocase(http->headers[i].value, STR_LITERAL("identity")))
			return false;
	}
	return true;
}

static bool lacks_body(const struct exchange *exchange)
{
	return (exchange->request.route->flags & ROUTE_NEEDS_BODY) && !exchange->request.http->has_body;
}

/* What a body may come to; 0 when that is little. */
static int64_t large_body_bytes(const struct exchange *exchange)
{
	const struct http_request *http = exchange->request.http;
	int64_t most = (int64_t)exchange->request.route->max_body_bytes;
	if (!http->has_body || most <= LARGE_BODY_BYTES)
		return 0;
	int64_t bytes = http->is_chunked || (int64_t)http->content_length > most ? most : (int64_t)http->content_length;
	return bytes > LARGE_BODY_BYTES ? bytes : 0;
}

/* Large bodies wait in memory until they are whole, so their sum is bounded before the first byte is read. */
static bool reserve_body(struct exchange *exchange)
{
	struct http_server *server = exchange->loop->server;
	int64_t bytes = large_body_bytes(exchange);
	if (!bytes)
		return true;
	exchange->reserved_bytes = bytes;
	return atomic_fetch_add(&server->large_body_bytes, bytes) + bytes <= server->max_large_body_bytes ||
		MUTANT("http_large_bodies");
}

static bool knows_token(struct exchange *exchange)
{
	char hash[AUTH_HASH_BYTES];
	if (!exchange->token.len)
		return false;
	auth_hash_token(exchange->token, hash);
	exchange->has_access = auth_cache_get(exchange->loop->server->auth_cache, exchange->arena,
		(struct str){ hash, sizeof(hash) }, &exchange->request.access);
	return exchange->has_access;
}

/* Who may send it, and how often. */
static enum error judge_token(struct exchange *exchange)
{
	return exchange_count(exchange) ? exchange_check_access(exchange) : ERROR_TOO_MANY_REQUESTS;
}

static bool queue(struct exchange *exchange, struct worker_pool *pool, void (*run)(struct worker_job *job, void *thread_state))
{
	exchange->job.run = run;
	exchange->connection->state = CONNECTION_WORKING;
	connection_clear_deadline(exchange->connection);
	if (worker_pool_submit(pool, &exchange->job))
		return true;
	exchange->connection->state = CONNECTION_READING;
	return false;
}

/* Anybody can make up a token, and fill the room for large bodies with it: so it is looked up before they are read. */
static bool accept_token(struct exchange *exchange)
{
	if (!exchange->token.data || exchange->request.route->access == ACCESS_PUBLIC || !large_body_bytes(exchange) ||
	    MUTANT("http_token_before_body"))
		return true;
	if (!knows_token(exchange)) {
		if (!queue(exchange, exchange->loop->server->api_pool, exchange_find_token))
			return refuse(exchange, ERROR_UNAVAILABLE, "the queue of workers is full");
		return false;
	}
	enum error error = judge_token(exchange);
	return error == ERROR_NONE || refuse(exchange, error, "the token of a large body");
}

void exchange_token_found(struct exchange *exchange)
{
	struct connection *connection = exchange->connection;
	enum error error = exchange->error;
	if (!connection) {
		access_log_write(exchange, "client_gone");
		exchange_release(exchange);
		return;
	}
	exchange->error = ERROR_NONE;
	connection->state = CONNECTION_READING;
	if (error == ERROR_NONE)
		error = judge_token(exchange);
	if (error != ERROR_NONE)
		refuse(exchange, error, "the token of a large body");
	else if (!reserve_body(exchange))
		refuse(exchange, ERROR_UNAVAILABLE, "large bodies");
	else
		connection_take_body(connection);
	if (connection->state != CONNECTION_WRITING)
		connection_resume(connection);
}

bool exchange_accept_head(struct exchange *exchange)
{
	fill_in(exchange);
	if (!find_route(exchange))
		return false;
	if (!exchange->token.data) {
		if (!exchange_count(exchange))
			return refuse(exchange, ERROR_TOO_MANY_REQUESTS, NULL);
		enum error error = exchange_check_access(exchange);
		if (error != ERROR_NONE)
			return refuse(exchange, error, "no token");
	}
	if (!has_plain_body(exchange->request.http) && !MUTANT("http_content_coding"))
		return refuse(exchange, ERROR_UNSUPPORTED_MEDIA_TYPE, "content coding");
	if (lacks_body(exchange) && !MUTANT("http_length_required")) {
		give_up_connection(exchange); /* what was meant as the body may come behind the head */
		return refuse(exchange, ERROR_LENGTH_REQUIRED, NULL);
	}
	if (!accept_token(exchange))
		return false;
	return reserve_body(exchange) || refuse(exchange, ERROR_UNAVAILABLE, "large bodies");
}

static void submit(struct exchange *exchange)
{
	struct http_server *server = exchange->loop->server;
	bool is_slow = exchange->request.route->pool == ROUTE_SLOW;
	if (!queue(exchange, is_slow ? server->slow_pool : server->api_pool, exchange_run))
		exchange_fail(exchange, ERROR_UNAVAILABLE, "the queue of workers is full");
}

/* By a handler on the loop. */
static void give_away(struct exchange *exchange)
{
	struct request *request = &exchange->request;
	exchange->connection->state = CONNECTION_WORKING;
	connection_clear_deadline(exchange->connection);
	exchange->message.run = exchange_work_done;
	request->hand_over(request, NULL);
}

void exchange_dispatch(struct exchange *exchange)
{
	struct request *request = &exchange->request;
	const struct route *route = request->route;
	if (request->http->query.len) {
		enum error error = form_parse_urlencoded(exchange->arena, request->http->query, &request->query);
		if (error != ERROR_NONE) {
			exchange_fail(exchange, error, "query string");
			return;
		}
	}
	bool is_known = !exchange->token.data || knows_token(exchange);
	bool is_on_loop = route->pool == ROUTE_ON_LOOP && (is_known || (route->access == ACCESS_PUBLIC && !route->scope));
	bool is_own_host = exchange_check_host(exchange) == ERROR_NONE;
	if (!is_own_host || (!is_on_loop && (!is_known || !route->cached))) {
		submit(exchange);
		return;
	}
	if (!exchange_count(exchange)) {
		exchange_fail(exchange, ERROR_TOO_MANY_REQUESTS, NULL);
		return;
	}
	enum error error = exchange_check_access(exchange);
	if (error != ERROR_NONE) {
		exchange_fail(exchange, error, "access");
		return;
	}
	if (route->cached && route->cached(request)) {
		if (request->hand_over)
			give_away(exchange);
		else
			exchange_answer(exchange);
	} else if (is_on_loop) {
		exchange_call_handler(exchange);
		exchange_answer(exchange);
	} else
		submit(exchange);
}

void exchange_fail(struct exchange *exchange, enum error error, const char *detail)
{
	exchange->error = error;
	if (detail)
		exchange->request.error_detail = str_from(detail);
	respond_error(&exchange->request, error);
	exchange_answer(exchange);
}

void exchange_refuse(struct exchange *exchange, int status, const char *reason)
{
	give_up_connection(exchange);
	exchange->is_head_only = http_reader_is_head(exchange->reader) && !MUTANT("head_refusal_has_no_body");
	exchange->request.error_detail = str_from(reason);
	respond_error_status(&exchange->request, status, str_from(http_status_text(status)));
	exchange_answer(exchange);
}
