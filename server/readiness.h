/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Whether this process can serve: the database answers and its schema is ours. Asked by one worker at most once
 * a second and remembered, so that a load balancer may ask as often as it likes. */
#ifndef COMPTOIR_SERVER_READINESS_H
#define COMPTOIR_SERVER_READINESS_H

#include "server/http/request.h"

enum readiness {
	READINESS_READY,
	READINESS_NO_DATABASE,
	READINESS_WRONG_SCHEMA,
	READINESS_PREPARING, /* this process awaits the database, migrates it or sets the instance up (prepare.h) */
	READINESS_UNKNOWN, /* never asked, or the one who asked has not come back */
};

/* "ready", "database_unreachable", ... Static. */
const char *readiness_name(enum readiness readiness);

/* GET /ready: 200 or 503 with Retry-After. */
bool cached_ready(struct request *request);
enum error handle_ready(struct request *request);

/* GET /health: the process is alive; asks nothing. */
enum error handle_health(struct request *request);

#endif
