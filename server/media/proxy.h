/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Pictures, videos and sounds of other servers, shown under our own names: fetched when somebody first looks at them,
 * made anew by the helper, kept for retention.remote_media. A URL of ours carries where the thing lies and a signature, so
 * that nobody but us makes one and no row is needed to make it. */
#ifndef COMPTOIR_SERVER_MEDIA_PROXY_H
#define COMPTOIR_SERVER_MEDIA_PROXY_H

#include "base/arena.h"

struct app;
struct request;

enum media_size { MEDIA_ORIGINAL, MEDIA_SMALL };

/* The absolute URL under which we show what lies at url: an actor's avatar_url or header_url, an emoji's image, a remote_url
 * of an attachment, a picture of a preview. A path of ours ("/media/...") and a URL of ours are given back absolute; what is
 * empty, or no http URL, gives data NULL. Costs one HMAC; the same each time. The app must be prepared. */
struct str media_proxy_url(const struct app *app, struct arena *arena, struct str url, enum media_size size) MUST_CHECK;

/* GET /media/proxy/{size}/{signature}/{url} */
enum error handle_media_proxy(struct request *request) MUST_CHECK;

#endif
