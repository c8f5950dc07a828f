/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What one wants of notifications from whom, and requests: senders of whom something is held back. */
#ifndef COMPTOIR_SERVER_MASTODON_NOTIFICATION_POLICY_H
#define COMPTOIR_SERVER_MASTODON_NOTIFICATION_POLICY_H

#include "server/http/request.h"

enum error handle_notification_policy(struct request *request);
enum error handle_notification_policy_change(struct request *request);
/* The first form of it: booleans. */
enum error handle_notification_policy_v1(struct request *request);
enum error handle_notification_policy_change_v1(struct request *request);

enum error handle_notification_requests(struct request *request);
enum error handle_notification_request(struct request *request);
enum error handle_notification_request_accept(struct request *request);
enum error handle_notification_request_dismiss(struct request *request);
enum error handle_notification_requests_accept(struct request *request);
enum error handle_notification_requests_dismiss(struct request *request);
enum error handle_notification_requests_merged(struct request *request);

#endif
