/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * POST /api/v1/reports. */
#ifndef COMPTOIR_SERVER_MASTODON_REPORTS_H
#define COMPTOIR_SERVER_MASTODON_REPORTS_H

#include "server/http/request.h"

enum error handle_report(struct request *request);

#endif
