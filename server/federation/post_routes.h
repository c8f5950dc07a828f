/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Posts as ActivityPub documents, with what hangs at them. */
#ifndef COMPTOIR_SERVER_FEDERATION_POST_ROUTES_H
#define COMPTOIR_SERVER_FEDERATION_POST_ROUTES_H

#include "server/http/request.h"

/* GET /users/{name}/statuses/{id}: the id of a post. */
enum error handle_post_document(struct request *request);

/* Below it: its Create, or the Announce whose id this is; answers; how many liked and boosted it. */
enum error handle_post_activity(struct request *request);
enum error handle_post_replies(struct request *request);
enum error handle_post_likes(struct request *request);
enum error handle_post_shares(struct request *request);

/* GET /contexts/{id}: the posts of a thread that began here (FEP-7888). */
enum error handle_context(struct request *request);

/* GET /users/{name}/quote_authorizations/{id}: that a post may quote one of {name}'s (FEP-044f). */
enum error handle_quote_authorization(struct request *request);

#endif
