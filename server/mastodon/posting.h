/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Statuses as they are written: /api/v1/statuses. */
#ifndef COMPTOIR_SERVER_MASTODON_POSTING_H
#define COMPTOIR_SERVER_MASTODON_POSTING_H

#include "server/http/request.h"

enum error handle_status_create(struct request *request);
enum error handle_status_edit(struct request *request);
enum error handle_status_delete(struct request *request);

#endif
