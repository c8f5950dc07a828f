/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * How often something was tried, for all processes together: what bounds guessing one account's password from many
 * addresses, and mails to one person. */
#ifndef COMPTOIR_STORAGE_ATTEMPT_H
#define COMPTOIR_STORAGE_ATTEMPT_H

#include "storage/db.h"

enum attempt_kind {
	ATTEMPT_PASSWORD,      /* for an account, right or wrong until a right one: 25 an hour */
	ATTEMPT_SECOND_FACTOR, /* for a user: 10 in 10 minutes */
	ATTEMPT_MAIL,          /* sent to an address: 5 in 30 minutes */
	ATTEMPT_MAIL_ADDRESS,  /* mails that a client asked for, of whomever: 20 in 30 minutes */
};

/* Counts one. subject: any bytes, such as an id or an address in lower case. *ret_is_allowed: not too many with it;
 * *ret_wait_s: until the window ends. */
enum error attempt_take(struct db *db, struct arena *arena, enum attempt_kind kind, struct str subject,
	bool *ret_is_allowed, int64_t *ret_wait_s) MUST_CHECK;
/* It succeeded: the count begins anew. */
enum error attempt_forget(struct db *db, struct arena *arena, enum attempt_kind kind, struct str subject) MUST_CHECK;

#endif
