/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Deadlines without a timer per connection: each kind has one length, so each list is sorted by appending,
 * and one timer of the loop waits for the earliest head. A deadline that is moved costs two list operations;
 * the timer is set anew only when something earlier comes. */
#include "server/http/connection.h"

#include "base/mutant.h"

#define LINGER_US 2000000
#define TIMER_GRAIN_US 1000

static void set_timer(struct http_loop *loop, int64_t due_us)
{
	int64_t wait_us = due_us - loop_now_us(loop->loop);
	if (wait_us < 0)
		wait_us = 0;
	wait_us += TIMER_GRAIN_US; /* a timer that fires early would find nothing to do */
	struct timeval wait = { wait_us / 1000000, wait_us % 1000000 };
	loop->timer_due_us = due_us;
	event_add(loop->timer, &wait);
}

void http_loop_timer_due(struct http_loop *loop, int64_t due_us)
{
	if (!loop->timer_due_us || due_us < loop->timer_due_us)
		set_timer(loop, due_us);
}

static void refuse_or_close(struct connection *connection, const char *reason)
{
	if (connection->state == CONNECTION_READING && connection->exchange)
		exchange_refuse(connection->exchange, 408, reason);
	else
		connection_close(connection);
}

static void header_deadline(struct connection *connection)
{
	if (MUTANT("http_header_deadline"))
		return;
	refuse_or_close(connection, "header_timeout");
}

static void body_deadline(struct connection *connection)
{
	struct http_server *server = connection->loop->server;
	int64_t now_us = loop_now_us(connection->loop->loop);
	int64_t wanted_bytes = server->min_body_rate * (server->body_window_us / 1000) / 1000;
	bool is_slow = connection->body_window_bytes < wanted_bytes && !MUTANT("http_body_rate");
	bool is_over = connection->exchange &&
		now_us - connection->exchange->began_us >= server->request_timeout_us && !MUTANT("http_request_timeout");
	if (is_slow || is_over) {
		refuse_or_close(connection, is_slow ? "body_too_slow" : "request_timeout");
		return;
	}
	connection->body_window_bytes = 0;
	connection_set_deadline(connection, DEADLINE_BODY);
}

static void reached(struct connection *connection)
{
	connection_clear_deadline(connection);
	switch (connection->deadline) {
	case DEADLINE_HEADER:
		header_deadline(connection);
		break;
	case DEADLINE_BODY:
		body_deadline(connection);
		break;
	case DEADLINE_IDLE:
		if (!MUTANT("http_idle_deadline"))
			connection_close(connection);
		break;
	case DEADLINE_WRITE:
		if (!MUTANT("http_write_deadline"))
			connection_close(connection);
		break;
	case DEADLINE_LINGER:
		connection_close(connection);
		break;
	case DEADLINE_AWAIT:
		exchange_await_over(connection->exchange, "the awaited document took too long");
		break;
	case DEADLINE_HEARTBEAT:
	case DEADLINE_PING:
		stream_tick(connection->stream);
		break;
	case DEADLINE_COUNT:
		break;
	}
}

static void on_timer(evutil_socket_t fd, short what, void *argument)
{
	struct http_loop *loop = argument;
	(void)fd;
	(void)what;
	int64_t now_us = loop_now_us(loop->loop);
	int64_t earliest_us = 0;
	loop->timer_due_us = now_us; /* whatever is set below is later and leaves the timer alone */
	for (int i = 0; i < DEADLINE_COUNT; i++) {
		struct list_link *connections = &loop->deadlines[i].connections;
		while (!list_is_empty(connections)) {
			struct connection *first = LIST_OBJECT(connections->next, struct connection, deadline_link);
			if (first->deadline_us > now_us)
				break;
			reached(first);
		}
	}
	for (int i = 0; i < DEADLINE_COUNT; i++) {
		struct list_link *connections = &loop->deadlines[i].connections;
		if (list_is_empty(connections))
			continue;
		int64_t due_us = LIST_OBJECT(connections->next, struct connection, deadline_link)->deadline_us;
		if (!earliest_us || due_us < earliest_us)
			earliest_us = due_us;
	}
	loop->timer_due_us = 0;
	if (earliest_us)
		set_timer(loop, earliest_us);
}

void http_loop_timers_start(struct http_loop *loop)
{
	const struct http_server *server = loop->server;
	const struct config *config = server->app->config;
	const struct http_server_options *options = &server->options;
	struct deadline_list *lists = loop->deadlines;
	for (int i = 0; i < DEADLINE_COUNT; i++)
		list_init(&lists[i].connections);
	lists[DEADLINE_HEADER].after_us = config_duration_ms(config, "http.header_timeout") * 1000;
	lists[DEADLINE_BODY].after_us = server->body_window_us;
	lists[DEADLINE_IDLE].after_us = config_duration_ms(config, "http.idle_timeout") * 1000;
	lists[DEADLINE_WRITE].after_us = server->write_timeout_us;
	lists[DEADLINE_LINGER].after_us = LINGER_US;
	lists[DEADLINE_AWAIT].after_us = (options->await_ms ? options->await_ms : 30000) * 1000LL;
	lists[DEADLINE_HEARTBEAT].after_us = (options->stream_heartbeat_ms ? options->stream_heartbeat_ms : 15000) * 1000LL;
	lists[DEADLINE_PING].after_us = (options->websocket_ping_ms ? options->websocket_ping_ms : 30000) * 1000LL;
	loop->timer = evtimer_new(loop_base(loop->loop), on_timer, loop);
	if (!loop->timer)
		memory_fatal("cannot make a timer");
}

void http_loop_timers_stop(struct http_loop *loop)
{
	if (loop->timer)
		event_free(loop->timer);
	loop->timer = NULL;
}
