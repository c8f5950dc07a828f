/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Organisations: founding one, giving it accounts, saying what it is. Whoever does it is an author (storage/audit.h): the
 * operator by the command line may do everything; a member needs the permission that is named here. Every deed is an entry
 * of the audit log, in its transaction. */
#ifndef COMPTOIR_SERVER_ACTION_ORGANISATION_H
#define COMPTOIR_SERVER_ACTION_ORGANISATION_H

#include "server/action/account_create.h"
#include "storage/audit.h"
#include "storage/membership.h"
#include "storage/organisation.h"

struct organisation_founding {
	struct organisation organisation; /* id is given here; kind, locale and time_zone may be empty */
	int64_t founder_user_id;          /* 0: nobody yet */
	struct str account_username;      /* the first brand account; empty: none yet */
	struct str account_domain;        /* empty: the primary one */
	struct str account_display_name;  /* empty: the organisation's name */
};

struct organisation_founded {
	struct organisation organisation;
	int64_t account_actor_id; /* 0 without account */
	int64_t membership_id;    /* 0 without founder */
};

/* The founder becomes a member with the roles owner and agent-lead, and speaks for the accounts by name: whoever works alone
 * writes and publishes in one act. ERROR_UNPROCESSABLE (a bad name), ERROR_NOT_FOUND (domain) and ERROR_CONFLICT (a slug or
 * name that is taken) come with a sentence (arena); so do those of the functions below. */
enum error organisation_found(struct db *db, struct arena *arena, const struct secret_box *box,
	const struct organisation_founding *founding, const struct audit_author *author,
	struct organisation_founded *ret_founded, struct str *ret_message) MUST_CHECK;

/* Another account of it: PERMISSION_ORG_ADMIN. */
enum error organisation_add_account(struct db *db, struct arena *arena, const struct secret_box *box, int64_t organisation_id,
	const struct account_new *account, struct str purpose, const struct audit_author *author, int64_t *ret_actor_id,
	struct str *ret_message) MUST_CHECK;

/* Everything but id and slug: PERMISSION_ORG_ADMIN. */
enum error organisation_change(struct db *db, struct arena *arena, const struct organisation *organisation,
	const struct audit_author *author, struct str *ret_message) MUST_CHECK;

/* What an account is for: PERMISSION_ORG_ADMIN. ERROR_NOT_FOUND when it is another organisation's. */
enum error organisation_set_purpose(struct db *db, struct arena *arena, int64_t organisation_id, int64_t actor_id, struct str purpose,
	const struct audit_author *author, struct str *ret_message) MUST_CHECK;

/* For good: every account is deleted as account_delete does it, then the organisation with its members, roles and teams. Its
 * log stays. PERMISSION_ORG_ROLES. */
enum error organisation_end(struct db *db, struct arena *arena, int64_t organisation_id, const struct audit_author *author) MUST_CHECK;

/* ERROR_FORBIDDEN when the author may not. Inside the transaction of what it allows. */
enum error organisation_authorise(struct db *db, struct arena *arena, int64_t organisation_id, const struct audit_author *author,
	enum permission permission) MUST_CHECK;

#endif
