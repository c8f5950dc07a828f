/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Status line and headers of an answer, written once into one buffer. The headers that every answer bears
 * are one constant piece. */
#include "server/http/connection.h"

#include "server/http/cors.h"
#include "server/http/stream.h"
#include "base/clock.h"
#include "base/mutant.h"

#include <string.h>

#define SECURITY_HEADERS                                                                     \
	"X-Content-Type-Options: nosniff\r\n"                                                \
	"X-Frame-Options: DENY\r\n"                                                          \
	"Referrer-Policy: same-origin\r\n"                                                   \
	"Permissions-Policy: camera=(), geolocation=(), microphone=(), payment=(), usb=()\r\n"

#define PAGE_POLICY                                                                          \
	"default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; media-src 'self'; " \
	"script-src 'self'; connect-src 'self'; manifest-src 'self'; frame-ancestors 'none'; "      \
	"base-uri 'none'; form-action 'self'"

#define ADD(buf, literal) buf_add((buf), (literal), sizeof(literal) - 1)

static void add_header(struct buf *head, struct str name, struct str value)
{
	buf_add_str(head, name);
	ADD(head, ": ");
	buf_add_str(head, value);
	ADD(head, "\r\n");
}

static void add_number(struct buf *head, const char *name, int64_t number)
{
	buf_add_c_string(head, name);
	ADD(head, ": ");
	buf_add_int64(head, number);
	ADD(head, "\r\n");
}

static bool has_header(const struct response *response, const char *name)
{
	struct str wanted = str_from(name);
	for (size_t i = 0; i < response->header_count; i++)
		if (str_eq_nocase(response->headers[i].name, wanted))
			return true;
	return false;
}

static void add_date(struct http_loop *loop, struct buf *head)
{
	int64_t now_us = clock_now_us();
	if (now_us / 1000000 != loop->date_second) {
		loop->date_second = now_us / 1000000;
		time_write_http_date(now_us, loop->date);
	}
	ADD(head, "Date: ");
	buf_add(head, loop->date, TIME_HTTP_DATE_LEN);
	ADD(head, "\r\n");
}

static void add_rate_limit(struct buf *head, const struct limit_verdict *limit, const struct response *response)
{
	char reset[TIME_ISO8601_MS_LEN + 1];
	if (!limit->is_counted)
		return;
	time_write_iso8601_ms(limit->reset_us, reset);
	add_number(head, "X-RateLimit-Limit", limit->limit);
	add_number(head, "X-RateLimit-Remaining", limit->remaining);
	add_header(head, STR_LITERAL("X-RateLimit-Reset"), (struct str){ reset, TIME_ISO8601_MS_LEN });
	if (response->status == 429 && !has_header(response, "Retry-After"))
		add_number(head, "Retry-After", limit->retry_after_s);
}

/* A browser app that asks for what is not there has to see the 404, or it reports a network error. */
static bool is_unknown_api(const struct request *request)
{
	return !request->route && request->http && str_starts_with(request->http->path, STR_LITERAL("/api/")) &&
		!has_header(&request->response, "Access-Control-Allow-Origin");
}

/* What depends on the kind of content and on the route. */
static void add_policies(const struct exchange *exchange, struct buf *head)
{
	const struct request *request = &exchange->request;
	const struct response *response = &request->response;
	unsigned flags = request->route ? request->route->flags : 0;
	ADD(head, SECURITY_HEADERS);
	if (request->is_https)
		ADD(head, "Strict-Transport-Security: max-age=63072000\r\n");
	if (response->content_type && strncmp(response->content_type, "text/html", 9) == 0) {
		if (!has_header(response, "Content-Security-Policy"))
			ADD(head, "Content-Security-Policy: " PAGE_POLICY "\r\n");
		ADD(head, "Cross-Origin-Opener-Policy: same-origin\r\n");
	}
	if (!has_header(response, "Cache-Control") && (flags & ROUTE_NO_STORE || response->status >= 400))
		ADD(head, "Cache-Control: private, no-store\r\n");
	if (flags & ROUTE_CORS || is_unknown_api(request)) {
		struct cors_header headers[CORS_MAX_HEADERS];
		size_t count = cors_answer_headers(headers);
		for (size_t i = 0; i < count; i++)
			add_header(head, str_from(headers[i].name), headers[i].value);
	}
}

static bool status_has_body(int status)
{
	return status >= 200 && status != 204 && status != 304;
}

static void set_body(struct exchange *exchange)
{
	const struct response *response = &exchange->request.response;
	if (response->shared)
		exchange->body = shared_bytes_str(response->shared);
	else if (response->static_body.data)
		exchange->body = response->static_body;
	else
		exchange->body = buf_str(&response->body);
}

static void add_length_and_connection(struct exchange *exchange, struct buf *head)
{
	const struct response *response = &exchange->request.response;
	if (response->stream) {
		if (stream_is_websocket(response->stream))
			ADD(head, "Connection: Upgrade\r\nUpgrade: websocket\r\n");
		else
			ADD(head, "Connection: close\r\n");
		exchange->body.len = 0;
		return;
	}
	if (status_has_body(response->status))
		add_number(head, "Content-Length", (int64_t)exchange->body.len);
	else
		exchange->body.len = 0;
	if (exchange->is_head_only && !MUTANT("head_has_no_body"))
		exchange->body.len = 0;
	if (exchange->wants_close)
		ADD(head, "Connection: close\r\n");
	else if (exchange->request.http && exchange->request.http->minor_version == 0)
		ADD(head, "Connection: keep-alive\r\n");
}

void exchange_render_head(struct exchange *exchange)
{
	const struct response *response = &exchange->request.response;
	struct buf *head = &exchange->head;
	head->len = 0;
	exchange->written = 0;
	set_body(exchange);
	ADD(head, "HTTP/1.1 ");
	buf_add_int64(head, response->status);
	buf_add_char(head, ' ');
	buf_add_c_string(head, http_status_text(response->status));
	ADD(head, "\r\n");
	add_date(exchange->loop, head);
	if (response->content_type)
		add_header(head, STR_LITERAL("Content-Type"), str_from(response->content_type));
	add_length_and_connection(exchange, head);
	add_header(head, STR_LITERAL("X-Request-Id"), exchange->request.id);
	for (size_t i = 0; i < response->header_count; i++)
		add_header(head, response->headers[i].name, response->headers[i].value);
	add_rate_limit(head, &exchange->limit, response);
	add_policies(exchange, head);
	ADD(head, "\r\n");
}
