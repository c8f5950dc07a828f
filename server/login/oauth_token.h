/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Tokens for codes and for applications, their end, and who they stand for (RFC 6749, 7009, 7636; OpenID userinfo). */
#ifndef COMPTOIR_SERVER_LOGIN_OAUTH_TOKEN_H
#define COMPTOIR_SERVER_LOGIN_OAUTH_TOKEN_H

#include "server/http/request.h"
#include "storage/oauth.h"

enum error handle_oauth_token(struct request *request);    /* POST /oauth/token */
enum error handle_oauth_revoke(struct request *request);   /* POST /oauth/revoke */
enum error handle_oauth_userinfo(struct request *request); /* GET and POST /oauth/userinfo */
enum error handle_oauth_metadata(struct request *request); /* RFC 8414; on the loop */

/* Writes the entity Token. */
void oauth_token_respond(struct request *request, struct str token, struct str scopes, int64_t created_us);

#endif
