/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * THE table of /api/brand/v1: every operation with the permission that it asks for. Routes, the check before each handler,
 * openapi.json and the tests of the matrix are all made from it. */
#ifndef COMPTOIR_SERVER_BRAND_OPERATION_H
#define COMPTOIR_SERVER_BRAND_OPERATION_H

#include "server/brand/seat.h"

#include <jansson.h>

/* Who may call at all. */
enum operation_who {
	FOR_ANYBODY,    /* without a token: documents, and feeds that are found by a secret; scope NULL, seat empty */
	FOR_USER,       /* anybody with a user's token of that scope: no seat is looked for */
	FOR_MEMBER,     /* active members of the organisation */
	FOR_HOLDER,     /* who holds the permission for the organisation, or for one account that can be reached: the handler
	                   narrows it by seat_need_for and seat_accounts_with, or asks seat_need */
};

#define OPERATION_MANY 1u      /* answers a list: max_id, min_id, limit and Link */
#define OPERATION_VERSIONED 2u /* wants If-Match with the ETag of what it changes: 428 without, 409 stale-version otherwise */
#define OPERATION_OWN_TOO 4u   /* the permission for own things is enough to come in */
#define OPERATION_NOT_JSON 8u  /* answers something else than JSON */

struct operation {
	enum http_method method;
	const char *path;         /* the whole path; {names} of things are "id", of organisations "org" */
	const char *name;         /* operationId: "drafts.approve" */
	enum error (*handle)(struct request *request, const struct seat *seat);
	enum operation_who who;
	enum permission permission; /* of FOR_HOLDER */
	const char *scope;        /* brand:read, brand:publish, brand:inbox, brand:listen, brand:admin */
	unsigned flags;
	const char *takes;        /* schema of the body, by name in schemas/PART.json; NULL for none */
	const char *gives;        /* schema of the answer (of one member of a list); NULL: 204 or {}, or not JSON */
};

/* Schemas stand in schemas/PART.json: one object, name -> JSON Schema. One that is named "OPERATIONID.query" ("drafts.list.query")
 * describes the parameters of an operation's query string: an object schema with a property for each. */

/* All of them: operations/PART.inc, lines of
 * OPERATION(method, path, name, handler, who, permission, scope, flags, takes, gives), in two tables that are made of the
 * same lines: this one and that of the routes. permission is 0 where who does not look at it; a POST, PUT, PATCH or DELETE
 * takes a body of FORM_BODY_BYTES at most: JSON (an object), urlencoded or multipart. */
const struct operation *operations_all(size_t *ret_count);
/* What a route of the table above does: finds the operation and the seat, refuses whom it does not let in, gives a repeated
 * POST with an Idempotency-Key its first answer, calls the handler. The handler of all those routes. */
enum error handle_operation(struct request *request);

/* The JSON body as it came, for what does not fit into a form: an object, bounded in size and depth. BAD_REQUEST is answered
 * here. It lives as long as the request. Simple fields are read by server/mastodon/parameters.h. */
enum error operation_body(struct request *request, const json_t **ret_body) MUST_CHECK;

/* ETag of a thing with a version. */
void operation_respond_version(struct request *request, int64_t version);
/* The version that If-Match names. VERSION_NEEDED and STALE_VERSION are answered here. */
enum error operation_need_version(struct request *request, int64_t *ret_version) MUST_CHECK;

#endif
