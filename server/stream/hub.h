/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Where events meet those who watch: one thread per process that knows every open stream of the client API and what it
 * is subscribed to, hears of what happens (storage/event.h), and writes it for each receiver as that receiver may see it.
 * All others only leave it messages. */
#ifndef COMPTOIR_SERVER_STREAM_HUB_H
#define COMPTOIR_SERVER_STREAM_HUB_H

#include "server/http/stream.h"
#include "server/stream/stream_name.h"
#include "storage/access.h"

struct app;
struct stream_hub;
struct stream_client;

/* Before the HTTP server starts; the database is not asked before a stream is open. The app must outlive it. */
struct stream_hub *stream_hub_start(struct app *app) MUST_CHECK;
/* After the HTTP server has stopped, so that no stream is left; accepts NULL. */
void stream_hub_stop(struct stream_hub **hub);

/* For respond_stream, with a client as the owner. One that got no stream is given back by stream_client_discard. */
extern const struct stream_events stream_client_events;
struct stream_client *stream_client_new(struct stream_hub *hub, const struct access *access) MUST_CHECK;
void stream_client_discard(struct stream_client **client);

/* Takes over the caller's reference of stream. first: what it is subscribed to at once; NULL for nothing. The caller has
 * checked that the client may open it. */
void stream_client_join(struct stream_client *client, struct stream *stream, const struct stream_name *first);

/* Open streams of the process. Any thread. */
int64_t stream_hub_count(struct stream_hub *hub);

#endif
