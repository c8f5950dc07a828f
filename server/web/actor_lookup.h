/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Which local actor a request means: by the name in its path, on the domain that its Host header names when
 * that is one of ours, else on the primary domain. */
#ifndef COMPTOIR_SERVER_WEB_ACTOR_LOOKUP_H
#define COMPTOIR_SERVER_WEB_ACTOR_LOOKUP_H

#include "server/http/request.h"
#include "storage/actor.h"

/* Workers only. ERROR_NOT_FOUND; suspended ones are found. */
enum error actor_lookup(struct request *request, struct str username, struct actor *ret_actor) MUST_CHECK;

/* "@name" on the Host's domain; "@name@domain" on that domain when it is ours. The same otherwise. */
enum error actor_lookup_handle(struct request *request, struct str handle, struct actor *ret_actor) MUST_CHECK;

/* Keys of the document cache; both empty when the domain is not in memory yet. username in any case. */
struct str actor_document_key(struct request *request, struct str username) MUST_CHECK;
struct str actor_webfinger_key(struct arena *arena, struct str username, struct str domain) MUST_CHECK;

/* Whoever changes a local actor, or finds it gone while a document of it may be in memory, calls this: it is
 * rendered anew at the next request. Other processes, also the server after a change by the command line, see
 * the change when their copies are past their time (ACTOR_LIFETIME_MS). */
void actor_documents_forget(struct app *app, struct arena *arena, const struct actor *actor);

#define ACTOR_LIFETIME_MS 5000

#endif
