/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * How a browser is logged in: password, then the second factor when there is one. */
#ifndef COMPTOIR_SERVER_LOGIN_SIGN_IN_H
#define COMPTOIR_SERVER_LOGIN_SIGN_IN_H

#include "server/login/visitor.h"

enum error handle_sign_in_page(struct request *request); /* GET /auth/sign_in */
enum error handle_sign_in(struct request *request);      /* POST */
enum error handle_sign_out(struct request *request);     /* POST /auth/sign_out */

/* The whole session for a user whose proofs are complete, and on to next. */
enum error sign_in_complete(struct request *request, const struct visitor *visitor, int64_t user_id, struct str next) MUST_CHECK;

#endif
