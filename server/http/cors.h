/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Cross-origin requests (Fetch, CORS protocol) as Mastodon answers them: any origin, never with credentials,
 * so a browser sends no cookie and a token only when the page holds one. Which routes: ROUTE_CORS. */
#ifndef COMPTOIR_SERVER_HTTP_CORS_H
#define COMPTOIR_SERVER_HTTP_CORS_H

#include "base/str.h"

struct cors_header {
	const char *name;
	struct str value; /* static */
};
#define CORS_MAX_HEADERS 5

/* Headers of an ordinary answer of a ROUTE_CORS route: sent always, so that caches need no Vary: Origin. */
size_t cors_answer_headers(struct cors_header ret_headers[CORS_MAX_HEADERS]);

/* Headers of the 204 answer to OPTIONS. allowed_methods are the bits of route_match; HEAD comes with GET. */
size_t cors_preflight_headers(unsigned allowed_methods, struct cors_header ret_headers[CORS_MAX_HEADERS]);

#endif
