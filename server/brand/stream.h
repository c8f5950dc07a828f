/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What happens in the organisations, told as it happens to the people who may know it: server-sent events of ids and
 * states, without words of anybody. One thread per process writes them all. */
#ifndef COMPTOIR_SERVER_BRAND_STREAM_H
#define COMPTOIR_SERVER_BRAND_STREAM_H

#include "server/brand/seat.h"

struct app;
struct brand_streams;

/* Before the HTTP server starts; the database is not asked before a stream is open. */
struct brand_streams *brand_streams_start(struct app *app);
/* After the HTTP server has stopped; accepts NULL. */
void brand_streams_stop(struct brand_streams **streams);

enum error handle_brand_stream(struct request *request, const struct seat *seat) MUST_CHECK;

#endif
