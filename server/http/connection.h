/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What the files of the HTTP front share (http_server.c, listener.c, connection*.c,
 * exchange*.c, stream*.c); nobody else includes it. Three objects:
 *
 *   http_loop    a loop with its listeners, its read buffer, its lists of deadlines
 *   connection   a socket; lives on one loop and is touched by that thread only. While it waits between
 *                requests it holds no arena, no reader and no buffer.
 *   exchange     a request and its answer, with arena and reader; taken from the loop's free list when the
 *                first byte arrives. A worker sees the exchange, never the connection: when the client goes
 *                while a handler runs, the loop cuts exchange->connection, the handler ends in peace, and
 *                its answer is dropped. So it is while a document is awaited. */
#ifndef COMPTOIR_SERVER_HTTP_CONNECTION_H
#define COMPTOIR_SERVER_HTTP_CONNECTION_H

#include "base/http_reader.h"
#include "base/list.h"
#include "base/loop.h"
#include "base/net_address.h"
#include "base/time_format.h"
#include "base/worker.h"
#include "server/http/http_server.h"
#include "server/http/limits.h"
#include "server/http/request.h"

#include <event2/event.h>
#include <event2/event_struct.h>

#include <pthread.h>
#include <stdatomic.h>
#include <sys/uio.h>

#define READ_BUFFER_BYTES 65536
#define TLS_BUFFER_BYTES 16384 /* one TLS record */
#define REQUEST_ID_MAX_BYTES 64

struct auth_cache;
struct await_gate;
struct connection_cap;
struct exchange;
struct exchange_wait;
struct http_listener;
struct tls_context;
struct tls_session;

/* Each kind of deadline has one length, so each list is in the order of expiry by appending alone. */
enum deadline {
	DEADLINE_HEADER,    /* from the first byte to the end of the head; also the TLS handshake */
	DEADLINE_BODY,      /* a window in which enough of the body has to come */
	DEADLINE_IDLE,      /* between requests */
	DEADLINE_WRITE,     /* the client takes none of the answer */
	DEADLINE_LINGER,    /* our side is shut, the client's not yet */
	DEADLINE_AWAIT,     /* a document of another server, or a password */
	DEADLINE_HEARTBEAT, /* next comment on server-sent events */
	DEADLINE_PING,      /* next WebSocket ping */
	DEADLINE_COUNT
};

struct deadline_list {
	struct list_link connections;
	int64_t after_us;
};

struct http_loop {
	struct http_server *server;
	struct loop *loop;
	struct http_listener *listeners;
	size_t listener_count;
	struct list_link connections;
	struct deadline_list deadlines[DEADLINE_COUNT];
	struct event *timer;
	int64_t timer_due_us; /* 0: not set */
	char *read_buffer;    /* of all connections: what is not used up at once is copied */
	char *tls_buffer;     /* to put head and body into one record; NULL without TLS */
	struct exchange *free_exchanges;
	unsigned free_exchange_count;
	int64_t date_second;
	char date[TIME_HTTP_DATE_LEN + 1];
	uint64_t request_id_state;
	struct list_link waits; /* of exchange_wait: exchanges that await a document */
	unsigned wait_count;
	struct await_gate *gate;
	bool is_draining;
	struct loop_message drain_message;
	struct loop_message close_message;
	struct loop_message probe_message;
	atomic_bool is_probed; /* probe_message is under way */
};

