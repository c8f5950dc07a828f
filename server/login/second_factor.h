/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The second step of a login, and the proof that it asks for. */
#ifndef COMPTOIR_SERVER_LOGIN_SECOND_FACTOR_H
#define COMPTOIR_SERVER_LOGIN_SECOND_FACTOR_H

#include "server/login/visitor.h"

enum error handle_second_factor_page(struct request *request); /* GET /auth/second_factor */
enum error handle_second_factor(struct request *request);      /* POST */

enum factor_verdict { FACTOR_RIGHT, FACTOR_WRONG, FACTOR_TOO_MANY };
/* A code of the app, or a recovery code; either is good once. Counts the try. */
enum error second_factor_verify(struct request *request, const struct user *user, struct str code,
	enum factor_verdict *ret_verdict) MUST_CHECK;

#define RECOVERY_CODE_COUNT 10
/* New ones, and their hashes for the database. */
void recovery_codes_make(struct arena *arena, struct str ret_codes[RECOVERY_CODE_COUNT], struct str ret_hashes[RECOVERY_CODE_COUNT]);

#endif
