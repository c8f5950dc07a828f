/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Errors of /api/brand/v1, as RFC 9457 has them: application/problem+json with type, title, status and detail. The type is
 * BASE/api/brand/v1/problems/NAME, which is also a page that says what it means. Titles and details are in the language of
 * the user, or of Accept-Language. All errors below that path are answered so, those of the router as well. */
#ifndef COMPTOIR_SERVER_BRAND_PROBLEM_H
#define COMPTOIR_SERVER_BRAND_PROBLEM_H

#include "server/http/request.h"
#include "server/web/text.h"

/* PROBLEM(NAME, "name", status, error): problems.inc; their titles and explanations are texts (server/web/text.h). */
enum problem {
#define PROBLEM(name, word, status, error) PROBLEM_##name,
#include "server/brand/problems.inc"
#undef PROBLEM
	PROBLEM_COUNT,
};

/* To return from a handler: return problem(request, PROBLEM_STALE_VERSION, detail). detail: a sentence in the user's
 * language, or an English one of problem_details.inc; data NULL for none. Gives the problem's error; the answer is written for it. */
enum error problem(struct request *request, enum problem type, struct str detail) MUST_CHECK;
/* The same with members beside the standard ones (JSON, without braces: "\"reply\":{…}"). */
enum error problem_with(struct request *request, enum problem type, struct str detail, struct str members) MUST_CHECK;

/* The language of who asks, for details: the user's own, else Accept-Language. */
enum language problem_language(struct request *request);

/* For the writer of error answers (server/http): whether an answer of this request has this form, and the answer for what
 * came up without a problem, or with one. message: a sentence for the client, empty for none. */
bool problem_is_expected(const struct request *request);
void problem_respond(struct request *request, enum error error);
void problem_respond_status(struct request *request, int status, struct str message);

#endif
