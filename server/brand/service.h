/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What the handlers around the team inbox have in common: things of an organisation that are listed, made, changed by their
 * version and removed, by who holds one permission in it. */
#ifndef COMPTOIR_SERVER_BRAND_SERVICE_H
#define COMPTOIR_SERVER_BRAND_SERVICE_H

#include "server/brand/seat.h"

struct service_deed {
	enum permission permission; /* with the organisation; looked at again in the transaction */
	const char *action;         /* for the log: "macro.create" */
	const char *kind;           /* "macro" */
	int64_t id;
	enum error (*write)(struct db *db, struct arena *arena, void *thing);
	void *thing;
};

/* In one transaction with its entry of the log. What is wrong is answered as a problem: ERROR_GONE is stale-version,
 * ERROR_CONFLICT conflict, ERROR_CONTENT_TOO_LARGE too many of them, ERROR_UNPROCESSABLE bad-value. */
enum error service_deed_run(struct request *request, const struct seat *seat, const struct service_deed *deed) MUST_CHECK;

/* Before it: the permission, and the version of If-Match (for an id; 0 for a new thing). */
enum error service_begin(struct request *request, const struct seat *seat, enum permission permission, int64_t id,
	int64_t *ret_version) MUST_CHECK;
/* bad-value with a sentence. */
enum error service_refuse(struct request *request, struct str sentence) MUST_CHECK;
/* A name of 1 to 100 characters. */
enum error service_read_name(struct request *request, struct str *ret_name) MUST_CHECK;

/* The handlers of these parts. */
#define OPERATION(method, path, name, handler, who, permission, scope, flags, takes, gives) \
	enum error handler(struct request *request, const struct seat *seat) MUST_CHECK;
#include "server/brand/operations/service.inc"
#undef OPERATION

#endif
