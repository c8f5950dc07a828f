/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Streams: server-sent events and WebSockets. A message is made ready for the wire on the sender's thread
 * (frame or "data:" lines around a reference to the shared bytes) and posted to the stream's loop, which
 * does nothing but link it and write. What waits, on the way or in the queue, is counted in one atomic sum;
 * a reader that lets it grow over the cap is cut off.
 *
 * References: the caller of respond_stream has one; the response's passes to the connection. A stream
 * knows its connection only on the loop, and only while both live. */
#include "server/http/stream_internal.h"

#include "base/mutant.h"

#include <string.h>

struct stream_ending {
	struct loop_message message;
	struct stream *stream;
	uint16_t code;
	bool is_abandoned; /* no connection will come: stream is the response's reference */
};

struct stream *stream_new(struct http_loop *loop, const struct stream_events *events, void *owner, bool is_websocket)
{
	static const struct websocket_events websocket_events = { stream_on_text, stream_on_close };
	struct stream *stream = memory_new(sizeof(*stream));
	atomic_init(&stream->references, 2);
	stream->loop = loop;
	stream->events = *events;
	stream->owner = owner;
	stream->end_of_parts = &stream->parts;
	if (is_websocket)
		stream->websocket = websocket_new(&websocket_events, stream, STREAM_MAX_MESSAGE_BYTES);
	stream->is_websocket = is_websocket;
	return stream;
}

struct stream *stream_ref(struct stream *stream)
{
	atomic_fetch_add_explicit(&stream->references, 1, memory_order_relaxed);
	return stream;
}

void stream_unref(struct stream **stream)
{
	if (!*stream)
		return;
	if (atomic_fetch_sub_explicit(&(*stream)->references, 1, memory_order_acq_rel) == 1) {
		websocket_free(&(*stream)->websocket);
		memory_free(*stream);
	}
	*stream = NULL;
}

bool stream_is_websocket(const struct stream *stream)
{
	return stream->is_websocket;
}

static size_t part_size(const struct stream_part *part)
{
	return part->head_len + (part->shared ? shared_bytes_str(part->shared).len : 0) + part->tail_len;
}

static void free_part(struct stream_part *part)
{
	atomic_fetch_sub(&part->stream->waiting_bytes, part_size(part));
	shared_bytes_unref(&part->shared);
	stream_unref(&part->stream);
	memory_free(part);
}

/* NULL when the stream may hold no more. */
static struct stream_part *new_part(struct stream *stream, struct str head, struct shared_bytes *shared, struct str tail)
{
	size_t size = head.len + (shared ? shared_bytes_str(shared).len : 0) + tail.len;
	size_t waiting = atomic_fetch_add(&stream->waiting_bytes, size);
	if (waiting + size > STREAM_MAX_WAITING_BYTES && !MUTANT("stream_cap")) {
		atomic_fetch_sub(&stream->waiting_bytes, size);
		return NULL;
	}
	struct stream_part *part = memory_new(sizeof(*part) + head.len + tail.len);
	part->stream = stream_ref(stream);
	part->shared = shared ? shared_bytes_ref(shared) : NULL;
	part->head_len = head.len;
	part->tail_len = tail.len;
	if (head.len)
		memcpy(part->bytes, head.data, head.len);
	if (tail.len)
		memcpy(part->bytes + head.len, tail.data, tail.len);
	return part;
}

/* On the loop. */
static void append(struct stream *stream, struct stream_part *part)
{
	part->next = NULL;
	*stream->end_of_parts = part;
	stream->end_of_parts = &part->next;
}

static void run_part(struct loop_message *message)
{
	struct stream_part *part = LIST_OBJECT(message, struct stream_part, message);
	struct stream *stream = part->stream;
	if (atomic_load(&stream->is_ended)) {
		free_part(part);
		return;
	}
	append(stream, part);
	if (stream->connection)
		stream_flush(stream);
}

void stream_append_own(struct stream *stream, struct str bytes)
{
	struct stream_part *part = new_part(stream, bytes, NULL, (struct str){ 0 });
	if (part)
		append(stream, part);
	else
		stream->is_over_cap = true;
}

