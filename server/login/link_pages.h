/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The pages behind the links in mails. A link only shows a form: programs that look into mails follow links too. */
#ifndef COMPTOIR_SERVER_LOGIN_LINK_PAGES_H
#define COMPTOIR_SERVER_LOGIN_LINK_PAGES_H

#include "server/http/request.h"

enum error handle_confirm_page(struct request *request);        /* GET /auth/confirm */
enum error handle_confirm(struct request *request);             /* POST */
enum error handle_password_page(struct request *request);       /* GET /auth/password: ask for a link */
enum error handle_password_link(struct request *request);       /* POST */
enum error handle_password_reset_page(struct request *request); /* GET /auth/password/reset */
enum error handle_password_reset(struct request *request);      /* POST */

#endif
