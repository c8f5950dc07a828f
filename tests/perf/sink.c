/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Many inboxes in one thread, for figures of delivery: sink PORT HOSTS DELAY_MS HANGING [CERTIFICATE KEY]. Host number n
 * listens at 127.9.(n / 250).(n % 250 + 1); the last HANGING of them accept and never answer. Every POST is answered with
 * 202 after the delay. "report" on standard input prints one line: requests, hosts served, microseconds (of
 * CLOCK_MONOTONIC) of the first arrival, and of the last first one of a host. "reset" forgets. Ends with its input. */
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <openssl/ssl.h>

#include <arpa/inet.h>
#include <inttypes.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_HOSTS 10000
#define ANSWER "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"

struct host {
	unsigned number;
	int64_t first_us;
	uint64_t requests;
};

struct connection {
	struct host *host;
	struct bufferevent *stream;
	struct event *timer;
	size_t body_left;
	bool is_in_body;
};

static struct event_base *base;
static SSL_CTX *tls;
static struct host hosts[MAX_HOSTS];
static unsigned host_count, hanging_count;
static int delay_ms;
static uint64_t total;
static int64_t first_us;

static int64_t now_us(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void close_connection(struct connection *connection)
{
	bufferevent_free(connection->stream);
	event_free(connection->timer);
	free(connection);
}

static void answer(struct connection *connection)
{
	bufferevent_write(connection->stream, ANSWER, sizeof(ANSWER) - 1);
}

static void on_timer(evutil_socket_t fd, short what, void *argument)
{
	(void)fd;
	(void)what;
	answer(argument);
}

static void end_request(struct connection *connection)
{
	struct host *host = connection->host;
	int64_t at_us = now_us();
	connection->is_in_body = false;
	total++;
	host->requests++;
	if (!first_us)
		first_us = at_us;
	if (!host->first_us)
		host->first_us = at_us;
	if (host->number >= host_count - hanging_count)
		return;
	if (!delay_ms) {
		answer(connection);
		return;
	}
	struct timeval delay = { delay_ms / 1000, delay_ms % 1000 * 1000 };
	event_add(connection->timer, &delay);
}

static bool read_head(struct connection *connection, struct evbuffer *input)
{
	struct evbuffer_ptr end = evbuffer_search(input, "\r\n\r\n", 4, NULL);
	if (end.pos < 0)
		return false;
	size_t len = (size_t)end.pos + 4;
	char *head = (char *)evbuffer_pullup(input, (ev_ssize_t)len);
	head[len - 1] = '\0';
	const char *length = strcasestr(head, "\r\nContent-Length:");
	connection->body_left = length ? strtoul(length + 17, NULL, 10) : 0;
	connection->is_in_body = true;
	evbuffer_drain(input, len);
	return true;
}

static void on_read(struct bufferevent *stream, void *argument)
{
	struct connection *connection = argument;
	struct evbuffer *input = bufferevent_get_input(stream);
	for (;;) {
		if (!connection->is_in_body && !read_head(connection, input))
			return;
		size_t here = evbuffer_get_length(input);
		size_t part = here < connection->body_left ? here : connection->body_left;
		evbuffer_drain(input, part);
		connection->body_left -= part;
		if (connection->body_left)
			return;
		end_request(connection);
	}
}

static void on_event(struct bufferevent *stream, short what, void *argument)
{
	(void)stream;
	if (what & (BEV_EVENT_EOF | BEV_EVENT_ERROR))
		close_connection(argument);
}

static void on_accept(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *address, int len, void *argument)
{
	struct connection *connection = calloc(1, sizeof(*connection));
	int one = 1;
	(void)listener;
	(void)address;
	(void)len;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	connection->host = argument;
	connection->stream = tls ? bufferevent_openssl_socket_new(base, fd, SSL_new(tls), BUFFEREVENT_SSL_ACCEPTING,
					   BEV_OPT_CLOSE_ON_FREE)
				 : bufferevent_socket_new(base, fd, BEV_OPT_CLOSE_ON_FREE);
	connection->timer = event_new(base, -1, 0, on_timer, connection);
	bufferevent_setcb(connection->stream, on_read, NULL, on_event, connection);
	bufferevent_enable(connection->stream, EV_READ | EV_WRITE);
}

static void report(void)
{
	unsigned served = 0;
	int64_t last_us = 0;
	for (unsigned i = 0; i < host_count; i++) {
		served += hosts[i].requests > 0;
		if (hosts[i].first_us > last_us && i < host_count - hanging_count)
			last_us = hosts[i].first_us;
	}
	printf("%" PRIu64 " %u %" PRId64 " %" PRId64 "\n", total, served, first_us, last_us);
	fflush(stdout);
}

static void reset(void)
{
	total = 0;
	first_us = 0;
	for (unsigned i = 0; i < host_count; i++) {
		hosts[i].requests = 0;
		hosts[i].first_us = 0;
	}
}

static void on_command(evutil_socket_t fd, short what, void *argument)
{
	char line[64];
	(void)fd;
	(void)what;
	(void)argument;
	if (!fgets(line, sizeof(line), stdin))
		event_base_loopbreak(base);
	else if (strncmp(line, "report", 6) == 0)
		report();
	else if (strncmp(line, "reset", 5) == 0)
		reset();
}

static bool listen_all(uint16_t port)
{
	for (unsigned i = 0; i < host_count; i++) {
		struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port) };
		address.sin_addr.s_addr = htonl(127U << 24 | 9U << 16 | (i / 250) << 8 | (i % 250 + 1));
		hosts[i].number = i;
		if (!evconnlistener_new_bind(base, on_accept, &hosts[i], LEV_OPT_CLOSE_ON_FREE | LEV_OPT_REUSEABLE, 64,
			    (struct sockaddr *)&address, sizeof(address)))
			return false;
	}
	return true;
}

int main(int argc, char **argv)
{
	if (argc < 5)
		return 2;
	host_count = (unsigned)strtoul(argv[2], NULL, 10);
	delay_ms = (int)strtol(argv[3], NULL, 10);
	hanging_count = (unsigned)strtoul(argv[4], NULL, 10);
	if (host_count > MAX_HOSTS)
		return 2;
	if (argc > 6) {
		tls = SSL_CTX_new(TLS_server_method());
		if (SSL_CTX_use_certificate_chain_file(tls, argv[5]) != 1
			|| SSL_CTX_use_PrivateKey_file(tls, argv[6], SSL_FILETYPE_PEM) != 1)
			return 2;
	}
	setvbuf(stdin, NULL, _IONBF, 0);
	base = event_base_new();
	if (!listen_all((uint16_t)strtoul(argv[1], NULL, 10)))
		return 1;
	struct event *command = event_new(base, 0, EV_READ | EV_PERSIST, on_command, NULL);
	event_add(command, NULL);
	puts("ready");
	fflush(stdout);
	event_base_dispatch(base);
	return 0;
}