static struct stream_part *event_part(struct stream *stream, struct str event, struct shared_bytes *data)
{
	struct buf head = { 0 };
	struct str rest = shared_bytes_str(data);
	struct stream_part *part;
	if (event.len) {
		buf_add_c_string(&head, "event: ");
		buf_add_str(&head, event);
		buf_add_char(&head, '\n');
	}
	if (str_contains_char(rest, '\n') || str_contains_char(rest, '\r')) {
		/* Each line of the text is a field of its own. */
		struct str line;
		while (str_split_next(&rest, '\n', &line)) {
			struct str piece;
			while (str_split_next(&line, '\r', &piece)) {
				buf_add_c_string(&head, "data: ");
				buf_add_str(&head, piece);
				buf_add_char(&head, '\n');
			}
		}
		part = new_part(stream, buf_str(&head), NULL, STR_LITERAL("\n"));
	} else {
		buf_add_c_string(&head, "data: ");
		part = new_part(stream, buf_str(&head), data, STR_LITERAL("\n\n"));
	}
	buf_clear(&head);
	return part;
}

/* A text frame from a server is not masked (RFC 6455 5.2), so the payload needs no copy. */
static struct stream_part *frame_part(struct stream *stream, struct shared_bytes *data)
{
	size_t len = shared_bytes_str(data).len;
	unsigned length_bytes = len < 126 ? 0 : len < 65536 ? 2 : 8;
	char head[10] = { (char)0x81, (char)(length_bytes == 0 ? len : length_bytes == 2 ? 126 : 127) };
	for (unsigned i = 0; i < length_bytes; i++)
		head[2 + i] = (char)(len >> (8 * (length_bytes - 1 - i)) & 0xff);
	return new_part(stream, (struct str){ head, 2 + length_bytes }, data, (struct str){ 0 });
}

void stream_send(struct stream *stream, struct str event, struct shared_bytes *data)
{
	if (atomic_load(&stream->is_ended) || atomic_load(&stream->is_cut))
		return;
	struct stream_part *part = stream->is_websocket ? frame_part(stream, data) : event_part(stream, event, data);
	if (part) {
		part->message.run = run_part;
		loop_post(stream->loop->loop, &part->message);
	} else if (!atomic_exchange(&stream->is_cut, true)) {
		stream_end(stream, 1008);
	}
}

/* On the loop: the last event. */
static void tell_end(struct stream *stream)
{
	if (!atomic_exchange(&stream->is_ended, true))
		stream->events.on_end(stream, stream->owner);
}

static void take_output(struct stream *stream)
{
	struct buf output = { 0 };
	websocket_output(stream->websocket, &output);
	if (output.len)
		stream_append_own(stream, buf_str(&output));
	buf_clear(&output);
}

/* Writes the goodbye behind what waits. */
static void say_goodbye(struct stream *stream)
{
	stream->is_closing = true;
	if (stream->is_websocket) {
		websocket_send_close(stream->websocket, stream->end_code);
		take_output(stream);
	} else {
		stream_append_own(stream, STR_LITERAL("event: end\ndata: {}\n\n"));
	}
	stream_flush(stream);
}

static void finish(struct stream *stream, uint16_t code)
{
	if (atomic_load(&stream->is_ended))
		return;
	stream->end_code = code;
	tell_end(stream);
	if (!stream->connection)
		return;
	if (atomic_load(&stream->is_cut))
		connection_close(stream->connection);
	else
		say_goodbye(stream);
}

static void run_ending(struct loop_message *message)
{
	struct stream_ending *ending = LIST_OBJECT(message, struct stream_ending, message);
	if (ending->is_abandoned) {
		stream_lost(ending->stream);
	} else {
		finish(ending->stream, ending->code);
		stream_unref(&ending->stream);
	}
	memory_free(ending);
}

static void post_ending(struct stream *stream, uint16_t code, bool is_abandoned)
{
	struct stream_ending *ending = memory_new(sizeof(*ending));
	ending->message.run = run_ending;
	ending->stream = stream;
	ending->code = code;
	ending->is_abandoned = is_abandoned;
	loop_post(stream->loop->loop, &ending->message);
}

void stream_end(struct stream *stream, uint16_t code)
{
	if (!atomic_load(&stream->is_ended))
		post_ending(stream_ref(stream), code, false);
}

void stream_abandon(struct stream *stream)
{
	post_ending(stream, 1011, true);
}

static int gather(const struct stream *stream, struct iovec ret_parts[], int max_count)
{
	int count = 0;
	for (struct stream_part *part = stream->parts; part && count + 3 <= max_count; part = part->next) {
		struct str pieces[3] = { { part->bytes, part->head_len }, { 0 }, { part->bytes + part->head_len, part->tail_len } };
		size_t skipped = part->written;
		if (part->shared)
			pieces[1] = shared_bytes_str(part->shared);
		for (int i = 0; i < 3; i++) {
			struct str piece = str_slice(pieces[i], skipped, pieces[i].len);
			skipped -= pieces[i].len - piece.len;
			if (piece.len)
				ret_parts[count++] = (struct iovec){ (char *)piece.data, piece.len };
		}
	}
	return count;
}

