/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * How the reader stands to others, as Mastodon's entity Relationship. */
#ifndef COMPTOIR_SERVER_ENTITY_RELATIONSHIP_H
#define COMPTOIR_SERVER_ENTITY_RELATIONSHIP_H

#include "base/json_out.h"
#include "server/http/request.h"
#include "storage/relation.h"

void relationship_write(struct json_out *json, const struct relation *relation);

/* Loads and answers that of the request's actor to another one: 404 when it is not there. */
enum error relationship_respond(struct request *request, int64_t other_id) MUST_CHECK;

#endif
