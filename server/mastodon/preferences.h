/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * GET /api/v1/preferences. */
#ifndef COMPTOIR_SERVER_MASTODON_PREFERENCES_H
#define COMPTOIR_SERVER_MASTODON_PREFERENCES_H

#include "server/http/request.h"

enum error handle_preferences(struct request *request);

#endif