static void written(struct stream *stream, size_t len)
{
	while (stream->parts) {
		struct stream_part *part = stream->parts;
		size_t left = part_size(part) - part->written;
		if (len < left) {
			part->written += len;
			return;
		}
		len -= left;
		stream->parts = part->next;
		if (!stream->parts)
			stream->end_of_parts = &stream->parts;
		free_part(part);
	}
}

void stream_flush(struct stream *stream)
{
	enum { MAX_PARTS = 48 };
	struct connection *connection = stream->connection;
	struct iovec parts[MAX_PARTS];
	if (connection->state != CONNECTION_STREAM)
		return;
	if (stream->is_over_cap) {
		connection_close(connection);
		return;
	}
	int count;
	while ((count = gather(stream, parts, MAX_PARTS)) > 0) {
		ssize_t len = transport_write(connection, parts, count);
		if (len == TRANSPORT_FAILED) {
			connection_close(connection);
			return;
		}
		if (len == TRANSPORT_BLOCKED) {
			connection_want_write(connection, true);
			return;
		}
		stream->progress_us = loop_now_us(connection->loop->loop);
		written(stream, (size_t)len);
	}
	connection_want_write(connection, false);
	if (stream->is_closing)
		connection_shut(connection);
}

void stream_on_text(void *owner, struct str text)
{
	struct stream *stream = owner;
	if (!atomic_load(&stream->is_ended) && stream->events.on_text)
		stream->events.on_text(stream, stream->owner, text);
}

void stream_on_close(void *owner, uint16_t code)
{
	struct stream *stream = owner;
	stream->end_code = code;
	tell_end(stream);
}

void stream_read(struct stream *stream, const char *data, size_t len)
{
	stream->heard_us = loop_now_us(stream->loop->loop);
	if (!stream->is_websocket)
		return;
	bool goes_on = websocket_feed(stream->websocket, data, len);
	take_output(stream);
	if (!goes_on)
		stream->is_closing = true;
	stream_flush(stream);
}

/* Proxies pass the head on with the first bytes; what was sent already comes behind it. */
static void prepend_greeting(struct stream *stream)
{
	struct stream_part *part = new_part(stream, STR_LITERAL(":)\n"), NULL, (struct str){ 0 });
	if (!part)
		return;
	part->next = stream->parts;
	if (!stream->parts)
		stream->end_of_parts = &part->next;
	stream->parts = part;
}

void stream_attach(struct stream *stream, struct connection *connection)
{
	connection->stream = stream;
	stream->connection = connection;
	stream->heard_us = stream->progress_us = loop_now_us(connection->loop->loop);
	connection_set_deadline(connection, stream->is_websocket ? DEADLINE_PING : DEADLINE_HEARTBEAT);
	if (!stream->is_websocket)
		prepend_greeting(stream);
	if (connection->loop->is_draining)
		finish(stream, 1012);
	else if (atomic_load(&stream->is_cut))
		connection_close(connection);
	else if (atomic_load(&stream->is_ended))
		say_goodbye(stream);
	else
		stream_flush(stream);
}

void stream_tick(struct stream *stream)
{
	struct connection *connection = stream->connection;
	int64_t now_us = loop_now_us(connection->loop->loop);
	int64_t silence_us = 3 * connection->loop->deadlines[DEADLINE_PING].after_us;
	bool is_stalled = stream->parts && now_us - stream->progress_us >= connection->loop->server->write_timeout_us;
	bool is_silent = stream->is_websocket && now_us - stream->heard_us >= silence_us && !MUTANT("websocket_silence");
	if (is_stalled || is_silent) {
		connection_close(connection);
		return;
	}
	connection_set_deadline(connection, stream->is_websocket ? DEADLINE_PING : DEADLINE_HEARTBEAT);
	if (stream->is_websocket) {
		websocket_send_ping(stream->websocket);
		take_output(stream);
	} else {
		stream_append_own(stream, STR_LITERAL(":thump\n"));
	}
	stream_flush(stream);
}

void stream_drain(struct stream *stream)
{
	finish(stream, 1012);
}

void stream_lost(struct stream *stream)
{
	stream->connection = NULL;
	tell_end(stream);
	while (stream->parts) {
		struct stream_part *part = stream->parts;
		stream->parts = part->next;
		free_part(part);
	}
	stream->end_of_parts = &stream->parts;
	stream_unref(&stream);
}
