/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Teams: PERMISSION_ORG_MEMBERS. Members leave teams by themselves as well. Every deed is an entry of the audit log,
 * in its transaction.
 *
 * Errors of all: ERROR_FORBIDDEN (the author may not), ERROR_NOT_FOUND (also what is another organisation's),
 * ERROR_UNPROCESSABLE and ERROR_CONFLICT with a sentence (arena). */
#ifndef COMPTOIR_SERVER_ACTION_TEAM_H
#define COMPTOIR_SERVER_ACTION_TEAM_H

#include "storage/audit.h"
#include "storage/team.h"

enum error team_found(struct db *db, struct arena *arena, int64_t organisation_id, struct str name,
	const struct audit_author *author, int64_t *ret_team_id, struct str *ret_message) MUST_CHECK;
enum error team_change_name(struct db *db, struct arena *arena, int64_t organisation_id, int64_t team_id, struct str name,
	const struct audit_author *author, struct str *ret_message) MUST_CHECK;
/* What was given to it is nobody's then. */
enum error team_end(struct db *db, struct arena *arena, int64_t organisation_id, int64_t team_id,
	const struct audit_author *author, struct str *ret_message) MUST_CHECK;

/* Twice is fine. */
enum error team_join(struct db *db, struct arena *arena, int64_t organisation_id, int64_t team_id, int64_t membership_id,
	const struct audit_author *author, struct str *ret_message) MUST_CHECK;
/* ERROR_NOT_FOUND when they are not in it. */
enum error team_leave(struct db *db, struct arena *arena, int64_t organisation_id, int64_t team_id, int64_t membership_id,
	const struct audit_author *author, struct str *ret_message) MUST_CHECK;

#endif
