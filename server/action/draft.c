/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What people do with drafts before they are said. Rights are looked at inside of the transaction of each deed. */
#include "server/action/draft.h"

#include "server/action/deed.h"
#include "server/action/draft_parts.h"
#include "server/action/draft_payload.h"

#include "base/clock.h"
#include "base/mutant.h"
#include "storage/campaign.h"
#include "storage/event.h"
#include "storage/id.h"
#include "storage/job.h"
#include "storage/media.h"
#include "storage/membership.h"
#include "storage/organisation.h"
#include "storage/queue_slot.h"

#define KEEP_MEDIA_US (INT64_C(366 * 24 * 3600) * 1000000)
#define COMMENT_MAX_BYTES 5000

enum error draft_refuse(struct draft_answer *answer, enum draft_refusal refusal, enum error error, const char *message)
{
	answer->refusal = refusal;
	if (message)
		answer->message = str_from(message);
	return error;
}

enum error draft_authorise(struct db *db, struct arena *arena, int64_t actor_id, const struct audit_author *author,
	enum permission permission, bool is_own)
{
	struct standing standing;
	if (!author->user_id)
		return author->door == AUDIT_COMMAND ? ERROR_NONE : ERROR_FORBIDDEN;
	enum error error = rights_find(db, arena, author->user_id, actor_id, &standing);
	if (error)
		return error;
	bool may = rights_allow(standing.rights, permission) || (is_own && rights_allow_own(standing.rights, permission));
	return (may || MUTANT("draft_right")) && standing.membership_id == author->membership_id ? ERROR_NONE : ERROR_FORBIDDEN;
}

/* Who may say it may write it. */
static enum error authorise_writing(struct db *db, struct arena *arena, int64_t actor_id, const struct audit_author *author)
{
	enum error error = draft_authorise(db, arena, actor_id, author, PERMISSION_DRAFT_WRITE, true);
	return error == ERROR_FORBIDDEN ? draft_authorise(db, arena, actor_id, author, PERMISSION_ACCOUNT_SPEAK, false) : error;
}

static enum error authorise_time(struct db *db, struct arena *arena, int64_t actor_id, const struct audit_author *author, bool is_own)
{
	enum error error = draft_authorise(db, arena, actor_id, author, PERMISSION_DRAFT_SCHEDULE, is_own);
	return error == ERROR_FORBIDDEN ? draft_authorise(db, arena, actor_id, author, PERMISSION_ACCOUNT_SPEAK, false) : error;
}

struct str draft_key(struct arena *arena, int64_t id)
{
	return arena_printf(arena, "%lld", (long long)id);
}

enum error draft_run(struct db *db, struct arena *arena, const struct draft *draft, const struct audit_author *author,
	const char *action, enum error (*write)(struct db *db, struct arena *arena, void *owner), void *owner)
{
	const struct deed_author deed = { .organisation_id = draft->organisation_id, .author = *author, .action = str_from(action),
		.target = arena_printf(arena, "draft:%lld", (long long)draft->id) };
	deed_begin(&deed);
	enum error error = deed_write(db, arena, write, owner, ERROR_CONFLICT);
	(void)deed_end();
	return error;
}

/* ---- policies ---- */

static enum error choose_policy(struct db *db, struct arena *arena, int64_t organisation_id,
	const struct approval_subject *subject, const struct approval_policy **ret_policy)
{
	struct approval_policy *policies;
	size_t count;
	enum error error = approval_policy_list(db, arena, organisation_id, &policies, &count);
	if (!error)
		*ret_policy = approval_policy_choose(policies, count, subject);
	return error;
}

enum error draft_policy_for(struct db *db, struct arena *arena, int64_t actor_id, enum draft_kind kind, int64_t post_id,
	const struct publish_request *request, bool *ret_binds_speakers, bool *ret_covers_replies)
{
	struct brand_account account;
	struct draft_content content;
	struct str message = { 0 };
	const struct approval_policy *policy = NULL;
	const struct draft_wish wish = { .kind = kind, .request = request, .actor_id = actor_id, .post_id = post_id };
	enum error error = brand_account_find(db, arena, actor_id, &account);
	if (!error)
		error = draft_payload_make(db, arena, &wish, &content, &message);
	if (!error)
		error = choose_policy(db, arena, account.organisation_id, &content.subject, &policy);
	if (error)
		return error;
	*ret_binds_speakers = policy && policy->binds_speakers;
	*ret_covers_replies = policy && policy->covers_replies;
	return ERROR_NONE;
}

