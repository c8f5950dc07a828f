/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The push subscription of a token. */
#ifndef COMPTOIR_SERVER_MASTODON_PUSH_H
#define COMPTOIR_SERVER_MASTODON_PUSH_H

#include "server/http/request.h"

enum error handle_push_subscription(struct request *request);
enum error handle_push_subscription_create(struct request *request);
enum error handle_push_subscription_change(struct request *request);
enum error handle_push_subscription_delete(struct request *request);

#endif
