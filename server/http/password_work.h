/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Passwords of requests: compared and hashed on one thread with a short queue, so that a flood of logins costs neither
 * workers nor memory. A request that finds the queue full gets 503 with Retry-After. */
#ifndef COMPTOIR_SERVER_HTTP_PASSWORD_WORK_H
#define COMPTOIR_SERVER_HTTP_PASSWORD_WORK_H

#include "server/http/request.h"

struct password_question {
	bool wants_check;    /* compare given with hash */
	struct str given;
	struct str hash;     /* empty: nobody's; costs the same and is wrong */
	struct str wanted;   /* to be hashed when the comparison, if there was one, was right; data NULL: none */
};

struct password_outcome {
	bool is_right;       /* the comparison; true without one */
	struct str checked;  /* what was compared with: no longer the user's when the password has changed meanwhile */
	struct str rehashed; /* given by newer parameters; data NULL when that is not needed */
	enum error error;    /* of wanted: ERROR_UNPROCESSABLE as password_hash, ERROR_CRYPTO */
	struct str hash;     /* of wanted */
};

/* On a worker only, with no answer begun: return ERROR_NONE afterwards. The handler runs again from the top with the
 * outcome in request->password_outcome. The texts are copied, and wiped when they are no longer needed. */
void request_await_password(struct request *request, const struct password_question *question);

/* Used by the HTTP server. */
struct password_work;
struct worker_pool;
struct worker_pool *password_pool_new(void) MUST_CHECK;
/* Takes the work over: done(owner, work) is called on the pool's thread, and owns it then. False when the queue is full;
 * the work stays the caller's. */
bool password_work_start(struct password_work *work, struct worker_pool *pool, void (*done)(void *owner, struct password_work *work),
	void *owner) MUST_CHECK;
struct password_outcome *password_work_outcome(const struct password_work *work, struct arena *arena) MUST_CHECK;
void password_work_free(struct password_work **work); /* accepts NULL; wipes */

#endif
