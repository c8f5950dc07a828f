/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What an account is to its owner: Mastodon's entities CredentialAccount and Profile. */
#ifndef COMPTOIR_SERVER_ENTITY_CREDENTIALS_H
#define COMPTOIR_SERVER_ENTITY_CREDENTIALS_H

#include "server/http/request.h"

/* The account of the request's actor, rendered into ret_json. ERROR_NOT_FOUND when it is gone. */
enum error credentials_render(struct request *request, struct buf *ret_json) MUST_CHECK;

/* Loads and answers the Profile. */
enum error profile_respond(struct request *request) MUST_CHECK;

#endif
