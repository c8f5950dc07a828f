/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The page on which people let an app use their account (RFC 6749, 4.1). It works without scripts, in embedded browsers,
 * and answers to an app only at an address that the app has registered. */
#ifndef COMPTOIR_SERVER_LOGIN_OAUTH_AUTHORIZE_H
#define COMPTOIR_SERVER_LOGIN_OAUTH_AUTHORIZE_H

#include "server/http/request.h"

enum error handle_authorize_page(struct request *request);   /* GET /oauth/authorize */
enum error handle_authorize(struct request *request);        /* POST: what was decided */
enum error handle_authorize_denied(struct request *request); /* DELETE */
enum error handle_authorize_native(struct request *request); /* GET /oauth/authorize/native */

#endif
