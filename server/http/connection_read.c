/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What a connection does with bytes. One request is under way at a time: bytes that come behind it are kept
 * (at most one read buffer of them) and, once the socket is readable again, not read at all until the answer
 * is written. So pipelined requests are answered in order, and a client that sends faster than it reads is
 * held back by TCP. */
#include "server/http/connection.h"

#include "server/http/tls.h"

#define TLS_READS_PER_TURN 16 /* TLS may hold bytes that the socket no longer tells of */

static void send_continue(struct connection *connection)
{
	static char text[] = "HTTP/1.1 100 Continue\r\n\r\n";
	struct iovec part = { text, sizeof(text) - 1 };
	/* These few bytes go into the empty buffer of a client that waits for them, or it is no sane client. */
	if (transport_write(connection, &part, 1) != (ssize_t)part.iov_len)
		connection_close(connection);
}

static enum http_reader_status accept_body(struct connection *connection, bool has_more_bytes)
{
	struct exchange *exchange = connection->exchange;
	size_t max_body_bytes = exchange->request.route->max_body_bytes;
	enum http_reader_status status = http_reader_accept_body(exchange->reader, max_body_bytes);
	if (status != HTTP_READER_NEEDS_MORE)
		return status;
	connection->body_window_bytes = 0;
	exchange->has_deadline = true;
	connection_set_deadline(connection, DEADLINE_BODY);
	if (exchange->request.http->expects_continue && !has_more_bytes)
		send_continue(connection);
	return status;
}

static void go_on(struct connection *connection, enum http_reader_status status)
{
	struct exchange *exchange = connection->exchange;
	const char *reason = NULL;
	switch (status) {
	case HTTP_READER_HAS_HEAD:
	case HTTP_READER_NEEDS_MORE:
		if (connection->state == CONNECTION_READING && !exchange->has_deadline) {
			exchange->has_deadline = true;
			connection_set_deadline(connection, DEADLINE_HEADER);
		}
		break;
	case HTTP_READER_COMPLETE:
		if (!exchange->has_head && !exchange_accept_head(exchange))
			return;
		exchange_dispatch(exchange);
		break;
	case HTTP_READER_REFUSED: {
		int refusal = http_reader_refusal(exchange->reader, &reason);
		exchange_refuse(exchange, refusal, reason);
		break;
	}
	}
}

static void reader_advanced(struct connection *connection, enum http_reader_status status, bool has_more_bytes)
{
	if (status == HTTP_READER_HAS_HEAD) {
		if (!exchange_accept_head(connection->exchange))
			return;
		status = accept_body(connection, has_more_bytes);
	}
	go_on(connection, status);
}

void connection_take_body(struct connection *connection)
{
	go_on(connection, accept_body(connection, connection->kept.len > 0));
}

/* Returns how many bytes were used; fewer than len when a request waits for its answer. */
static size_t take(struct connection *connection, const char *data, size_t len)
{
	size_t total = 0;
	while (total < len && connection->state == CONNECTION_READING) {
		if (!connection->exchange)
			connection->exchange = exchange_begin(connection);
		size_t used = 0;
		enum http_reader_status status =
			http_reader_feed(connection->exchange->reader, data + total, len - total, &used);
		total += used;
		connection->body_window_bytes += (int64_t)used;
		reader_advanced(connection, status, total < len);
	}
	return total;
}

static void use_kept(struct connection *connection)
{
	while (connection->kept.len && connection->state == CONNECTION_READING) {
		connection->kept_from += take(connection, connection->kept.data + connection->kept_from,
			connection->kept.len - connection->kept_from);
		if (connection->kept_from < connection->kept.len)
			break;
		buf_clear(&connection->kept);
		connection->kept_from = 0;
	}
	if (connection->kept.len && connection->state == CONNECTION_STREAM) {
		struct buf kept = connection->kept;
		size_t from = connection->kept_from;
		buf_init(&connection->kept);
		connection->kept_from = 0;
		stream_read(connection->stream, kept.data + from, kept.len - from);
		buf_clear(&kept);
	}
}

