/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * POST to an inbox: the shared one, an actor's, the instance actor's. What is accepted is decided in
 * federation/inbox.h; here it becomes HTTP. */
#ifndef COMPTOIR_SERVER_FEDERATION_INBOX_POST_H
#define COMPTOIR_SERVER_FEDERATION_INBOX_POST_H

#include "server/http/request.h"

#define INBOX_MAX_BODY_BYTES ((size_t)1024 * 1024)

enum error handle_shared_inbox(struct request *request);   /* /inbox; never 410: Misskey would give up the whole host */
enum error handle_actor_inbox(struct request *request);    /* /users/{name}/inbox; 410 for an actor that is deleted */
enum error handle_instance_inbox(struct request *request); /* /actor/inbox */

#endif
