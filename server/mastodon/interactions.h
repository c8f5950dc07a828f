/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What one does to statuses: /api/v1/statuses/:id/favourite and its like, and votes. Each answers the status as it is
 * then. */
#ifndef COMPTOIR_SERVER_MASTODON_INTERACTIONS_H
#define COMPTOIR_SERVER_MASTODON_INTERACTIONS_H

#include "server/http/request.h"

enum error handle_favourite(struct request *request);
enum error handle_unfavourite(struct request *request);
enum error handle_reblog(struct request *request);
enum error handle_unreblog(struct request *request);
enum error handle_bookmark(struct request *request);
enum error handle_unbookmark(struct request *request);
enum error handle_conversation_mute(struct request *request);
enum error handle_conversation_unmute(struct request *request);
enum error handle_pin(struct request *request);
enum error handle_unpin(struct request *request);
enum error handle_interaction_policy(struct request *request);
enum error handle_quote_revoke(struct request *request);
enum error handle_poll_vote(struct request *request);

#endif
