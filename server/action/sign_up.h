/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Somebody wants an account of their own, by an app or by the page: what has to be right about it, and the account. Who
 * may sign up at all is the same for every door. */
#ifndef COMPTOIR_SERVER_ACTION_SIGN_UP_H
#define COMPTOIR_SERVER_ACTION_SIGN_UP_H

#include "server/action/account_create.h"
#include "server/app.h"

#define SIGN_UP_REASON_MAX_CHARACTERS 1000

struct sign_up {
	struct str username;
	struct str email;
	struct str password;
	struct str locale;
	struct str reason;
	struct str invitation; /* the code as it was given; empty: none */
	bool has_agreed;
};

enum sign_up_field { SIGN_UP_USERNAME, SIGN_UP_EMAIL, SIGN_UP_PASSWORD, SIGN_UP_AGREEMENT, SIGN_UP_REASON, SIGN_UP_INVITATION };
enum sign_up_fault_kind { FAULT_BLANK, FAULT_INVALID, FAULT_TAKEN, FAULT_RESERVED, FAULT_TOO_LONG, FAULT_TOO_SHORT, FAULT_ACCEPTED,
	FAULT_BLOCKED };

struct sign_up_fault {
	enum sign_up_field field;
	enum sign_up_fault_kind kind;
};
#define SIGN_UP_MAX_FAULTS 8

/* Everything that can be said before the password is hashed; *ret_count 0: nothing is wrong. ERROR_FORBIDDEN when nobody
 * may sign up. */
enum error sign_up_check(struct db *db, struct arena *arena, const struct app *app, const struct sign_up *wish,
	struct sign_up_fault ret_faults[SIGN_UP_MAX_FAULTS], size_t *ret_count) MUST_CHECK;

/* wish was checked. ERROR_CONFLICT when somebody took name or address meanwhile, ERROR_GONE when the invitation is used
 * up. */
enum error sign_up_do(struct db *db, struct arena *arena, const struct app *app, const struct sign_up *wish,
	struct str password_hash, struct account_created *ret_created) MUST_CHECK;

/* By a moderator's hand. ERROR_NOT_FOUND when the user does not wait. */
enum error sign_up_approve(struct db *db, struct arena *arena, int64_t user_id) MUST_CHECK;

#endif
