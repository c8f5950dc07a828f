/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The event-driven front: listeners, connections, routing, rate limits, TLS, drain. A request is read whole
 * on its loop, matched, counted, run by a worker or on the loop, and its answer written by the loop.
 *
 *   accept -> read (http_reader) -> route -> limits -> [queue -> worker: token, handler] -> write -> next
 */
#ifndef COMPTOIR_SERVER_HTTP_HTTP_SERVER_H
#define COMPTOIR_SERVER_HTTP_HTTP_SERVER_H

#include "base/error.h"
#include "server/app.h"
#include "server/http/route.h"
#include "storage/access.h"

struct fetch_waiter;
struct http_server;

struct http_server_options {
	struct app *app;
	const struct route *routes;
	size_t route_count;
	const struct str *listen; /* addresses in the form of http.listen, for a second server such as /metrics; NULL: that list */
	size_t listen_count;
	unsigned loop_count;   /* 0: http.loops, and with that 0 one per core */
	unsigned stream_heartbeat_ms; /* 0: 15 s; a comment on server-sent events */
	unsigned websocket_ping_ms;   /* 0: 30 s; closed when nothing was heard for three of them */
	unsigned await_ms;            /* 0: 30 s; how long a request may await a document */
	/* How tokens become access; NULL: access_find. Tests have no database. */
	enum error (*find_access)(struct db *db, struct arena *arena, struct str token_hash, struct access *ret_access);
	/* How documents are fetched for request_await; NULL: by the federation's fetcher. On a loop, must not block. */
	void (*start_fetch)(struct app *app, struct str url, struct fetch_waiter *waiter);
	/* Whether the Host is ours (host_check.h), for all routes but those of LIMIT_NONE; NULL: every host. On a loop
	 * first, and where memory does not know, on an API worker. */
	enum error (*check_host)(struct request *request);
};

/* Handlers run on workers, each with its request->db from db_new(config, DB_WEB); a pool that no route names
 * is not made. */

/* Binds http.listen (addresses and ports or a Unix socket path), loads the certificate if http.tls_certificate
 * is set, starts loops and pools. Raises the soft limit of open files as far as it is needed and may be.
 * *ret_message (heap) says what failed, such as the address in use. */
enum error http_server_start(const struct http_server_options *options, struct http_server **ret_server,
	char **ret_message) MUST_CHECK;

/* The port that listener 0 is bound to (for port 0 in tests). */
uint16_t http_server_port(const struct http_server *server);

/* Open connections now. Any thread. */
unsigned http_server_connections(const struct http_server *server);

/* On the main thread, for the service manager's watchdog: whether every loop has taken up the message that the
 * call before sent it. A loop that hangs makes this false until it goes on. */
bool http_server_is_responsive(struct http_server *server);

/* On the main thread. Stops accepting, closes what is idle, ends streams with 1012, lets requests under way
 * finish for at most http.drain_timeout, then closes all and joins every thread. Frees; accepts NULL. */
void http_server_stop(struct http_server **server);

#endif
