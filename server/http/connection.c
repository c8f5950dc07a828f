/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Life of a connection: opened by a listener, closed from wherever something ends it, freed at the end of
 * the loop's turn, so that whoever called the closer may still look at the state. */
#include "server/http/connection.h"

#include "server/http/connection_cap.h"
#include "server/http/tls.h"
#include "base/metrics.h"

#include <sys/socket.h>
#include <unistd.h>

static struct metric open_connections = METRIC("comptoir_http_connections", "Open HTTP connections", METRIC_GAUGE);

void connection_open(struct http_loop *loop, int fd, const struct net_address *peer, bool is_counted)
{
	struct connection *connection = memory_new(sizeof(*connection));
	connection->loop = loop;
	connection->fd = fd;
	connection->peer = *peer;
	connection->is_counted = is_counted;
	list_init(&connection->deadline_link);
	list_add_last(&loop->connections, &connection->link);
	struct event_base *base = loop_base(loop->loop);
	if (event_assign(&connection->read_event, base, fd, EV_READ | EV_PERSIST, connection_on_readable, connection) ||
	    event_assign(&connection->write_event, base, fd, EV_WRITE | EV_PERSIST, connection_on_writable, connection))
		memory_fatal("cannot watch a connection");
	metric_add(&open_connections, 1);
	if (loop->server->tls) {
		connection->tls = tls_session_new(loop->server->tls, fd);
		connection->state = CONNECTION_HANDSHAKE;
		connection_set_deadline(connection, DEADLINE_HEADER);
	} else {
		connection->state = CONNECTION_READING;
		connection_set_deadline(connection, DEADLINE_IDLE);
	}
	connection_want_read(connection, true);
}

static void release_connection(void *object)
{
	memory_free(object);
}

static void leave_server(struct http_server *server)
{
	if (atomic_fetch_sub(&server->connection_count, 1) != 1)
		return;
	pthread_mutex_lock(&server->drain_lock);
	pthread_cond_broadcast(&server->is_drained);
	pthread_mutex_unlock(&server->drain_lock);
}

void connection_close(struct connection *connection)
{
	if (connection->state == CONNECTION_CLOSED)
		return;
	struct http_loop *loop = connection->loop;
	bool is_at_work = connection->state == CONNECTION_WORKING;
	connection->state = CONNECTION_CLOSED;
	connection_want_read(connection, false);
	connection_want_write(connection, false);
	connection_clear_deadline(connection);
	list_remove(&connection->link);
	if (connection->exchange) {
		connection->exchange->connection = NULL;
		if (!is_at_work) {
			if (connection->exchange->has_head)
				access_log_write(connection->exchange, "client_gone");
			exchange_release(connection->exchange);
		}
		connection->exchange = NULL;
	}
	if (connection->stream) {
		struct stream *stream = connection->stream;
		connection->stream = NULL;
		stream_lost(stream);
	}
	tls_session_free(&connection->tls);
	close(connection->fd);
	buf_clear(&connection->kept);
	if (connection->is_counted)
		connection_cap_give(loop->server->connection_cap, &connection->peer);
	metric_add(&open_connections, -1);
	loop_free_later(loop->loop, release_connection, connection);
	leave_server(loop->server);
}

void connection_shut(struct connection *connection)
{
	if (connection->tls)
		tls_close(connection->tls);
	if (shutdown(connection->fd, SHUT_WR) < 0) {
		connection_close(connection);
		return;
	}
	connection->state = CONNECTION_LINGERING;
	buf_clear(&connection->kept);
	connection_want_write(connection, false);
	connection_want_read(connection, true);
	connection_set_deadline(connection, DEADLINE_LINGER);
}

void connection_want_read(struct connection *connection, bool wanted)
{
	if (connection->is_reading == wanted)
		return;
	connection->is_reading = wanted;
	if (wanted ? event_add(&connection->read_event, NULL) : event_del(&connection->read_event))
		memory_fatal("cannot watch a connection");
}

void connection_want_write(struct connection *connection, bool wanted)
{
	if (connection->is_writing == wanted)
		return;
	connection->is_writing = wanted;
	if (wanted ? event_add(&connection->write_event, NULL) : event_del(&connection->write_event))
		memory_fatal("cannot watch a connection");
}

void connection_set_deadline(struct connection *connection, enum deadline deadline)
{
	struct http_loop *loop = connection->loop;
	struct deadline_list *list = &loop->deadlines[deadline];
	list_remove(&connection->deadline_link);
	connection->deadline = deadline;
	connection->deadline_us = loop_now_us(loop->loop) + list->after_us;
	list_add_last(&list->connections, &connection->deadline_link);
	http_loop_timer_due(loop, connection->deadline_us);
}

void connection_clear_deadline(struct connection *connection)
{
	list_remove(&connection->deadline_link);
}
