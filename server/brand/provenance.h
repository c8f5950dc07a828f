/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Who wrote, who approved and who pressed, over the brand API; named in operations/provenance.inc. */
#ifndef COMPTOIR_SERVER_BRAND_PROVENANCE_H
#define COMPTOIR_SERVER_BRAND_PROVENANCE_H

#include "server/brand/seat.h"

enum error handle_provenance_show(struct request *request, const struct seat *seat) MUST_CHECK;

#endif
