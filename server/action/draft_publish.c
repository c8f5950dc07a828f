/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * From a draft to what it says. What is published is made from the stored version, and only when the same bytes come out of
 * it now: files and their texts are part of them. */
#include "server/action/draft.h"

#include "server/action/boost.h"
#include "server/action/deed.h"
#include "server/action/draft_parts.h"
#include "server/action/draft_payload.h"
#include "server/action/edit_post.h"

#include "base/clock.h"
#include "base/json_out.h"
#include "base/log.h"
#include "base/mutant.h"
#include "storage/asset.h"
#include "storage/event.h"
#include "storage/id.h"
#include "storage/membership.h"

struct pressing {
	const struct draft *draft;
	const struct audit_author *author;
	struct draft_wish wish;
	struct release_claim claim;
	struct draft_answer *answer;
};

/* Whether the draft's policy asks approval of those who may speak as well. */
static enum error find_bond(struct db *db, struct arena *arena, const struct draft *draft, bool *ret_is_bound)
{
	struct approval_policy *policies;
	size_t count;
	enum error error = approval_policy_list(db, arena, draft->organisation_id, &policies, &count);
	*ret_is_bound = false;
	for (size_t i = 0; !error && i < count; i++)
		*ret_is_bound = *ret_is_bound || (policies[i].id == draft->policy_id && policies[i].binds_speakers);
	return error;
}

static bool is_over(enum draft_state state)
{
	return state == DRAFT_PUBLISHED || state == DRAFT_WITHDRAWN || state == DRAFT_PUBLISHING;
}

static bool was_approved(enum draft_state state)
{
	return state == DRAFT_APPROVED || state == DRAFT_SCHEDULED || state == DRAFT_FAILED;
}

static enum error choose_ground(struct db *db, struct arena *arena, struct pressing *pressing)
{
	const struct draft *draft = pressing->draft;
	struct standing standing;
	bool is_bound, is_ready = was_approved(draft->state);
	enum error error = rights_find(db, arena, pressing->author->user_id, draft->actor_id, &standing);
	if (!error)
		error = find_bond(db, arena, draft, &is_bound);
	if (error)
		return error;
	bool speaks = rights_allow(standing.rights, PERMISSION_ACCOUNT_SPEAK);
	bool schedules = rights_allow(standing.rights, PERMISSION_DRAFT_SCHEDULE) ||
		(draft->author_user_id == pressing->author->user_id && rights_allow_own(standing.rights, PERMISSION_DRAFT_SCHEDULE));
	if (is_over(draft->state))
		return draft_refuse(pressing->answer, DRAFT_WRONG_STATE, ERROR_CONFLICT, "it cannot be published any more");
	if (!speaks && !schedules)
		return draft_refuse(pressing->answer, DRAFT_RIGHT_GONE, ERROR_FORBIDDEN, "the right to publish it is missing");
	pressing->claim.ground = speaks && !is_bound && !is_ready && draft->state != DRAFT_CHANGES_REQUESTED ? RELEASE_SPOKEN :
		RELEASE_APPROVED;
	if (pressing->claim.ground == RELEASE_APPROVED && !is_ready)
		return draft_refuse(pressing->answer, DRAFT_NOT_APPROVED, ERROR_UNPROCESSABLE, "it is not approved");
	return ERROR_NONE;
}

static enum error check_approval(struct db *db, struct arena *arena, const struct pressing *pressing)
{
	const struct draft *draft = pressing->draft;
	bool is_complete = true;
	enum error error = ERROR_NONE;
	if (draft->embargo_us > clock_now_us())
		return draft_refuse(pressing->answer, DRAFT_EMBARGO, ERROR_UNPROCESSABLE, "the embargo is not over");
	if (draft->expires_us && draft->expires_us <= clock_now_us())
		return draft_refuse(pressing->answer, DRAFT_EXPIRED, ERROR_UNPROCESSABLE, "it has expired");
	if (pressing->claim.ground == RELEASE_APPROVED)
		error = approval_is_complete(db, arena, draft->id, draft->version, &is_complete);
	if (!error && !is_complete)
		return draft_refuse(pressing->answer, DRAFT_NOT_APPROVED, ERROR_UNPROCESSABLE, "approvals of it count no more");
	return error;
}

