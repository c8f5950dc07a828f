/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What goes wrong in OAuth (RFC 6749, 4.1.2.1 and 5.2), with the sentences that Mastodon's clients know. */
#ifndef COMPTOIR_SERVER_LOGIN_OAUTH_ERROR_H
#define COMPTOIR_SERVER_LOGIN_OAUTH_ERROR_H

#include "server/http/request.h"

enum oauth_error {
	OAUTH_INVALID_REQUEST,
	OAUTH_INVALID_CLIENT,
	OAUTH_INVALID_GRANT,
	OAUTH_INVALID_SCOPE,
	OAUTH_UNAUTHORIZED_CLIENT,
	OAUTH_UNSUPPORTED_GRANT_TYPE,
	OAUTH_UNSUPPORTED_RESPONSE_TYPE,
	OAUTH_ACCESS_DENIED,
};

/* Static. */
struct str oauth_error_name(enum oauth_error error);
struct str oauth_error_description(enum oauth_error error);

/* Answers it in JSON: 401 for an invalid client, 403 for an unauthorized one, else 400. */
void oauth_error_respond(struct request *request, enum oauth_error error);

#endif
