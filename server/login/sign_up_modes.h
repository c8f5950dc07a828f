/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Who may sign up, as the operator has it (instance.registrations), and whether mails can leave (smtp.host). Without
 * mail nobody can be asked to confirm an address, so that sign-up is by invitation only. */
#ifndef COMPTOIR_SERVER_LOGIN_SIGN_UP_MODES_H
#define COMPTOIR_SERVER_LOGIN_SIGN_UP_MODES_H

#include "base/config.h"

enum sign_up_mode { SIGN_UP_CLOSED, SIGN_UP_BY_INVITATION, SIGN_UP_BY_APPROVAL, SIGN_UP_OPEN };

enum sign_up_mode sign_up_mode_of(const struct config *config);
bool sign_up_is_possible(const struct config *config); /* for anybody at all */
bool mail_is_possible(const struct config *config);

#endif
