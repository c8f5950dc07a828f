/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * All lines of one header as one value, which is what signatures cover. */
#ifndef COMPTOIR_FEDERATION_HEADER_LINE_H
#define COMPTOIR_FEDERATION_HEADER_LINE_H

#include "base/http_message.h"

/* The values of the lines of that name (any case) in their order, joined by ", " (draft-cavage-12 2.3, RFC 9421 2.1);
 * data NULL when there is none. */
struct str header_line_joined(struct arena *arena, const struct http_request *request, struct str name) MUST_CHECK;

#endif
