/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The collections of local actors: ordered, in pages of 20. Who hides its followers and followed shows only how many. */
#ifndef COMPTOIR_SERVER_FEDERATION_ACTOR_ROUTES_H
#define COMPTOIR_SERVER_FEDERATION_ACTOR_ROUTES_H

#include "server/http/request.h"

/* GET below /users/{name}: /outbox, /followers, /following, /collections/featured, /collections/tags. */
enum error handle_outbox(struct request *request);
enum error handle_followers(struct request *request);
enum error handle_following(struct request *request);
enum error handle_featured(struct request *request);
enum error handle_featured_tags(struct request *request);

/* GET /users/{name}/followers_synchronization (FEP-8fcf): the followers at the host that signs the request. */
enum error handle_followers_synchronization(struct request *request);

#endif
