/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Modes of sign-up. */
#include "server/login/sign_up_modes.h"

bool mail_is_possible(const struct config *config)
{
	return config_text(config, "smtp.host")[0] != '\0';
}

enum sign_up_mode sign_up_mode_of(const struct config *config)
{
	struct str word = str_from(config_text(config, "instance.registrations"));
	if (str_eq(word, STR_LITERAL("closed")))
		return SIGN_UP_CLOSED;
	if (str_eq(word, STR_LITERAL("invitation")) || !mail_is_possible(config))
		return SIGN_UP_BY_INVITATION;
	return str_eq(word, STR_LITERAL("approval")) ? SIGN_UP_BY_APPROVAL : SIGN_UP_OPEN;
}

bool sign_up_is_possible(const struct config *config)
{
	return sign_up_mode_of(config) != SIGN_UP_CLOSED;
}