/* ---- creating and editing ---- */

struct writing {
	const struct draft_wish *wish;
	const struct audit_author *author;
	struct draft draft;
	struct draft_version version;
	int64_t lock_version; /* 0: whatever it is */
	struct draft_answer *answer;
};

static enum error keep_media(struct db *db, struct arena *arena, const struct writing *writing)
{
	if (!writing->version.media_count || writing->wish->kind == DRAFT_EDIT)
		return ERROR_NONE;
	return media_keep(db, arena, writing->draft.actor_id, writing->version.media_ids, writing->version.media_count,
		clock_now_us() + KEEP_MEDIA_US);
}

static enum error add_job(struct db *db, struct arena *arena, const struct draft *draft)
{
	if (!draft->scheduled_us)
		return ERROR_NONE;
	return job_add(db, arena, STR_LITERAL("draft_publish"), draft_key(arena, draft->id), (struct str){ 0 }, draft->scheduled_us);
}

/* The lock is held until the draft has its time. */
static enum error take_slot(struct db *db, struct arena *arena, const struct draft *draft, struct draft_answer *answer, int64_t *ret_us)
{
	int64_t now_us = clock_now_us();
	enum error error = MUTANT("draft_slot_lock") ? ERROR_NONE : slot_lock(db, arena, draft->actor_id);
	if (!error)
		error = slot_next_free(db, arena, draft->actor_id, draft->embargo_us > now_us ? draft->embargo_us - 1 : now_us, ret_us);
	if (error == ERROR_NOT_FOUND)
		return draft_refuse(answer, DRAFT_REFUSED_OTHERWISE, ERROR_UNPROCESSABLE, "no slot is free within 90 days");
	if (!error && draft->expires_us && draft->expires_us <= *ret_us)
		return draft_refuse(answer, DRAFT_EXPIRED, ERROR_UNPROCESSABLE, "it expires before that time");
	return error;
}

static enum error write_new(struct db *db, struct arena *arena, void *owner)
{
	struct writing *writing = owner;
	struct draft *draft = &writing->draft;
	enum error error = authorise_writing(db, arena, draft->actor_id, writing->author);
	if (!error && draft->scheduled_us)
		error = authorise_time(db, arena, draft->actor_id, writing->author, true);
	if (!error && writing->wish->scheduled_us == DRAFT_NEXT_SLOT)
		error = take_slot(db, arena, draft, writing->answer, &draft->scheduled_us);
	if (!error)
		error = draft_insert(db, arena, draft, &writing->version);
	if (!error)
		error = keep_media(db, arena, writing);
	if (!error)
		error = add_job(db, arena, draft);
	event_emit_on_commit(db, EVENT_DRAFT, draft->id, draft->actor_id);
	return error;
}

static enum error check_limits(const struct draft_wish *wish, struct draft_answer *answer)
{
	int64_t now_us = clock_now_us();
	bool is_timed = wish->scheduled_us && wish->scheduled_us != DRAFT_NEXT_SLOT;
	if (is_timed && wish->scheduled_us <= now_us)
		return draft_refuse(answer, DRAFT_REFUSED_OTHERWISE, ERROR_UNPROCESSABLE, "the time must be in the future");
	if (wish->expires_us && wish->expires_us <= now_us)
		return draft_refuse(answer, DRAFT_EXPIRED, ERROR_UNPROCESSABLE, "it would expire before it is said");
	if (is_timed && wish->embargo_us > wish->scheduled_us)
		return draft_refuse(answer, DRAFT_EMBARGO, ERROR_UNPROCESSABLE, "the time lies before the end of the embargo");
	return ERROR_NONE;
}

static enum error check_campaign(struct db *db, struct arena *arena, int64_t organisation_id, int64_t campaign_id,
	struct draft_answer *answer)
{
	struct campaign campaign;
	if (!campaign_id)
		return ERROR_NONE;
	enum error error = campaign_find(db, arena, organisation_id, campaign_id, &campaign);
	if (error == ERROR_NOT_FOUND && !MUTANT("draft_campaign"))
		return draft_refuse(answer, DRAFT_REFUSED_OTHERWISE, ERROR_UNPROCESSABLE, "there is no such campaign");
	return error;
}

