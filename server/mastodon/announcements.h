/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What the operator announces, and the reactions to it. */
#ifndef COMPTOIR_SERVER_MASTODON_ANNOUNCEMENTS_H
#define COMPTOIR_SERVER_MASTODON_ANNOUNCEMENTS_H

#include "server/http/request.h"

enum error handle_announcements(struct request *request) MUST_CHECK;
enum error handle_announcement_dismiss(struct request *request) MUST_CHECK;
enum error handle_announcement_react(struct request *request) MUST_CHECK;
enum error handle_announcement_unreact(struct request *request) MUST_CHECK;

#endif