struct http_server {
	struct app *app;
	struct http_server_options options;
	struct router *router;
	struct http_loop *loops;
	unsigned loop_count;
	struct worker_pool *api_pool; /* NULL when no route is for it */
	struct worker_pool *slow_pool;
	struct worker_pool *password_pool; /* NULL for a second server */
	struct auth_cache *auth_cache;
	struct connection_cap *connection_cap;
	struct tls_context *tls; /* NULL without TLS */
	struct net_list *trusted_proxies;
	uint16_t port;
	/* Settings, read once. */
	unsigned max_connections;
	unsigned max_requests_per_connection;
	int64_t request_timeout_us;
	int64_t body_window_us;
	int64_t min_body_rate;
	int64_t write_timeout_us;
	atomic_uint connection_count;
	atomic_llong large_body_bytes; /* announced by requests with large bodies that are under way */
	int64_t max_large_body_bytes;
	pthread_mutex_t drain_lock;
	pthread_cond_t is_drained; /* something below, or connection_count, has changed */
	unsigned loops_draining; /* loops that have begun to drain; under drain_lock */
	unsigned loops_closed;   /* loops that have closed every connection and hand out no more jobs; under drain_lock */
};

enum connection_state {
	CONNECTION_HANDSHAKE, /* TLS */
	CONNECTION_READING,   /* between requests (no exchange), or in one */
	CONNECTION_WORKING,   /* a worker runs the handler, or will when what it awaits has come; nothing is read */
	CONNECTION_WRITING,   /* the socket took only a part of the answer */
	CONNECTION_STREAM,
	CONNECTION_LINGERING, /* our side is shut; bytes are thrown away until the client closes as well */
	CONNECTION_CLOSED,    /* freed at the end of this turn */
};

struct connection {
	struct list_link link; /* on http_loop.connections */
	struct list_link deadline_link;
	int64_t deadline_us;
	struct http_loop *loop;
	struct exchange *exchange; /* the request under way, or NULL */
	struct stream *stream;     /* in CONNECTION_STREAM; a reference */
	struct tls_session *tls;   /* NULL on a plain connection */
	struct buf kept;           /* bytes that came behind the request under way ... */
	size_t kept_from;          /* ... from here on */
	struct event read_event;
	struct event write_event;
	struct net_address peer;
	int64_t body_window_bytes; /* body bytes since body_window_began_us */
	unsigned request_count;
	int fd;
	enum connection_state state;
	enum deadline deadline;
	bool is_reading; /* read_event is set */
	bool is_writing; /* write_event is set */
	bool is_counted; /* in connection_cap */
	bool has_unread_request; /* bytes of a refused request may still come: linger before closing */
};

struct exchange {
	struct request request;
	struct http_loop *loop;
	struct connection *connection; /* the loop's; NULL: the client has gone */
	struct arena *arena;
	struct http_reader *reader;
	struct worker_job job;
	struct loop_message message;
	struct route_match match;
	struct net_address client;
	struct limit_verdict limit;
	struct str token;    /* data NULL: none came */
	bool has_access;     /* the token was found valid */
	bool is_limited;     /* counted already */
	bool is_limited_by_user;
	bool has_own_host;   /* the Host is known to be ours, or does not matter to the route */
	bool has_head;       /* the head is read and the request is filled in */
	bool wants_close;    /* Connection: close on the answer */
	bool has_deadline;
	bool is_head_only;   /* HEAD: the length of a body, and no body */
	enum error error;    /* for the log */
	int64_t began_us;
	int64_t database_us;
	int64_t reserved_bytes; /* in http_server.large_body_bytes */
	struct buf head;     /* status line and headers, rendered */
	size_t written;      /* bytes of head and body that are on their way */
	struct str body;     /* what is written behind the head */
	struct exchange_wait *wait; /* for a document, or NULL */
	char client_text[NET_ADDRESS_MAX_TEXT];
	char request_id[REQUEST_ID_MAX_BYTES + 1];
	struct exchange *next_free;
};

/* connection.c: life of a connection. */
void connection_open(struct http_loop *loop, int fd, const struct net_address *peer, bool is_counted);
void connection_close(struct connection *connection);
/* Shuts our side and throws away what comes, so that the last answer is not lost to a reset. */
void connection_shut(struct connection *connection);
void connection_set_deadline(struct connection *connection, enum deadline deadline);
void connection_clear_deadline(struct connection *connection);
void connection_want_read(struct connection *connection, bool wanted);
void connection_want_write(struct connection *connection, bool wanted);

