/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What can be shown of a post: where it has arrived. */
#ifndef COMPTOIR_SERVER_BRAND_PROOFS_H
#define COMPTOIR_SERVER_BRAND_PROOFS_H

#include "server/brand/seat.h"

enum error handle_deliveries_show(struct request *request, const struct seat *seat) MUST_CHECK;

#endif
