/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * libcurl's multi handle on one of our loops: its sockets and its timer become events. */
#ifndef COMPTOIR_FEDERATION_HTTP_CLIENT_MULTI_H
#define COMPTOIR_FEDERATION_HTTP_CLIENT_MULTI_H

#include "base/memory.h"

#include <curl/curl.h>

struct loop;
struct http_client_multi;

/* Called from the loop when a transfer has ended by itself; easy has left the multi handle already. */
typedef void (*http_client_multi_ended)(void *argument, CURL *easy, CURLcode code);

/* max_kept: connections kept open, idle ones included. */
struct http_client_multi *http_client_multi_new(struct loop *loop, unsigned max_kept, http_client_multi_ended ended,
	void *argument) MUST_CHECK;
void http_client_multi_free(struct http_client_multi **multi); /* no transfer may be left; accepts NULL */

/* ended is called later, unless remove comes first. Neither inside a callback of libcurl. */
void http_client_multi_add(struct http_client_multi *multi, CURL *easy);
void http_client_multi_remove(struct http_client_multi *multi, CURL *easy);

/* Lets libcurl look at all transfers soon. It sets no timer for itself after the last address of a name got no
 * socket, and would sit there until a deadline. Also inside a callback of libcurl. */
void http_client_multi_kick(struct http_client_multi *multi);

#endif