static enum error check_assets(struct db *db, struct arena *arena, const struct pressing *pressing, const struct draft_content *content)
{
	enum asset_verdict verdict;
	int64_t medium_id;
	enum error error = asset_check(db, arena, pressing->draft->organisation_id, content->media_ids, content->media_count,
		clock_now_us(), &verdict, &medium_id);
	if (error)
		return error;
	if (verdict == ASSET_EMBARGO && !MUTANT("draft_asset"))
		return draft_refuse(pressing->answer, DRAFT_EMBARGO, ERROR_UNPROCESSABLE, "the embargo on one of its files is not over");
	if (verdict == ASSET_EXPIRED && !MUTANT("draft_asset"))
		return draft_refuse(pressing->answer, DRAFT_EXPIRED, ERROR_UNPROCESSABLE, "one of its files may not be used any more");
	return ERROR_NONE;
}

/* The bytes that were approved are the bytes that would be said. */
static enum error check_payload(struct db *db, struct arena *arena, struct pressing *pressing)
{
	struct draft_version version;
	struct draft_content content;
	enum error error = draft_version_find(db, arena, pressing->draft->id, pressing->draft->version, &version);
	if (!error)
		error = draft_payload_read(arena, version.payload, &pressing->wish);
	if (!error)
		error = draft_payload_make(db, arena, &pressing->wish, &content, &pressing->answer->message);
	if (error)
		return error;
	if (!str_eq(content.payload, version.payload) && !MUTANT("draft_payload"))
		return draft_refuse(pressing->answer, DRAFT_MEDIA_CHANGED, ERROR_UNPROCESSABLE, "its files or their texts were changed since");
	return check_assets(db, arena, pressing, &content);
}

static enum error say_post(struct db *db, struct arena *arena, struct pressing *pressing)
{
	struct publish_request request = *pressing->wish.request;
	int64_t post_id;
	request.user_id = pressing->draft->author_user_id;
	request.application_id = pressing->draft->application_id;
	request.id = pressing->claim.draft_post_id;
	return publish_post_id(db, arena, &request, &post_id, &pressing->answer->message);
}

static enum error say_edit(struct db *db, struct arena *arena, struct pressing *pressing)
{
	const struct publish_request *request = pressing->wish.request;
	struct post post;
	const struct edit_request edit = {
		.actor_id = pressing->draft->actor_id, .post_id = pressing->draft->post_id, .replaces_media = true,
		.composition = { .text = request->text, .is_markdown = request->is_markdown, .spoiler_text = request->spoiler_text,
			.language = request->language, .is_sensitive = request->is_sensitive, .poll = request->poll,
			.media_ids = request->media_ids, .media_count = request->media_count },
		.quote_policy = &request->quote_policy,
	};
	return edit_post(db, arena, &edit, &post, &pressing->answer->message);
}

static enum error say(struct db *db, struct arena *arena, struct pressing *pressing)
{
	struct boost boost;
	switch (pressing->draft->kind) {
	case DRAFT_POST:
		return say_post(db, arena, pressing);
	case DRAFT_EDIT:
		return say_edit(db, arena, pressing);
	case DRAFT_BOOST:
		return boost_start(db, arena, pressing->draft->actor_id, pressing->draft->post_id, pressing->wish.boost_visibility, &boost);
	}
	return ERROR_INTERNAL;
}

static struct str describe(struct arena *arena, const struct release_claim *claim)
{
	AUTO(buf) struct buf out = { 0 };
	struct json_out json;
	json_out_init(&json, &out);
	json_out_object_begin(&json);
	json_out_key_int(&json, "draft_id", claim->draft_id);
	json_out_key_int(&json, "version", claim->version);
	json_out_key_c_string(&json, "ground", release_ground_name(claim->ground));
	json_out_object_end(&json);
	return arena_str(arena, buf_str(&out));
}

static enum error press(struct db *db, struct arena *arena, struct pressing *pressing)
{
	const struct draft *draft = pressing->draft;
	struct release_claim *claim = &pressing->claim;
	claim->user_id = pressing->author->user_id;
	claim->membership_id = pressing->author->membership_id;
	claim->draft_id = draft->id;
	claim->version = draft->version;
	claim->ticket_id = draft->ticket_id;
	claim->draft_post_id = draft->kind == DRAFT_POST ? id_new() : 0;
	const struct deed_author deed = { .organisation_id = draft->organisation_id, .author = *pressing->author,
		.action = STR("draft.publish"), .target = arena_printf(arena, "draft:%lld", (long long)draft->id), .claim = *claim,
		.data = describe(arena, claim) };
	deed_begin(&deed);
	enum error error = say(db, arena, pressing);
	(void)deed_end();
	return error;
}

