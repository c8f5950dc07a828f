/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * /metrics on an address of its own that only this machine can reach, never among the public routes. */
#ifndef COMPTOIR_SERVER_METRICS_LISTENER_H
#define COMPTOIR_SERVER_METRICS_LISTENER_H

#include "base/error.h"
#include "server/app.h"

struct http_server;

/* Listens on metrics.listen; *ret_server is NULL when that is empty. ERROR_CONFIGURATION with *ret_message (heap)
 * for an address that is not loopback or that is in use. Stop it by http_server_stop. */
enum error metrics_listener_start(struct app *app, struct http_server **ret_server, char **ret_message) MUST_CHECK;

#endif
