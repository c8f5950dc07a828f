/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * From a request to a stream: the WebSocket handshake (RFC 6455 4.2), or the head of server-sent events. */
#include "server/http/stream_internal.h"

static bool asks_for_websocket(const struct http_request *http)
{
	struct str upgrade = http_request_header(http, "Upgrade");
	return upgrade.data && http_list_has_token(upgrade, "websocket");
}

static enum error accept_websocket(struct request *request)
{
	const struct http_request *http = request->http;
	struct str accept;
	struct str connection = http_request_header(http, "Connection");
	if (http->method != HTTP_GET || http->minor_version != 1 || !http_list_has_token(connection, "upgrade") ||
	    http_request_header_count(http, "Sec-WebSocket-Key") != 1)
		return fail(request, ERROR_BAD_REQUEST, "not a WebSocket handshake");
	if (!str_eq(http_request_header(http, "Sec-WebSocket-Version"), STR_LITERAL("13")))
		return fail(request, ERROR_UPGRADE_REQUIRED, "WebSocket version");
	if (!websocket_accept_key(request->arena, http_request_header(http, "Sec-WebSocket-Key"), &accept))
		return fail(request, ERROR_BAD_REQUEST, "Sec-WebSocket-Key");
	respond_empty(request, 101);
	respond_header(request, "Sec-WebSocket-Accept", accept);
	/* Browsers that put their token there close the connection unless it comes back. */
	struct str protocols = http_request_header(http, "Sec-WebSocket-Protocol");
	struct str first;
	if (protocols.len && str_split_next(&protocols, ',', &first) && http_is_token(str_trim(first)))
		respond_header(request, "Sec-WebSocket-Protocol", str_trim(first));
	return ERROR_NONE;
}

struct stream *respond_stream(struct request *request, const struct stream_events *events, void *owner,
	enum error *ret_error)
{
	struct exchange *exchange = LIST_OBJECT(request, struct exchange, request);
	bool is_websocket = asks_for_websocket(request->http);
	enum error error = ERROR_NONE;
	if (is_websocket) {
		error = accept_websocket(request);
	} else {
		respond_empty(request, 200);
		request->response.content_type = "text/event-stream";
		respond_header(request, "Cache-Control", STR_LITERAL("private, no-store"));
		respond_header(request, "X-Accel-Buffering", STR_LITERAL("no")); /* nginx would hold events back */
	}
	if (error != ERROR_NONE || exchange->is_head_only) {
		*ret_error = error;
		return NULL;
	}
	exchange->wants_close = true;
	struct stream *stream = stream_new(exchange->loop, events, owner, is_websocket);
	request->response.stream = stream;
	return stream;
}
