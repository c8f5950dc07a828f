/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A stream without a server: what messages look like on the wire, the cap, and who is told of the end. The
 * connection is one end of a socket pair; its loop runs here for as long as a message tells it to. */
#include "server/http/stream_internal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The comment that every stream of events begins with. */
#define GREETING ":)\n"

struct fixture {
	struct http_server server;
	struct http_loop loop;
	struct loop_message stop;
	int client_fd;
	int end_count;
	struct stream *stream;
	struct connection *connection;
};

static void on_end(struct stream *stream, void *owner)
{
	struct fixture *fixture = owner;
	assert_ptr_equal(stream, fixture->stream);
	fixture->end_count++;
}

static const struct stream_events events = { NULL, on_end };

static void stop_loop(struct loop_message *message)
{
	loop_stop(LIST_OBJECT(message, struct fixture, stop)->loop.loop);
}

static void start(struct fixture *fixture, bool is_websocket, bool is_attached)
{
	int fds[2];
	struct net_address nobody = { 0 };
	memset(fixture, 0, sizeof(*fixture));
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
	fixture->loop.server = &fixture->server;
	fixture->server.write_timeout_us = 1000000;
	fixture->loop.loop = loop_new("test", "stream");
	list_init(&fixture->loop.connections);
	for (int i = 0; i < DEADLINE_COUNT; i++) {
		list_init(&fixture->loop.deadlines[i].connections);
		fixture->loop.deadlines[i].after_us = 1000000;
	}
	fixture->loop.timer_due_us = 1; /* no timer: nothing is earlier */
	atomic_init(&fixture->server.connection_count, 2); /* never drained */
	fixture->client_fd = fds[1];
	connection_open(&fixture->loop, fds[0], &nobody, false);
	fixture->connection = LIST_OBJECT(fixture->loop.connections.next, struct connection, link);
	fixture->stream = stream_new(&fixture->loop, &events, fixture, is_websocket);
	fixture->connection->state = CONNECTION_STREAM;
	if (is_attached)
		stream_attach(fixture->stream, fixture->connection);
}

/* Runs what was posted, and ends the fixture's loop. */
static size_t run_and_read(struct fixture *fixture, char *ret_data, size_t size_bytes)
{
	fixture->stop.run = stop_loop;
	loop_post(fixture->loop.loop, &fixture->stop);
	loop_run(fixture->loop.loop);
	ssize_t len = recv(fixture->client_fd, ret_data, size_bytes, 0);
	return len < 0 ? 0 : (size_t)len;
}

static void end(struct fixture *fixture)
{
	if (!list_is_empty(&fixture->loop.connections))
		connection_close(fixture->connection);
	stream_unref(&fixture->stream);
	loop_free(&fixture->loop.loop);
	close(fixture->client_fd);
}

static void send_text(struct stream *stream, const char *event, const char *text, size_t len)
{
	struct buf copy = { 0 };
	buf_add(&copy, text, len);
	struct shared_bytes *bytes = shared_bytes_new(&copy);
	stream_send(stream, str_from(event), bytes);
	shared_bytes_unref(&bytes);
}

static void events_are_written_as_lines(void **state)
{
	(void)state;
	static const struct {
		const char *event, *text, *wire;
	} cases[] = {
		{ "update", "{}", "event: update\ndata: {}\n\n" }, { "", "x", "data: x\n\n" }, { "e", "", "event: e\ndata: \n\n" },
		{ "e", "a\nb", "event: e\ndata: a\ndata: b\n\n" }, { "", "a\rb", "data: a\ndata: b\n\n" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fixture fixture;
		char data[256] = { 0 };
		start(&fixture, false, true);
		send_text(fixture.stream, cases[i].event, cases[i].text, strlen(cases[i].text));
		assert_int_equal(run_and_read(&fixture, data, sizeof(data) - 1), strlen(GREETING) + strlen(cases[i].wire));
		assert_memory_equal(data, GREETING, strlen(GREETING));
		assert_string_equal(data + strlen(GREETING), cases[i].wire);
		end(&fixture);
		assert_int_equal(fixture.end_count, 1);
	}
}

static void frames_have_the_shortest_length(void **state)
{
	(void)state;
	static char text[70000];
	static char data[80000];
	static const struct {
		size_t len;
		size_t head_len;
		unsigned char head[10];
	} cases[] = {
		{ 0, 2, { 0x81, 0 } }, { 125, 2, { 0x81, 125 } }, { 126, 4, { 0x81, 126, 0, 126 } },
		{ 65535, 4, { 0x81, 126, 255, 255 } }, { 65536, 10, { 0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0 } },
	};
	memset(text, 'x', sizeof(text));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fixture fixture;
		start(&fixture, true, true);
		send_text(fixture.stream, "", text, cases[i].len);
		assert_int_equal(run_and_read(&fixture, data, sizeof(data)), cases[i].head_len + cases[i].len);
		assert_memory_equal(data, cases[i].head, cases[i].head_len);
		end(&fixture);
	}
}

static void what_waits_is_never_more_than_the_cap(void **state)
{
	(void)state;
	static char text[100000];
	static char data[400000];
	struct fixture fixture;
	start(&fixture, false, true);
	for (int i = 0; i < 10; i++)
		send_text(fixture.stream, "", text, sizeof(text));
	assert_true(atomic_load(&fixture.stream->waiting_bytes) <= STREAM_MAX_WAITING_BYTES);
	(void)run_and_read(&fixture, data, sizeof(data));
	assert_true(list_is_empty(&fixture.loop.connections));
	assert_int_equal(fixture.end_count, 1);
	assert_int_equal(atomic_load(&fixture.stream->waiting_bytes), 0);
	end(&fixture);
	assert_int_equal(fixture.end_count, 1);
}

static void what_is_sent_before_the_head_waits_for_it(void **state)
{
	(void)state;
	struct fixture fixture;
	char data[64] = { 0 };
	start(&fixture, false, false);
	send_text(fixture.stream, "", "early", 5);
	assert_int_equal(run_and_read(&fixture, data, sizeof(data) - 1), 0);
	stream_attach(fixture.stream, fixture.connection);
	assert_int_equal(recv(fixture.client_fd, data, sizeof(data) - 1, 0), strlen(GREETING "data: early\n\n"));
	assert_string_equal(data, GREETING "data: early\n\n");
	end(&fixture);
}

static void an_abandoned_stream_ends_and_keeps_nothing(void **state)
{
	(void)state;
	struct fixture fixture;
	char data[64];
	start(&fixture, false, false);
	send_text(fixture.stream, "", "lost", 4);
	stream_abandon(fixture.stream);
	(void)run_and_read(&fixture, data, sizeof(data));
	assert_int_equal(fixture.end_count, 1);
	assert_int_equal(atomic_load(&fixture.stream->waiting_bytes), 0);
	send_text(fixture.stream, "", "later", 5);
	assert_int_equal(atomic_load(&fixture.stream->waiting_bytes), 0);
	end(&fixture);
	assert_int_equal(fixture.end_count, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_are_written_as_lines),
		cmocka_unit_test(frames_have_the_shortest_length),
		cmocka_unit_test(what_waits_is_never_more_than_the_cap),
		cmocka_unit_test(what_is_sent_before_the_head_waits_for_it),
		cmocka_unit_test(an_abandoned_stream_ends_and_keeps_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
