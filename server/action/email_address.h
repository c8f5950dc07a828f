/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * E-mail addresses that we write to. Narrower than RFC 5321 lets them be: what mail servers read differently from one
 * another (quotes, routes, percent signs) is no address here. */
#ifndef COMPTOIR_SERVER_ACTION_EMAIL_ADDRESS_H
#define COMPTOIR_SERVER_ACTION_EMAIL_ADDRESS_H

#include "storage/db.h"

#define EMAIL_MAX_BYTES 254

/* One @, ASCII letters, digits and some signs before it, a host name behind it. */
bool email_is_valid(struct arena *arena, struct str email) MUST_CHECK;

/* Whether addresses of its domain are accepted here (storage/mail_domain.h). email is valid. */
enum error email_is_welcome(struct db *db, struct arena *arena, struct str email, bool *ret_is_welcome) MUST_CHECK;

/* Whose mailbox it most likely is: lower case, without dots and what follows a plus before the @. For counting only:
 * mails go to the address as it was given. */
struct str email_mailbox(struct arena *arena, struct str email) MUST_CHECK;

#endif