/* What is wrong with it, and who has to look at it. */
static enum error prepare(struct db *db, struct arena *arena, struct writing *writing, int64_t organisation_id,
	struct draft_answer *answer)
{
	struct draft_content content;
	const struct approval_policy *policy = NULL;
	enum error error = check_limits(writing->wish, answer);
	if (!error)
		error = check_campaign(db, arena, organisation_id, writing->wish->campaign_id, answer);
	if (!error)
		error = draft_payload_make(db, arena, writing->wish, &content, &answer->message);
	if (!error)
		error = choose_policy(db, arena, organisation_id, &content.subject, &policy);
	if (error)
		return error;
	if (policy && policy->demands_alt_text && content.lacks_alt_text && !MUTANT("draft_alt_text"))
		return draft_refuse(answer, DRAFT_MISSING_ALT_TEXT, ERROR_UNPROCESSABLE, "every picture needs a text that describes it");
	writing->version = (struct draft_version){ .payload = content.payload, .media_ids = content.media_ids,
		.media_count = content.media_count, .author_id = writing->author->membership_id, .author_user_id = writing->author->user_id };
	writing->draft.policy_id = policy ? policy->id : 0;
	return ERROR_NONE;
}

enum error draft_create(struct db *db, struct arena *arena, const struct draft_wish *wish, const struct audit_author *author,
	struct draft *ret_draft, struct draft_answer *ret_answer)
{
	struct brand_account account;
	struct writing writing = { .wish = wish, .author = author, .answer = ret_answer };
	enum error error = ERROR_NOT_FOUND;
	if (wish->idempotency_key.len)
		error = draft_find_by_key(db, arena, wish->actor_id, author->user_id, wish->idempotency_key, ret_draft);
	if (error != ERROR_NOT_FOUND)
		return error;
	error = brand_account_find(db, arena, wish->actor_id, &account);
	if (!error)
		error = prepare(db, arena, &writing, account.organisation_id, ret_answer);
	if (error)
		return error;
	writing.draft = (struct draft){
		.id = id_new(), .organisation_id = account.organisation_id, .actor_id = wish->actor_id, .kind = wish->kind,
		.state = wish->is_submitted ? DRAFT_IN_REVIEW : DRAFT_DRAFT,
		.author_id = author->membership_id, .author_user_id = author->user_id, .policy_id = writing.draft.policy_id,
		.post_id = wish->kind == DRAFT_POST ? 0 : wish->post_id,
		.ticket_id = wish->ticket_id, .campaign_id = wish->campaign_id,
		.application_id = wish->request ? wish->request->application_id : 0,
		.embargo_us = wish->embargo_us, .expires_us = wish->expires_us,
		.idempotency_key = wish->idempotency_key.len ? wish->idempotency_key : (struct str){ 0 },
	};
	if (wish->scheduled_us) {
		writing.draft.scheduled_us = wish->scheduled_us;
		writing.draft.scheduled_by = author->membership_id;
		writing.draft.scheduled_user_id = author->user_id;
	}
	error = draft_run(db, arena, &writing.draft, author, "draft.create", write_new, &writing);
	if (error == ERROR_CONFLICT && wish->idempotency_key.len)
		return draft_find_by_key(db, arena, wish->actor_id, author->user_id, wish->idempotency_key, ret_draft);
	return error ? error : draft_find(db, arena, account.organisation_id, writing.draft.id, ret_draft);
}

/* As it was when the caller saw it. */
static enum error lock_seen(struct db *db, struct arena *arena, const struct draft *draft, int64_t lock_version,
	struct draft_answer *answer, struct draft *ret_draft)
{
	enum error error = draft_lock(db, arena, draft->organisation_id, draft->id, ret_draft);
	if (!error && lock_version && ret_draft->lock_version != lock_version && !MUTANT("draft_stale"))
		return draft_refuse(answer, DRAFT_STALE, ERROR_CONFLICT, "somebody changed it since");
	return error;
}

/* Where a new version goes to; DRAFT_STATE_COUNT: nowhere. Where nobody said who has to look, its author submits it again. */
static enum draft_state state_after_edit(enum draft_state state, bool has_policy)
{
	switch (state) {
	case DRAFT_DRAFT:
	case DRAFT_CHANGES_REQUESTED:
		return DRAFT_DRAFT;
	case DRAFT_IN_REVIEW:
	case DRAFT_APPROVED:
	case DRAFT_SCHEDULED:
		return has_policy ? DRAFT_IN_REVIEW : DRAFT_DRAFT;
	case DRAFT_PUBLISHING:
	case DRAFT_PUBLISHED:
	case DRAFT_FAILED:
	case DRAFT_WITHDRAWN:
	case DRAFT_STATE_COUNT:
		break;
	}
	return DRAFT_STATE_COUNT;
}

