/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * GET of single statuses, and of what hangs at them. */
#ifndef COMPTOIR_SERVER_MASTODON_STATUSES_H
#define COMPTOIR_SERVER_MASTODON_STATUSES_H

#include "server/http/request.h"

bool cached_status(struct request *request);
enum error handle_status(struct request *request);
enum error handle_statuses(struct request *request);
enum error handle_status_context(struct request *request);
enum error handle_status_history(struct request *request);
enum error handle_status_source(struct request *request);
enum error handle_status_boosters(struct request *request);
enum error handle_status_favouriters(struct request *request);
enum error handle_status_quotes(struct request *request);
enum error handle_poll(struct request *request);

#endif
