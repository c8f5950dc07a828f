/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * /api/brand/v1 described by OpenAPI 3.1, made from the table of operations. */
#ifndef COMPTOIR_SERVER_BRAND_OPENAPI_H
#define COMPTOIR_SERVER_BRAND_OPENAPI_H

#include "server/brand/seat.h"

enum error handle_openapi(struct request *request, const struct seat *seat);

/* The document; it lives as long as the program. Any thread. */
struct str openapi_document(void);

#endif
