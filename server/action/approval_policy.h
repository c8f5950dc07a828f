/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Saying who must approve what: PERMISSION_ORG_ADMIN. Each is a transaction of its own, with its entry in the audit log.
 * ERROR_UNPROCESSABLE and ERROR_CONFLICT come with a sentence (arena). */
#ifndef COMPTOIR_SERVER_ACTION_APPROVAL_POLICY_H
#define COMPTOIR_SERVER_ACTION_APPROVAL_POLICY_H

#include "storage/approval.h"
#include "storage/audit.h"

/* id 0: a new one, which gets its id. ERROR_NOT_FOUND when there is none of that id in the organisation. */
enum error approval_policy_set(struct db *db, struct arena *arena, struct approval_policy *policy,
	const struct audit_author *author, struct str *ret_message) MUST_CHECK;
enum error approval_policy_end(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id,
	const struct audit_author *author) MUST_CHECK;

#endif
