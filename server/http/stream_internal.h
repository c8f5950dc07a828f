/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A stream as its own files see it. */
#ifndef COMPTOIR_SERVER_HTTP_STREAM_INTERNAL_H
#define COMPTOIR_SERVER_HTTP_STREAM_INTERNAL_H

#include "base/websocket.h"
#include "server/http/connection.h"
#include "server/http/stream.h"

/* One message on the wire: head, shared bytes, tail. Also the loop_message that carries it to the loop. */
struct stream_part {
	struct loop_message message;
	struct stream_part *next;
	struct stream *stream;
	struct shared_bytes *shared; /* may be NULL */
	size_t head_len;
	size_t tail_len;
	size_t written;
	char bytes[]; /* head, then tail */
};

struct stream {
	atomic_uint references;
	atomic_size_t waiting_bytes; /* of all parts, on their way and in the queue */
	atomic_bool is_ended;        /* on_end was called, or is being called */
	atomic_bool is_cut;          /* the reader was too slow */
	bool is_websocket;
	struct http_loop *loop;
	struct stream_events events;
	void *owner;
	/* The rest is the loop's. */
	struct connection *connection; /* NULL before the answer's head is written, and after the end */
	struct websocket *websocket;
	struct stream_part *parts;
	struct stream_part **end_of_parts;
	int64_t heard_us;    /* when the client last sent something */
	int64_t progress_us; /* when the client last took something */
	uint16_t end_code;
	bool is_closing;  /* to be shut when all is written */
	bool is_over_cap; /* our own control bytes found no room */
};

/* Two references: the caller's and the response's. */
struct stream *stream_new(struct http_loop *loop, const struct stream_events *events, void *owner,
	bool is_websocket) MUST_CHECK;
void stream_append_own(struct stream *stream, struct str bytes);
void stream_on_text(void *owner, struct str text);
void stream_on_close(void *owner, uint16_t code);

#endif
