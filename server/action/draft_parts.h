/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What the files of drafts share. */
#ifndef COMPTOIR_SERVER_ACTION_DRAFT_PARTS_H
#define COMPTOIR_SERVER_ACTION_DRAFT_PARTS_H

#include "server/action/draft.h"

#include "storage/permission.h"

/* message: static, or NULL. Returns the error. */
enum error draft_refuse(struct draft_answer *answer, enum draft_refusal refusal, enum error error, const char *message) MUST_CHECK;

/* Inside of the transaction of what it allows. */
enum error draft_authorise(struct db *db, struct arena *arena, int64_t actor_id, const struct audit_author *author,
	enum permission permission, bool is_own) MUST_CHECK;

/* The key of its job. */
struct str draft_key(struct arena *arena, int64_t id);

/* A transaction with its entry in the audit log. */
enum error draft_run(struct db *db, struct arena *arena, const struct draft *draft, const struct audit_author *author,
	const char *action, enum error (*write)(struct db *db, struct arena *arena, void *owner), void *owner) MUST_CHECK;

#endif
