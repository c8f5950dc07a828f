/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What one has lost when follows ended (storage/severance.h): a part of the settings, and its files, under the addresses that
 * apps lead to from the notification. */
#ifndef COMPTOIR_SERVER_LOGIN_SETTINGS_SEVERED_H
#define COMPTOIR_SERVER_LOGIN_SETTINGS_SEVERED_H

#include "server/login/visitor.h"

enum error handle_severed_page(struct request *request);      /* GET /severed_relationships */
enum error handle_severed_following(struct request *request); /* GET /severed_relationships/{id}/following.csv */
enum error handle_severed_followers(struct request *request); /* GET /severed_relationships/{id}/followers.csv */

/* Nothing when nothing was lost. */
enum error settings_write_severed(struct request *request, struct buf *out, const struct visitor *visitor) MUST_CHECK;

#endif