enum error draft_publish(struct db *db, struct arena *arena, const struct draft *draft, const struct audit_author *author,
	struct draft *ret_draft, struct draft_answer *ret_answer)
{
	struct pressing pressing = { .draft = draft, .author = author, .answer = ret_answer };
	if (!author->user_id)
		return ERROR_FORBIDDEN;
	enum error error = choose_ground(db, arena, &pressing);
	if (!error)
		error = check_approval(db, arena, &pressing);
	if (!error)
		error = check_payload(db, arena, &pressing);
	if (error)
		return error;
	error = press(db, arena, &pressing);
	if (error && error != ERROR_CONFLICT && error != ERROR_COMMIT_UNKNOWN)
		return error;
	/* Somebody else may have pressed at the same moment, or the answer to COMMIT was lost. */
	enum error found = draft_find(db, arena, draft->organisation_id, draft->id, ret_draft);
	if (found || !error || ret_draft->state == DRAFT_PUBLISHED)
		return found;
	return draft_refuse(ret_answer, DRAFT_WRONG_STATE, ERROR_CONFLICT, "it was changed while it was published");
}

/* ---- when its time has come ---- */

static const char *const words[] = {
	[DRAFT_REFUSED_OTHERWISE] = "refused",
	[DRAFT_WRONG_STATE] = "wrong_state",
	[DRAFT_STALE] = "wrong_state",
	[DRAFT_DECIDED] = "wrong_state",
	[DRAFT_STEP_NOT_REACHED] = "not_approved",
	[DRAFT_OWN] = "not_approved",
	[DRAFT_NOT_APPROVED] = "not_approved",
	[DRAFT_EMBARGO] = "embargo",
	[DRAFT_EXPIRED] = "expired",
	[DRAFT_MISSING_ALT_TEXT] = "missing_alt_text",
	[DRAFT_MEDIA_CHANGED] = "media_changed",
	[DRAFT_RIGHT_GONE] = "right_gone",
};

struct telling {
	const struct draft *draft;
	const char *word;
	bool has_failed;
};

static enum error write_telling(struct db *db, struct arena *arena, void *owner)
{
	const struct telling *telling = owner;
	struct draft now;
	enum error error = draft_lock(db, arena, 0, telling->draft->id, &now);
	if (error || now.version != telling->draft->version || now.state != telling->draft->state)
		return error;
	const struct draft_comment comment = { .id = id_new(), .draft_id = now.id, .version = now.version, .body = str_from(telling->word) };
	error = draft_comment_add(db, arena, &comment);
	if (!error && telling->has_failed)
		error = draft_go(db, arena, now.id, DRAFT_SCHEDULED, DRAFT_PUBLISHING);
	if (!error && telling->has_failed)
		error = draft_go(db, arena, now.id, DRAFT_PUBLISHING, DRAFT_FAILED);
	if (!error && telling->has_failed)
		error = draft_set_failure(db, arena, now.id, comment.body);
	event_emit_on_commit(db, EVENT_DRAFT, now.id, now.actor_id);
	return error;
}

static enum error tell(struct db *db, struct arena *arena, const struct draft *draft, const char *word, bool has_failed)
{
	const struct audit_author author = { .door = AUDIT_WORKER };
	struct telling telling = { draft, word, has_failed };
	return draft_run(db, arena, draft, &author, has_failed ? "draft.fail" : "draft.late", write_telling, &telling);
}

static bool is_refusal(enum error error)
{
	return error == ERROR_UNPROCESSABLE || error == ERROR_NOT_FOUND || error == ERROR_FORBIDDEN || error == ERROR_CONFLICT;
}

enum error draft_publish_due(struct db *db, struct arena *arena, int64_t draft_id, int64_t *ret_due_us)
{
	struct draft draft, published;
	struct draft_answer answer = { 0 };
	enum error error = draft_find(db, arena, 0, draft_id, &draft);
	if (error)
		return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
	if (!draft.scheduled_us)
		return ERROR_NONE;
	if (draft.scheduled_us > clock_now_us()) {
		*ret_due_us = draft.scheduled_us;
		return ERROR_NONE;
	}
	if (draft.state == DRAFT_IN_REVIEW)
		return tell(db, arena, &draft, "not_approved_in_time", false);
	if (draft.state != DRAFT_SCHEDULED)
		return ERROR_NONE;
	const struct audit_author author = { draft.scheduled_user_id, draft.scheduled_by, AUDIT_WORKER };
	error = draft_publish(db, arena, &draft, &author, &published, &answer);
	if (!is_refusal(error))
		return error;
	if (error == ERROR_FORBIDDEN && answer.refusal == DRAFT_REFUSED_OTHERWISE)
		answer.refusal = DRAFT_RIGHT_GONE;
	log_event(LOG_LEVEL_INFO, "draft_refused", LOG_INT("draft", draft_id), LOG_TEXT("error", error_name(error)));
	return tell(db, arena, &draft, words[answer.refusal], true);
}
