/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * /api/v1/scheduled_statuses: what waits for its time. */
#ifndef COMPTOIR_SERVER_MASTODON_SCHEDULED_H
#define COMPTOIR_SERVER_MASTODON_SCHEDULED_H

#include "server/http/request.h"

enum error handle_scheduled_list(struct request *request);
enum error handle_scheduled_get(struct request *request);
enum error handle_scheduled_move(struct request *request);
enum error handle_scheduled_delete(struct request *request);

#endif