/* connection_timer.c */
void http_loop_timers_start(struct http_loop *loop);
void http_loop_timers_stop(struct http_loop *loop);
void http_loop_timer_due(struct http_loop *loop, int64_t due_us);

/* connection_read.c */
void connection_on_readable(evutil_socket_t fd, short what, void *argument);
void connection_on_writable(evutil_socket_t fd, short what, void *argument);
/* After an answer that was not finished within the call that read the request: goes on with the bytes that
 * were kept, then with the socket. */
void connection_resume(struct connection *connection);
/* The head is accepted later than it was read: the body may come. */
void connection_take_body(struct connection *connection);
/* Reads once more what a client may have sent while we decided to close; closes when there is nothing. */
void connection_drain(struct connection *connection);

/* exchange.c: requests on the loop. */
struct exchange *exchange_begin(struct connection *connection);
void exchange_release(struct exchange *exchange);
void exchange_free_all(struct http_loop *loop);
/* The head is complete: false when it was answered already, with a refusal, or waits for what a worker finds. */
bool exchange_accept_head(struct exchange *exchange) MUST_CHECK;
/* What the worker found of the token of a large body, exchange->error too: goes on with the body, or refuses. */
void exchange_token_found(struct exchange *exchange);
/* The request is whole: answers it or queues it. */
void exchange_dispatch(struct exchange *exchange);
void exchange_refuse(struct exchange *exchange, int status, const char *reason);
void exchange_fail(struct exchange *exchange, enum error error, const char *detail);

/* exchange_work.c: requests on a worker. */
void exchange_run(struct worker_job *job, void *thread_state);
/* The token alone is looked up; nothing is answered. */
void exchange_find_token(struct worker_job *job, void *thread_state);
void exchange_work_done(struct loop_message *message);
/* Also on the loop: parses the form, calls the handler, turns its error into an answer. */
void exchange_call_handler(struct exchange *exchange);
/* Counts the request once: per user with a valid token of one, else per address. False: respond_error 429. */
bool exchange_count(struct exchange *exchange) MUST_CHECK;
enum error exchange_check_access(struct exchange *exchange) MUST_CHECK;
enum error exchange_check_host(struct exchange *exchange) MUST_CHECK;

/* The handler's answer, on the loop again; also for an exchange whose client has gone. */
void exchange_finish(struct exchange *exchange);

/* exchange_await.c: an exchange without a worker until a document has come. */
void exchange_await(struct exchange *exchange);
/* The client gets 503; the document is not waited for any more. */
void exchange_await_over(struct exchange *exchange, const char *detail);
void http_loop_waits_start(struct http_loop *loop);
void http_loop_waits_drain(struct http_loop *loop);
/* Nothing comes to the loop from here on. */
void http_loop_waits_stop(struct http_loop *loop);

/* answer.c: the answer of a finished exchange. */
void exchange_answer(struct exchange *exchange);
void connection_flush_answer(struct connection *connection);

/* head.c */
void exchange_render_head(struct exchange *exchange);

/* access_log.c */
void access_log_write(const struct exchange *exchange, const char *outcome);

/* transport.c: the socket, plain or TLS. */
#define TRANSPORT_BLOCKED (-1)
#define TRANSPORT_FAILED (-2)
ssize_t transport_read(struct connection *connection, char *data, size_t len); /* 0: the client closed */
ssize_t transport_write(struct connection *connection, const struct iovec *parts, int part_count);

/* stream.c: a stream's connection. */
void stream_attach(struct stream *stream, struct connection *connection);
void stream_read(struct stream *stream, const char *data, size_t len);
void stream_flush(struct stream *stream);
void stream_tick(struct stream *stream);
void stream_drain(struct stream *stream);
/* The connection is gone, or there never was one: on_end, and the server's reference is given back. */
void stream_lost(struct stream *stream);
/* The same from any thread, for a response that is thrown away. */
void stream_abandon(struct stream *stream);

#endif
