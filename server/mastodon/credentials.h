/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Whom a token speaks for, and what that one changes about itself. */
#ifndef COMPTOIR_SERVER_MASTODON_CREDENTIALS_H
#define COMPTOIR_SERVER_MASTODON_CREDENTIALS_H

#include "server/http/request.h"

/* Two pictures and what goes with them; the action judges each (server/action/media.h). */
#define PICTURES_MAX_BODY_BYTES ((size_t)34 * 1024 * 1024)

bool cached_verify_credentials(struct request *request);
enum error handle_verify_credentials(struct request *request);

enum error handle_update_credentials(struct request *request);
enum error handle_profile(struct request *request);
enum error handle_profile_update(struct request *request);
enum error handle_profile_avatar_delete(struct request *request);
enum error handle_profile_header_delete(struct request *request);

#endif