static void keep(struct connection *connection, const char *data, size_t len)
{
	buf_add(&connection->kept, data, len);
	use_kept(connection);
}

static void received(struct connection *connection, const char *data, size_t len)
{
	if (connection->state == CONNECTION_STREAM) {
		stream_read(connection->stream, data, len);
		return;
	}
	if (connection->state != CONNECTION_READING)
		return; /* lingering */
	size_t used = take(connection, data, len);
	if (used < len && connection->state != CONNECTION_CLOSED && connection->state != CONNECTION_LINGERING)
		keep(connection, data + used, len - used);
}

static bool takes_bytes(const struct connection *connection)
{
	return connection->state == CONNECTION_READING || connection->state == CONNECTION_STREAM ||
	       connection->state == CONNECTION_LINGERING;
}

/* False when nothing more is to be had now. */
static bool read_once(struct connection *connection)
{
	char *buffer = connection->loop->read_buffer;
	ssize_t len = transport_read(connection, buffer, READ_BUFFER_BYTES);
	if (len == TRANSPORT_BLOCKED)
		return false;
	if (len <= 0) {
		connection_close(connection);
		return false;
	}
	received(connection, buffer, (size_t)len);
	return takes_bytes(connection);
}

static void read_available(struct connection *connection)
{
	if (!read_once(connection) || !connection->tls)
		return;
	for (int i = 1; i < TLS_READS_PER_TURN; i++)
		if (!read_once(connection))
			return;
	event_active(&connection->read_event, EV_READ, 0);
}

static void handshake(struct connection *connection)
{
	switch (tls_handshake(connection->tls)) {
	case TLS_DONE:
		connection->state = CONNECTION_READING;
		connection_want_write(connection, false);
		connection_want_read(connection, true);
		connection_set_deadline(connection, DEADLINE_IDLE);
		read_available(connection);
		break;
	case TLS_WANTS_READ:
		connection_want_write(connection, false);
		break;
	case TLS_WANTS_WRITE:
		connection_want_write(connection, true);
		break;
	case TLS_FAILED:
		connection_close(connection);
		break;
	}
}

void connection_on_readable(evutil_socket_t fd, short what, void *argument)
{
	struct connection *connection = argument;
	(void)fd;
	(void)what;
	(void)loop_now_us(connection->loop->loop);
	switch (connection->state) {
	case CONNECTION_HANDSHAKE:
		handshake(connection);
		break;
	case CONNECTION_READING:
	case CONNECTION_STREAM:
	case CONNECTION_LINGERING:
		read_available(connection);
		break;
	case CONNECTION_WORKING:
	case CONNECTION_WRITING:
		connection_want_read(connection, false);
		break;
	case CONNECTION_CLOSED:
		break;
	}
}

void connection_resume(struct connection *connection)
{
	use_kept(connection);
	if (!takes_bytes(connection))
		return;
	bool was_reading = connection->is_reading;
	connection_want_read(connection, true);
	if (connection->tls && !was_reading)
		read_available(connection);
}

void connection_on_writable(evutil_socket_t fd, short what, void *argument)
{
	struct connection *connection = argument;
	(void)fd;
	(void)what;
	(void)loop_now_us(connection->loop->loop);
	switch (connection->state) {
	case CONNECTION_HANDSHAKE:
		handshake(connection);
		break;
	case CONNECTION_WRITING:
		connection_flush_answer(connection);
		if (connection->state != CONNECTION_WRITING)
			connection_resume(connection);
		break;
	case CONNECTION_STREAM:
		connection_want_write(connection, false);
		stream_flush(connection->stream);
		break;
	case CONNECTION_READING:
	case CONNECTION_LINGERING:
		connection_want_write(connection, false);
		read_available(connection);
		break;
	case CONNECTION_WORKING:
	case CONNECTION_CLOSED:
		break;
	}
}

void connection_drain(struct connection *connection)
{
	if (connection->state == CONNECTION_READING && !connection->exchange)
		read_available(connection);
	if (connection->state == CONNECTION_HANDSHAKE ||
	    (connection->state == CONNECTION_READING && !connection->exchange))
		connection_close(connection);
}
