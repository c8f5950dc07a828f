/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Listening sockets: one per loop and address by SO_REUSEPORT, so that the kernel spreads connections; a Unix
 * socket is one, watched by all loops. */
#ifndef COMPTOIR_SERVER_HTTP_LISTENER_H
#define COMPTOIR_SERVER_HTTP_LISTENER_H

#include "server/http/connection.h"

struct http_listener {
	struct http_loop *loop;
	struct event *event;
	struct event *resume_timer; /* set while no descriptor is left */
	int64_t short_logged_us; /* when the lack of descriptors was last logged */
	int fd;
	int reserve_fd; /* given up to accept and close one connection when no descriptor is left */
	bool is_unix;
	char *unix_path; /* to be removed at the end, by the first loop's listener */
};

/* Binds each of the addresses for every loop of the server; their threads do not run yet. */
enum error http_listeners_open(struct http_server *server, const struct str *addresses, size_t count,
	char **ret_message) MUST_CHECK;

/* On the loop, or when its thread does not run: takes what the kernel has accepted already, then closes. */
void http_listeners_close(struct http_loop *loop);

#endif
