/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * GET /api/v1/streaming and below: WebSockets and server-sent events. */
#ifndef COMPTOIR_SERVER_STREAM_STREAM_ROUTES_H
#define COMPTOIR_SERVER_STREAM_STREAM_ROUTES_H

#include "server/http/request.h"

enum error handle_streaming(struct request *request) MUST_CHECK;
enum error handle_streaming_path(struct request *request) MUST_CHECK;
enum error handle_streaming_health(struct request *request) MUST_CHECK;

#endif
