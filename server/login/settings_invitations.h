/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Invitations into organisations, where whoever was invited finds them: on the page of settings. */
#ifndef COMPTOIR_SERVER_LOGIN_SETTINGS_INVITATIONS_H
#define COMPTOIR_SERVER_LOGIN_SETTINGS_INVITATIONS_H

#include "server/login/visitor.h"

/* A part of the page; nothing when there is none. */
enum error settings_write_invitations(struct request *request, struct buf *out, const struct visitor *visitor) MUST_CHECK;

enum error handle_settings_invitation_accept(struct request *request);  /* POST /settings/invitations/{id}/accept */
enum error handle_settings_invitation_decline(struct request *request); /* POST /settings/invitations/{id}/decline */

#endif
