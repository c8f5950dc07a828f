/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Writing an answer: head and body in one system call where the socket takes them; what it does not take
 * waits for it, by reference. */
#include "server/http/connection.h"

#include "base/mutant.h"

static void finished(struct connection *connection)
{
	struct exchange *exchange = connection->exchange;
	bool wants_close = exchange->wants_close;
	bool is_clients_wish = exchange->has_head && !exchange->request.http->keep_alive;
	struct stream *stream = exchange->request.response.stream;
	exchange->request.response.stream = NULL;
	access_log_write(exchange, "done");
	connection->exchange = NULL;
	exchange_release(exchange);
	connection_want_write(connection, false);
	if (stream) {
		connection->state = CONNECTION_STREAM;
		stream_attach(stream, connection);
	} else if (!wants_close && !connection->loop->is_draining) {
		connection->state = CONNECTION_READING;
		connection_set_deadline(connection, DEADLINE_IDLE);
	} else if (is_clients_wish && !connection->has_unread_request && !connection->kept.len && !connection->tls) {
		connection_close(connection);
	} else {
		connection_shut(connection);
	}
}

/* The parts of the answer that are not written yet. */
static int remaining_parts(struct exchange *exchange, struct iovec ret_parts[2])
{
	int count = 0;
	size_t skipped = exchange->written;
	if (skipped < exchange->head.len) {
		ret_parts[count++] = (struct iovec){ exchange->head.data + skipped, exchange->head.len - skipped };
		skipped = 0;
	} else {
		skipped -= exchange->head.len;
	}
	if (exchange->body.len > skipped)
		ret_parts[count++] = (struct iovec){ (char *)exchange->body.data + skipped, exchange->body.len - skipped };
	return count;
}

void connection_flush_answer(struct connection *connection)
{
	struct exchange *exchange = connection->exchange;
	struct iovec parts[2];
	int count;
	while ((count = remaining_parts(exchange, parts)) > 0) {
		ssize_t written = transport_write(connection, parts, count);
		if (written == TRANSPORT_FAILED) {
			connection_close(connection);
			return;
		}
		if (written == TRANSPORT_BLOCKED) {
			connection_want_write(connection, true);
			return;
		}
		exchange->written += (size_t)written;
		connection_set_deadline(connection, DEADLINE_WRITE);
	}
	finished(connection);
}

void exchange_answer(struct exchange *exchange)
{
	struct connection *connection = exchange->connection;
	const struct http_server *server = exchange->loop->server;
	connection->request_count++;
	if ((connection->request_count >= server->max_requests_per_connection &&
		    !MUTANT("http_requests_per_connection")) ||
	    exchange->loop->is_draining)
		exchange->wants_close = true;
	exchange_render_head(exchange);
	connection->state = CONNECTION_WRITING;
	connection_set_deadline(connection, DEADLINE_WRITE);
	connection_flush_answer(connection);
}
