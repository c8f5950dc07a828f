/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Sign-up by an app, and the mail that confirms an address. */
#ifndef COMPTOIR_SERVER_LOGIN_ACCOUNT_API_H
#define COMPTOIR_SERVER_LOGIN_ACCOUNT_API_H

#include "server/http/request.h"

enum error handle_account_create(struct request *request);           /* POST /api/v1/accounts */
enum error handle_email_confirmation(struct request *request);       /* POST /api/v1/emails/confirmations */
enum error handle_email_check_confirmation(struct request *request); /* GET /api/v1/emails/check_confirmation */

#endif