static enum error write_version(struct db *db, struct arena *arena, void *owner)
{
	struct writing *writing = owner;
	struct draft now;
	enum error error = lock_seen(db, arena, &writing->draft, writing->lock_version, writing->answer, &now);
	if (!error)
		error = authorise_writing(db, arena, now.actor_id, writing->author);
	if (error)
		return error;
	enum draft_state state = state_after_edit(now.state, writing->draft.policy_id != 0);
	if (state == DRAFT_STATE_COUNT)
		return draft_refuse(writing->answer, DRAFT_WRONG_STATE, ERROR_CONFLICT, "it cannot be changed any more");
	error = draft_add_version(db, arena, &now, &writing->version, state, writing->draft.policy_id);
	if (!error)
		error = draft_set_limits(db, arena, now.id, writing->wish->embargo_us, writing->wish->expires_us,
			writing->wish->campaign_id);
	if (!error)
		error = keep_media(db, arena, writing);
	event_emit_on_commit(db, EVENT_DRAFT, now.id, now.actor_id);
	return error;
}

enum error draft_edit(struct db *db, struct arena *arena, const struct draft *draft, int64_t lock_version,
	const struct draft_wish *wish, const struct audit_author *author, struct draft *ret_draft,
	struct draft_answer *ret_answer)
{
	struct writing writing = { .wish = wish, .author = author, .draft = *draft, .lock_version = lock_version, .answer = ret_answer };
	if (wish->kind != draft->kind || wish->actor_id != draft->actor_id || (wish->kind != DRAFT_POST && wish->post_id != draft->post_id))
		return draft_refuse(ret_answer, DRAFT_REFUSED_OTHERWISE, ERROR_UNPROCESSABLE, "what it is for does not change");
	enum error error = prepare(db, arena, &writing, draft->organisation_id, ret_answer);
	if (!error)
		error = draft_run(db, arena, draft, author, "draft.edit", write_version, &writing);
	return error ? error : draft_find(db, arena, draft->organisation_id, draft->id, ret_draft);
}

/* ---- the other deeds ---- */

struct doing {
	const struct draft *draft;
	const struct audit_author *author;
	enum draft_deed deed;
	int64_t lock_version, time_us;
	struct draft_answer *answer;
};

static enum error submit(struct db *db, struct arena *arena, const struct doing *doing, const struct draft *now)
{
	enum error error = authorise_writing(db, arena, now->actor_id, doing->author);
	if (error)
		return error;
	if (now->state != DRAFT_DRAFT)
		return draft_refuse(doing->answer, DRAFT_WRONG_STATE, ERROR_CONFLICT, "it is not a draft that waits for being submitted");
	return draft_go(db, arena, now->id, DRAFT_DRAFT, DRAFT_IN_REVIEW);
}

static enum error withdraw(struct db *db, struct arena *arena, const struct doing *doing, const struct draft *now)
{
	enum error error = authorise_writing(db, arena, now->actor_id, doing->author);
	if (error == ERROR_FORBIDDEN)
		error = draft_authorise(db, arena, now->actor_id, doing->author, PERMISSION_POST_DELETE, false);
	if (error)
		return error;
	if (now->state == DRAFT_PUBLISHING || now->state == DRAFT_PUBLISHED || now->state == DRAFT_WITHDRAWN)
		return draft_refuse(doing->answer, DRAFT_WRONG_STATE, ERROR_CONFLICT, "it cannot be withdrawn any more");
	return draft_go(db, arena, now->id, now->state, DRAFT_WITHDRAWN);
}

