/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * How the second factor is set up and ended. */
#ifndef COMPTOIR_SERVER_LOGIN_TWO_FACTOR_H
#define COMPTOIR_SERVER_LOGIN_TWO_FACTOR_H

#include "server/http/request.h"

enum error handle_two_factor_page(struct request *request);  /* GET /settings/two_factor */
enum error handle_two_factor(struct request *request);       /* POST: with the password and the first code */
enum error handle_two_factor_codes(struct request *request); /* POST /settings/two_factor/codes */
enum error handle_two_factor_end(struct request *request);   /* POST /settings/two_factor/end */

#endif
