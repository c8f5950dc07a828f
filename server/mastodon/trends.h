/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * /api/v1/trends: what is talked about. */
#ifndef COMPTOIR_SERVER_MASTODON_TRENDS_H
#define COMPTOIR_SERVER_MASTODON_TRENDS_H

#include "server/http/request.h"

enum error handle_trending_tags(struct request *request);
enum error handle_trending_statuses(struct request *request);
enum error handle_trending_links(struct request *request);

#endif
