/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Drafts of brand accounts, from the first word to the post: who may do what with them, in which state, and what follows.
 * Each function is a transaction of its own, with its entry in the audit log: db must not be in one. What an author may not
 * do gives ERROR_FORBIDDEN; the operator (no user) may do everything but approve. */
#ifndef COMPTOIR_SERVER_ACTION_DRAFT_H
#define COMPTOIR_SERVER_ACTION_DRAFT_H

#include "server/action/publish.h"

#include "storage/approval.h"
#include "storage/audit.h"

/* Why something was refused, beside the error. */
enum draft_refusal {
	DRAFT_REFUSED_OTHERWISE, /* see the message */
	DRAFT_WRONG_STATE,       /* ERROR_CONFLICT */
	DRAFT_STALE,             /* ERROR_CONFLICT: somebody changed it since */
	DRAFT_DECIDED,           /* ERROR_CONFLICT: this person has decided on this version */
	DRAFT_STEP_NOT_REACHED,  /* ERROR_CONFLICT: an earlier step is not done */
	DRAFT_OWN,               /* ERROR_FORBIDDEN: authors do not approve */
	DRAFT_NOT_APPROVED,      /* ERROR_UNPROCESSABLE */
	DRAFT_EMBARGO,           /* ERROR_UNPROCESSABLE: also of an asset */
	DRAFT_EXPIRED,           /* ERROR_UNPROCESSABLE: also of an asset */
	DRAFT_MISSING_ALT_TEXT,  /* ERROR_UNPROCESSABLE */
	DRAFT_MEDIA_CHANGED,     /* ERROR_UNPROCESSABLE: files or their texts are not those that were approved */
	DRAFT_RIGHT_GONE,        /* ERROR_FORBIDDEN: of who wrote it or by whose right it would be published */
};
struct draft_answer {
	enum draft_refusal refusal;
	struct str message; /* English, for logs and as a last resort; data NULL for none */
};

/* In place of a time: the next free slot of the account's queue, behind the embargo. Two never take the same.
 * ERROR_UNPROCESSABLE when there is none within 90 days. */
#define DRAFT_NEXT_SLOT (-1)

struct draft_wish {
	enum draft_kind kind;
	const struct publish_request *request; /* of a post or an edit; actor_id, user_id and application_id count */
	int64_t actor_id;
	int64_t post_id;         /* of an edit or a boost */
	enum post_visibility boost_visibility;
	int64_t ticket_id;       /* 0 for none */
	int64_t campaign_id;
	int64_t embargo_us, expires_us;
	int64_t scheduled_us;    /* 0: none; needs draft.schedule (own is enough), of apps as well. DRAFT_NEXT_SLOT likewise */
	bool is_submitted;       /* goes to in_review at once */
	struct str idempotency_key; /* empty for none: the same key gives the same draft again */
};

/* Needs draft.write. The same errors as publish_check; ERROR_UNPROCESSABLE for a campaign that is not the organisation's. */
enum error draft_create(struct db *db, struct arena *arena, const struct draft_wish *wish, const struct audit_author *author,
	struct draft *ret_draft, struct draft_answer *ret_answer) MUST_CHECK;
/* Another version. lock_version: of what the editor saw; 0: whatever it is. Needs draft.write. */
enum error draft_edit(struct db *db, struct arena *arena, const struct draft *draft, int64_t lock_version,
	const struct draft_wish *wish, const struct audit_author *author, struct draft *ret_draft,
	struct draft_answer *ret_answer) MUST_CHECK;

enum draft_deed { DRAFT_SUBMIT, DRAFT_SCHEDULE, DRAFT_WITHDRAW };
/* time_us: of DRAFT_SCHEDULE, which needs draft.schedule and may come before the approval: it is due then, and waits for
 * both. */
enum error draft_do(struct db *db, struct arena *arena, const struct draft *draft, int64_t lock_version, enum draft_deed deed,
	int64_t time_us, const struct audit_author *author, struct draft *ret_draft, struct draft_answer *ret_answer) MUST_CHECK;

/* version: the one that the approver saw. Needs the permission of the step that is due. When the last step is done the draft
 * is approved, and scheduled when it has a time that has not passed. */
enum error draft_decide(struct db *db, struct arena *arena, const struct draft *draft, int64_t version, bool is_rejection,
	struct str comment, const struct audit_author *author, struct draft *ret_draft, struct draft_answer *ret_answer) MUST_CHECK;

enum error draft_comment(struct db *db, struct arena *arena, const struct draft *draft, struct str body,
	const struct audit_author *author, struct draft_comment *ret_comment, struct draft_answer *ret_answer) MUST_CHECK;

/* Now: an approved one by who holds draft.schedule or account.speak; any other one by who holds account.speak, unless its
 * policy binds speakers. The post, its deliveries, its release and the state are one transaction: it is published once,
 * however often and from wherever this is called. */
enum error draft_publish(struct db *db, struct arena *arena, const struct draft *draft, const struct audit_author *author,
	struct draft *ret_draft, struct draft_answer *ret_answer) MUST_CHECK;

/* For the job: *ret_due_us is set when its time has not come yet. What cannot be published when it is due stays, and its
 * author and those who could approve it read why among its comments. */
enum error draft_publish_due(struct db *db, struct arena *arena, int64_t draft_id, int64_t *ret_due_us) MUST_CHECK;

/* Whether account.speak is enough for this: no policy that fits binds speakers. covers_replies likewise of answers. post_id:
 * of an edit or a boost; request: of a post or an edit. The errors of publish_check. */
enum error draft_policy_for(struct db *db, struct arena *arena, int64_t actor_id, enum draft_kind kind, int64_t post_id,
	const struct publish_request *request, bool *ret_binds_speakers, bool *ret_covers_replies) MUST_CHECK;

#endif
