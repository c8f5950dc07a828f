/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * One mail to the server of smtp.* by libcurl. The server is the operator's own choice; its certificate is checked. */
#ifndef COMPTOIR_SERVER_MAIL_SMTP_H
#define COMPTOIR_SERVER_MAIL_SMTP_H

#include "base/arena.h"
#include "base/config.h"

struct smtp_mail {
	struct str to;      /* an address that email_is_valid */
	struct str subject; /* any text without line breaks */
	struct str text;    /* plain, lines end in \n */
	struct str domain;  /* of the Message-ID and of the default sender */
	struct str sender_name;
};

/* Blocks for at most a minute. ERROR_UNAVAILABLE when it may go later, ERROR_GONE when the server does not want it for
 * good, ERROR_CONFIGURATION when there is no way to send it. */
enum error smtp_send(const struct config *config, struct arena *arena, const struct smtp_mail *mail) MUST_CHECK;

/* The message as it is sent, with \r\n. */
struct str smtp_write_message(struct arena *arena, struct str from, const struct smtp_mail *mail) MUST_CHECK;

#endif
