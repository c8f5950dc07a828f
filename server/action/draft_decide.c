/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Approvals and rejections. What was decided counts as long as who decided still may (storage/approval.h). */
#include "server/action/draft.h"

#include "server/action/deed.h"
#include "server/action/draft_parts.h"

#include "base/clock.h"
#include "base/mutant.h"
#include "storage/event.h"
#include "storage/id.h"

#define COMMENT_MAX_BYTES 5000

struct deciding {
	const struct draft *draft;
	const struct audit_author *author;
	struct approval approval;
	struct draft_answer *answer;
};

/* Who wrote it does not approve it, whatever their rights. */
static enum error check_author(struct db *db, struct arena *arena, const struct draft *now, const struct deciding *deciding)
{
	struct draft_version version;
	enum error error = draft_version_find(db, arena, now->id, now->version, &version);
	if (error)
		return error;
	bool is_own = deciding->author->user_id == now->author_user_id || deciding->author->user_id == version.author_user_id;
	if (is_own && !MUTANT("draft_self_approval"))
		return draft_refuse(deciding->answer, DRAFT_OWN, ERROR_FORBIDDEN, "who wrote it does not approve it");
	return ERROR_NONE;
}

static enum error check_decided(struct db *db, struct arena *arena, const struct draft *now, const struct deciding *deciding)
{
	struct approval *approvals;
	size_t count;
	enum error error = approval_list(db, arena, now->id, &approvals, &count);
	for (size_t i = 0; !error && i < count; i++)
		if (approvals[i].version == now->version && approvals[i].user_id == deciding->author->user_id)
			return draft_refuse(deciding->answer, DRAFT_DECIDED, ERROR_CONFLICT, "this person has decided on this version");
	return error;
}

/* The step that is due, whose permission the approver needs. */
static enum error find_step(struct db *db, struct arena *arena, const struct draft *now, const struct deciding *deciding,
	int64_t *ret_step)
{
	struct approval_step *steps;
	size_t count, due = 0;
	enum permission permission;
	enum error error = approval_steps_of(db, arena, now->id, now->version, &steps, &count);
	if (error)
		return error;
	while (due + 1 < count && steps[due].count >= steps[due].minimum)
		due++;
	for (size_t i = due; i < count; i++) {
		if (!permission_from_name(steps[i].permission, &permission))
			return ERROR_INTERNAL;
		error = draft_authorise(db, arena, now->actor_id, deciding->author, permission, false);
		if (!error && i > due && !MUTANT("draft_step_order"))
			return draft_refuse(deciding->answer, DRAFT_STEP_NOT_REACHED, ERROR_CONFLICT, "an earlier step is not done");
		if (error != ERROR_FORBIDDEN) {
			*ret_step = steps[i].number;
			return error;
		}
	}
	return ERROR_FORBIDDEN;
}

/* With a time that has passed it stays approved: nobody is surprised by a post that comes late. */
static enum error conclude(struct db *db, struct arena *arena, const struct draft *now)
{
	bool is_complete;
	enum error error = approval_is_complete(db, arena, now->id, now->version, &is_complete);
	if (error || !is_complete)
		return error;
	error = draft_go(db, arena, now->id, DRAFT_IN_REVIEW, DRAFT_APPROVED);
	if (error || !now->scheduled_us)
		return error;
	if (now->scheduled_us > clock_now_us())
		return draft_go(db, arena, now->id, DRAFT_APPROVED, DRAFT_SCHEDULED);
	const struct draft_comment late = { .id = id_new(), .draft_id = now->id, .version = now->version, .body = STR("approved_too_late") };
	return draft_comment_add(db, arena, &late);
}

static enum error write_decision(struct db *db, struct arena *arena, void *owner)
{
	struct deciding *deciding = owner;
	struct draft now;
	enum error error = draft_lock(db, arena, deciding->draft->organisation_id, deciding->draft->id, &now);
	if (error)
		return error;
	if (now.version != deciding->approval.version)
		return draft_refuse(deciding->answer, DRAFT_STALE, ERROR_CONFLICT, "there is another version");
	error = check_decided(db, arena, &now, deciding);
	if (error)
		return error;
	if (now.state != DRAFT_IN_REVIEW)
		return draft_refuse(deciding->answer, DRAFT_WRONG_STATE, ERROR_CONFLICT, "it does not wait for a decision");
	error = check_author(db, arena, &now, deciding);
	if (!error)
		error = find_step(db, arena, &now, deciding, &deciding->approval.step);
	if (!error)
		error = approval_add(db, arena, &deciding->approval);
	event_emit_on_commit(db, EVENT_DRAFT, now.id, now.actor_id);
	if (error)
		return error;
	return deciding->approval.is_rejection ? draft_go(db, arena, now.id, DRAFT_IN_REVIEW, DRAFT_CHANGES_REQUESTED) :
		conclude(db, arena, &now);
}

enum error draft_decide(struct db *db, struct arena *arena, const struct draft *draft, int64_t version, bool is_rejection,
	struct str comment, const struct audit_author *author, struct draft *ret_draft, struct draft_answer *ret_answer)
{
	struct deciding deciding = { .draft = draft, .author = author, .answer = ret_answer, .approval = {
		.draft_id = draft->id, .version = version, .membership_id = author->membership_id, .user_id = author->user_id,
		.is_rejection = is_rejection, .comment = str_trim(comment) } };
	if (!author->user_id)
		return ERROR_FORBIDDEN;
	if (comment.len > COMMENT_MAX_BYTES || !str_is_utf8(comment))
		return draft_refuse(ret_answer, DRAFT_REFUSED_OTHERWISE, ERROR_UNPROCESSABLE, "a comment has at most 5,000 bytes");
	enum error error = draft_run(db, arena, draft, author, is_rejection ? "draft.reject" : "draft.approve", write_decision, &deciding);
	return error ? error : draft_find(db, arena, draft->organisation_id, draft->id, ret_draft);
}
