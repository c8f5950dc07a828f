/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A new local account: an actor with keys and, for a person, the user who logs in as it. Organisations, groups
 * and services have no user and no password: people speak for them. People are listed nowhere until
 * they ask for it; the others want to be found. */
#ifndef COMPTOIR_SERVER_ACTION_ACCOUNT_CREATE_H
#define COMPTOIR_SERVER_ACTION_ACCOUNT_CREATE_H

#include "base/secret_box.h"
#include "storage/actor.h"
#include "storage/user.h"

struct account_new {
	enum actor_kind kind;    /* not ACTOR_APPLICATION */
	struct str username;
	struct str domain;       /* account domain or authority; empty: the primary one */
	struct str display_name; /* empty: the username */
	struct str email;        /* persons only */
	struct str password;     /* persons only; empty: one is made */
	struct str password_hash; /* instead of it, where hashing is somebody else's work; data NULL for none */
	enum user_role role;
	struct str locale;       /* "en" or "fr"; empty: "en" */
	bool is_confirmed;
	bool is_pending;         /* somebody has to approve first */
	struct str sign_up_reason;       /* data NULL for none */
	struct str invitation_code_hash; /* to be used up; data NULL for none */
};

struct account_created {
	int64_t actor_id;
	int64_t user_id; /* 0 without user */
	struct str username;
	struct str domain;
	struct str uri;
	struct str generated_password; /* data NULL when one was given or there is none */
};

/* What is slow is done here: checks, keys, the password. */
struct account_prepared {
	struct actor_new actor;
	struct user user;                /* id 0: none */
	struct str invitation_code_hash;
	struct str generated_password;   /* data NULL when one was given or there is none */
};

/* ERROR_UNPROCESSABLE (a bad or reserved name, address, password) and ERROR_NOT_FOUND (domain) come with a sentence for
 * the caller (arena). */
enum error account_prepare(struct db *db, struct arena *arena, const struct secret_box *box, const struct account_new *account,
	struct account_prepared *ret_prepared, struct str *ret_message) MUST_CHECK;

/* In the caller's transaction. Who is not confirmed is sent a mail (server/mail/mail.h). ERROR_GONE (an invitation that is
 * none) and ERROR_CONFLICT (name or address taken) come with a sentence. */
enum error account_write(struct db *db, struct arena *arena, struct account_prepared *prepared, struct str *ret_message) MUST_CHECK;

/* Both, in a transaction of its own, with their errors. */
enum error account_create(struct db *db, struct arena *arena, const struct secret_box *box, const struct account_new *account,
	struct account_created *ret_created, struct str *ret_message) MUST_CHECK;

#endif
