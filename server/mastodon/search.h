/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * /api/v2/search: accounts, statuses and hashtags. */
#ifndef COMPTOIR_SERVER_MASTODON_SEARCH_H
#define COMPTOIR_SERVER_MASTODON_SEARCH_H

#include "server/http/request.h"

enum error handle_search(struct request *request);

#endif
