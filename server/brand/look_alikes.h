/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Handlers of operations/look_alikes.inc. */
#ifndef COMPTOIR_SERVER_BRAND_LOOK_ALIKES_H
#define COMPTOIR_SERVER_BRAND_LOOK_ALIKES_H

#include "server/brand/seat.h"

enum error handle_look_alikes_list(struct request *request, const struct seat *seat) MUST_CHECK;
enum error handle_look_alikes_dismiss(struct request *request, const struct seat *seat) MUST_CHECK;
enum error handle_look_alikes_report(struct request *request, const struct seat *seat) MUST_CHECK;

#endif
