/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The public page of a local actor. */
#ifndef COMPTOIR_SERVER_WEB_ACTOR_PAGE_H
#define COMPTOIR_SERVER_WEB_ACTOR_PAGE_H

#include "server/http/request.h"
#include "server/web/text.h"
#include "storage/actor.h"

/* GET /{handle} with handle "@name" or "@name@domain": the page, or the ActivityPub document for who prefers it
 * (that one is read from its row at every request, never from the cache). */
enum error handle_actor_page(struct request *request);

/* Avatar, or the first letter of the name on a colour of its own. size_class: "large" or "small". */
void actor_write_avatar(struct buf *out, const struct actor *actor, const char *size_class);

/* The name that people see. */
struct str actor_shown_name(const struct actor *actor);

enum text actor_kind_text(enum actor_kind kind);

#endif
