/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Sign-up by a browser. */
#ifndef COMPTOIR_SERVER_LOGIN_SIGN_UP_PAGE_H
#define COMPTOIR_SERVER_LOGIN_SIGN_UP_PAGE_H

#include "server/http/request.h"

enum error handle_sign_up_page(struct request *request); /* GET /auth/sign_up */
enum error handle_sign_up(struct request *request);      /* POST */

#endif
