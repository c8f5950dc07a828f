/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What peers are told who did not sign, or not well, or not just now. */
#ifndef COMPTOIR_SERVER_FEDERATION_INBOX_ANSWER_H
#define COMPTOIR_SERVER_FEDERATION_INBOX_ANSWER_H

#include "server/http/request.h"

#include "federation/inbox.h"

/* The request as federation/inbox.h wants it. */
struct inbox_request inbox_request_of(struct request *request, int64_t inbox_actor_id) MUST_CHECK;

/* Answers any verdict but INBOX_ACCEPTED, with the detail for the log; INBOX_AWAIT by request_await. */
void inbox_answer_respond(struct request *request, const struct inbox_answer *answer);

/* 401 with Accept-Signature, and 503 with Retry-After. */
void inbox_answer_unsigned(struct request *request);
void inbox_answer_later(struct request *request, int retry_after_s);

#endif
