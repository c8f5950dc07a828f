/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Applications: how they register, and how they show that they are who they say. */
#ifndef COMPTOIR_SERVER_LOGIN_OAUTH_APP_H
#define COMPTOIR_SERVER_LOGIN_OAUTH_APP_H

#include "server/http/request.h"
#include "storage/oauth.h"

#define OAUTH_OUT_OF_BAND "urn:ietf:wg:oauth:2.0:oob"

enum error handle_app_create(struct request *request);             /* POST /api/v1/apps */
enum error handle_app_verify_credentials(struct request *request); /* GET /api/v1/apps/verify_credentials */

/* Whether this is one of the application's, exactly as it was registered. */
bool oauth_app_has_redirect(const struct oauth_application *application, struct str redirect_uri) MUST_CHECK;

enum oauth_client_proof { CLIENT_UNKNOWN, CLIENT_WRONG_SECRET, CLIENT_NAMED, CLIENT_PROVEN };
/* By HTTP Basic (RFC 6749, 2.3.1) or client_id and client_secret of the body or the query. CLIENT_NAMED: no secret came.
 * A disabled application is unknown. */
enum error oauth_app_identify(struct request *request, struct oauth_application *ret_application,
	enum oauth_client_proof *ret_proof) MUST_CHECK;

#endif
