/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Conversations of direct posts. */
#ifndef COMPTOIR_SERVER_MASTODON_CONVERSATIONS_H
#define COMPTOIR_SERVER_MASTODON_CONVERSATIONS_H

#include "server/http/request.h"

enum error handle_conversations(struct request *request);
enum error handle_conversation_delete(struct request *request);
enum error handle_conversation_read(struct request *request);
enum error handle_conversation_unread(struct request *request);

#endif
