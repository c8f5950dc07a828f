/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The row of the draft is held until the transaction ends; its state goes along the edges one by one. */
#include "server/action/draft_press.h"

#include "base/clock.h"
#include "base/mutant.h"
#include "storage/approval.h"
#include "storage/membership.h"

/* Of the moment: who presses still may, and who wrote it still belongs to it. */
static enum error check_rights(struct db *db, struct arena *arena, const struct draft *draft, const struct release_claim *claim)
{
	struct standing presser, author;
	struct draft_version version;
	enum error error = draft_version_find(db, arena, draft->id, draft->version, &version);
	if (!error)
		error = rights_find(db, arena, claim->user_id, draft->actor_id, &presser);
	if (!error)
		error = rights_find(db, arena, version.author_user_id, draft->actor_id, &author);
	if (error)
		return error;
	bool speaks = rights_allow(presser.rights, PERMISSION_ACCOUNT_SPEAK);
	bool schedules = rights_allow(presser.rights, PERMISSION_DRAFT_SCHEDULE) ||
		(draft->author_user_id == claim->user_id && rights_allow_own(presser.rights, PERMISSION_DRAFT_SCHEDULE));
	bool writes = rights_allow(author.rights, PERMISSION_DRAFT_WRITE) || rights_allow(author.rights, PERMISSION_ACCOUNT_SPEAK);
	bool may_press = claim->ground == RELEASE_SPOKEN ? speaks : speaks || schedules;
	return may_press && (writes || MUTANT("draft_writer")) ? ERROR_NONE : ERROR_FORBIDDEN;
}

static enum error check_ground(struct db *db, struct arena *arena, const struct draft *draft, const struct release_claim *claim)
{
	bool is_complete = claim->ground == RELEASE_SPOKEN;
	int64_t now_us = clock_now_us();
	if ((draft->embargo_us > now_us || (draft->expires_us && draft->expires_us <= now_us)))
		return ERROR_FORBIDDEN;
	enum error error = check_rights(db, arena, draft, claim);
	if (!error && !is_complete)
		error = approval_is_complete(db, arena, draft->id, draft->version, &is_complete);
	if (error)
		return error;
	return is_complete ? ERROR_NONE : ERROR_FORBIDDEN;
}

/* What is said at once without anybody's approval passes all states as well. */
static enum error go_to_publishing(struct db *db, struct arena *arena, const struct draft *draft, const struct release_claim *claim)
{
	static const enum draft_state way[] = { DRAFT_DRAFT, DRAFT_IN_REVIEW, DRAFT_APPROVED, DRAFT_SCHEDULED, DRAFT_PUBLISHING };
	enum draft_state state = draft->state == DRAFT_FAILED ? DRAFT_SCHEDULED : draft->state;
	enum error error = ERROR_NONE;
	size_t at = 0;
	if (!draft->scheduled_us)
		error = draft_set_time(db, arena, draft->id, clock_now_us(), claim->membership_id, claim->user_id);
	if (!error && draft->state == DRAFT_FAILED)
		error = draft_go(db, arena, draft->id, DRAFT_FAILED, DRAFT_SCHEDULED);
	while (at < sizeof(way) / sizeof(way[0]) && way[at] != state)
		at++;
	if (at == sizeof(way) / sizeof(way[0]) || (state != DRAFT_APPROVED && state != DRAFT_SCHEDULED &&
		claim->ground != RELEASE_SPOKEN))
		return ERROR_CONFLICT;
	for (; !error && way[at] != DRAFT_PUBLISHING; at++)
		error = draft_go(db, arena, draft->id, way[at], way[at + 1]);
	return error;
}

enum error draft_press_begin(struct db *db, struct arena *arena, const struct release_claim *claim)
{
	struct draft draft;
	enum error error = draft_lock(db, arena, 0, claim->draft_id, &draft);
	if (error)
		return error;
	if (draft.version != claim->version || draft.state == DRAFT_PUBLISHED || draft.state == DRAFT_WITHDRAWN)
		return ERROR_CONFLICT;
	error = check_ground(db, arena, &draft, claim);
	return error ? error : go_to_publishing(db, arena, &draft, claim);
}

enum error draft_press_end(struct db *db, struct arena *arena, const struct release_claim *claim)
{
	/* The gate looks at what has no activity as long as the draft is being published. */
	enum error error = release_settle(db, arena);
	return error ? error : draft_note_published(db, arena, claim->draft_id, claim->draft_post_id);
}
