/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * POSTs with an Idempotency-Key: done once, answered as often as they come. */
#ifndef COMPTOIR_SERVER_BRAND_REPEAT_H
#define COMPTOIR_SERVER_BRAND_REPEAT_H

#include "server/http/request.h"
#include "storage/repeated_answer.h"

struct repeat {
	struct repeated_answer answer; /* claim without data: there is no key */
	bool is_answered;              /* by what the first request got: nothing is to be done */
};

/* Before the handler. KEY_REUSED and CONFLICT are problems. */
enum error repeat_begin(struct request *request, struct repeat *ret_repeat) MUST_CHECK;
/* After it: keeps its answer, or lets the request be sent again when it was refused. */
void repeat_end(struct request *request, struct repeat *repeat, enum error outcome);

#endif