static enum error set_time(struct db *db, struct arena *arena, const struct doing *doing, const struct draft *now)
{
	struct draft timed = *now;
	int64_t time_us = doing->time_us;
	bool is_own = doing->author->user_id && now->author_user_id == doing->author->user_id;
	enum error error = authorise_time(db, arena, now->actor_id, doing->author, is_own);
	if (error)
		return error;
	if (now->state == DRAFT_PUBLISHING || now->state == DRAFT_PUBLISHED || now->state == DRAFT_WITHDRAWN)
		return draft_refuse(doing->answer, DRAFT_WRONG_STATE, ERROR_CONFLICT, "it cannot be scheduled any more");
	if (time_us == DRAFT_NEXT_SLOT) {
		error = take_slot(db, arena, now, doing->answer, &time_us);
		if (error)
			return error;
	}
	if (time_us <= clock_now_us())
		return draft_refuse(doing->answer, DRAFT_REFUSED_OTHERWISE, ERROR_UNPROCESSABLE, "the time must be in the future");
	if (now->embargo_us > time_us)
		return draft_refuse(doing->answer, DRAFT_EMBARGO, ERROR_UNPROCESSABLE, "the time lies before the end of the embargo");
	if (now->expires_us && now->expires_us <= time_us)
		return draft_refuse(doing->answer, DRAFT_EXPIRED, ERROR_UNPROCESSABLE, "it expires before that time");
	timed.scheduled_us = time_us;
	error = draft_set_time(db, arena, now->id, time_us, doing->author->membership_id, doing->author->user_id);
	if (!error && (now->state == DRAFT_APPROVED || now->state == DRAFT_FAILED))
		error = draft_go(db, arena, now->id, now->state, DRAFT_SCHEDULED);
	return error ? error : add_job(db, arena, &timed);
}

static enum error write_deed(struct db *db, struct arena *arena, void *owner)
{
	const struct doing *doing = owner;
	struct draft now;
	enum error error = lock_seen(db, arena, doing->draft, doing->lock_version, doing->answer, &now);
	if (error)
		return error;
	event_emit_on_commit(db, EVENT_DRAFT, now.id, now.actor_id);
	switch (doing->deed) {
	case DRAFT_SUBMIT:
		return submit(db, arena, doing, &now);
	case DRAFT_SCHEDULE:
		return set_time(db, arena, doing, &now);
	case DRAFT_WITHDRAW:
		return withdraw(db, arena, doing, &now);
	}
	return ERROR_INTERNAL;
}

enum error draft_do(struct db *db, struct arena *arena, const struct draft *draft, int64_t lock_version, enum draft_deed deed,
	int64_t time_us, const struct audit_author *author, struct draft *ret_draft, struct draft_answer *ret_answer)
{
	static const char *const actions[] = { [DRAFT_SUBMIT] = "draft.submit", [DRAFT_SCHEDULE] = "draft.schedule",
		[DRAFT_WITHDRAW] = "draft.withdraw" };
	struct doing doing = { .draft = draft, .author = author, .deed = deed, .lock_version = lock_version, .time_us = time_us,
		.answer = ret_answer };
	/* The operator's own hand schedules nothing: somebody's right must stand for it. */
	if (deed == DRAFT_SCHEDULE && !author->user_id)
		return ERROR_FORBIDDEN;
	enum error error = draft_run(db, arena, draft, author, actions[deed], write_deed, &doing);
	if (error == ERROR_CONFLICT && !ret_answer->message.data)
		ret_answer->refusal = DRAFT_WRONG_STATE;
	return error ? error : draft_find(db, arena, draft->organisation_id, draft->id, ret_draft);
}

/* ---- comments ---- */

struct commenting {
	const struct draft *draft;
	const struct audit_author *author;
	struct draft_comment comment;
};

static enum error write_comment(struct db *db, struct arena *arena, void *owner)
{
	const struct commenting *commenting = owner;
	enum error error =
		draft_authorise(db, arena, commenting->draft->actor_id, commenting->author, PERMISSION_DRAFT_COMMENT, true);
	event_emit_on_commit(db, EVENT_DRAFT, commenting->draft->id, commenting->draft->actor_id);
	return error ? error : draft_comment_add(db, arena, &commenting->comment);
}

enum error draft_comment(struct db *db, struct arena *arena, const struct draft *draft, struct str body,
	const struct audit_author *author, struct draft_comment *ret_comment, struct draft_answer *ret_answer)
{
	struct str text = str_trim(body);
	struct commenting commenting = { .draft = draft, .author = author, .comment = {
		.id = id_new(), .draft_id = draft->id, .version = draft->version, .membership_id = author->membership_id,
		.user_id = author->user_id, .body = text, .created_us = clock_now_us() } };
	if (!text.len || text.len > COMMENT_MAX_BYTES || !str_is_utf8(text))
		return draft_refuse(ret_answer, DRAFT_REFUSED_OTHERWISE, ERROR_UNPROCESSABLE, "a comment has 1 to 5,000 bytes");
	enum error error = draft_run(db, arena, draft, author, "draft.comment", write_comment, &commenting);
	if (!error)
		*ret_comment = commenting.comment;
	return error;
}
