/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Who belongs to an organisation and what they may do in it. PERMISSION_ORG_MEMBERS brings people in and lets them go;
 * PERMISSION_ORG_ROLES says what they may do, and is needed as well to let somebody go who has it. Somebody always has it,
 * for ever and in the whole organisation. Every deed is an entry of the audit log, in its transaction.
 *
 * Errors of all: ERROR_FORBIDDEN (the author may not), ERROR_NOT_FOUND (also what is another organisation's),
 * ERROR_UNPROCESSABLE and ERROR_CONFLICT with a sentence (arena). */
#ifndef COMPTOIR_SERVER_ACTION_MEMBERSHIP_H
#define COMPTOIR_SERVER_ACTION_MEMBERSHIP_H

#include "storage/audit.h"
#include "storage/membership.h"
#include "storage/role.h"

/* A user of this server; state: invited or active. Who left comes back without grants. */
enum error membership_add(struct db *db, struct arena *arena, int64_t organisation_id, int64_t user_id, enum membership_state state,
	const struct audit_author *author, int64_t *ret_membership_id, struct str *ret_message) MUST_CHECK;

/* Suspended, active again, or gone. Members may leave by themselves, and take up an invitation. */
enum error membership_change(struct db *db, struct arena *arena, int64_t organisation_id, int64_t membership_id,
	enum membership_state state, const struct audit_author *author, struct str *ret_message) MUST_CHECK;

/* By whoever was invited: it becomes active, or is left. ERROR_NOT_FOUND when that user has no such invitation. */
enum error membership_answer_invitation(struct db *db, struct arena *arena, int64_t user_id, int64_t membership_id, bool accepts,
	enum audit_door door, struct str *ret_message) MUST_CHECK;

struct grant_wanted {
	int64_t membership_id;
	struct str role;     /* by name; empty: the permission */
	struct str permission;
	int64_t actor_id;    /* 0: all accounts, and the organisation itself */
	int64_t expires_us;  /* 0: never */
};
enum error membership_grant(struct db *db, struct arena *arena, int64_t organisation_id, const struct grant_wanted *wanted,
	const struct audit_author *author, struct str *ret_message) MUST_CHECK;
enum error membership_withdraw(struct db *db, struct arena *arena, int64_t organisation_id, int64_t membership_id, int64_t grant_id,
	const struct audit_author *author, struct str *ret_message) MUST_CHECK;

/* The member's roles, for one account or for all and the organisation itself (0), become those that are named, without end;
 * those that are there already stay as they are, others go. Permissions by name are left alone. */
enum error membership_set_roles(struct db *db, struct arena *arena, int64_t organisation_id, int64_t membership_id, int64_t actor_id,
	const struct str *roles, size_t role_count, const struct audit_author *author, struct str *ret_message) MUST_CHECK;

/* A role of the organisation's own. role: name and rights. */
enum error role_define(struct db *db, struct arena *arena, int64_t organisation_id, const struct role *role,
	const struct audit_author *author, struct str *ret_message) MUST_CHECK;
/* role: id, its name and rights from now on. ERROR_CONFLICT for one that comes with the program. */
enum error role_redefine(struct db *db, struct arena *arena, int64_t organisation_id, const struct role *role,
	const struct audit_author *author, struct str *ret_message) MUST_CHECK;
enum error role_undefine(struct db *db, struct arena *arena, int64_t organisation_id, struct str name,
	const struct audit_author *author, struct str *ret_message) MUST_CHECK;
/* Whether a role counts only for members whose second factor is on. */
enum error role_demand_second_factor(struct db *db, struct arena *arena, int64_t organisation_id, struct str name, bool demands,
	const struct audit_author *author, struct str *ret_message) MUST_CHECK;

#endif
