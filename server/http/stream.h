/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A response that goes on: server-sent events or a WebSocket. A handler turns its request into a stream by
 * respond_stream; from then on the stream lives on its connection's loop. Other threads send through
 * stream_send, which posts to that loop. A stream whose reader is slower than its cap (256 KiB waiting) is
 * ended. */
#ifndef COMPTOIR_SERVER_HTTP_STREAM_H
#define COMPTOIR_SERVER_HTTP_STREAM_H

#include "base/arena.h"
#include "base/error.h"
#include "server/http/shared_bytes.h"

struct request;
struct stream; /* reference-counted; any thread may hold a reference */

struct stream_events {
	/* On the loop. WebSocket only: one text message. */
	void (*on_text)(struct stream *stream, void *owner, struct str text);
	/* On the loop, once, last: the peer is gone, or the stream was ended. */
	void (*on_end)(struct stream *stream, void *owner);
};

#define STREAM_MAX_WAITING_BYTES (256 * 1024)
#define STREAM_MAX_MESSAGE_BYTES (64 * 1024) /* of a client */

/* Answers 101 when the request asks for a WebSocket (RFC 6455: GET, Upgrade, Connection, key, version 13;
 * 400 or 426 otherwise), else starts text/event-stream. NULL with *ret_error filled when it cannot be: return
 * it; a HEAD request is answered without a stream and gives ERROR_NONE. The caller gets a reference. owner is
 * passed to the events; it may be sent to at once. When the handler then fails, the stream ends. */
struct stream *respond_stream(struct request *request, const struct stream_events *events, void *owner,
	enum error *ret_error) MUST_CHECK;

struct stream *stream_ref(struct stream *stream);
void stream_unref(struct stream **stream);

/* Any thread. On a WebSocket one text message; on server-sent events "event: <event>" and "data: " lines.
 * event may be empty and has no line breaks. The bytes, UTF-8, are shared by all streams that get the same
 * message. Nothing happens on a stream that has ended; whoever sends from another thread has stopped before
 * http_server_stop returns. */
void stream_send(struct stream *stream, struct str event, struct shared_bytes *data);

/* Any thread: closes with a WebSocket code (1001 going away, 1008 policy, 1012 restart). */
void stream_end(struct stream *stream, uint16_t code);
bool stream_is_websocket(const struct stream *stream);

#endif
