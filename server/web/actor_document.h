/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Local actors as ActivityPub documents. */
#ifndef COMPTOIR_SERVER_WEB_ACTOR_DOCUMENT_H
#define COMPTOIR_SERVER_WEB_ACTOR_DOCUMENT_H

#include "server/http/request.h"
#include "storage/actor.h"

#define ACTIVITY_CONTENT_TYPE "application/activity+json; charset=utf-8"

/* GET /users/{name}, the id: the document, or the way to the page for who asks for HTML. */
bool cached_actor_document(struct request *request);
enum error handle_actor_document(struct request *request);

/* GET /actor: the instance itself. */
bool cached_instance_actor(struct request *request);
enum error handle_instance_actor(struct request *request);

/* Answers with the actor's document without the cache, or 410 and a Tombstone when it is suspended. */
void actor_document_respond(struct request *request, const struct actor *actor);

#endif
