/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Handlers of operations/orgs.inc: the audit log. */
#ifndef COMPTOIR_SERVER_BRAND_LOG_H
#define COMPTOIR_SERVER_BRAND_LOG_H

#include "server/brand/seat.h"

enum error handle_audit_list(struct request *request, const struct seat *seat);
enum error handle_audit_verify(struct request *request, const struct seat *seat);

#endif
