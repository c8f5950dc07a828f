/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Cookies (RFC 6265). Ours are readable by no script and sent by no other site's forms. */
#ifndef COMPTOIR_SERVER_HTTP_COOKIE_H
#define COMPTOIR_SERVER_HTTP_COOKIE_H

#include "server/http/request.h"

/* The value of the first cookie of that name, or data NULL. Slices of the request. */
struct str cookie_get(const struct http_request *request, struct str name);

/* HttpOnly, SameSite=Lax, Path=/; is_secure adds Secure. value needs no quoting. max_age_s 0: takes it away. */
void cookie_set(struct request *request, struct str name, struct str value, int64_t max_age_s, bool is_secure);

#endif
