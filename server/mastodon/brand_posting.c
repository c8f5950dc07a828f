/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Posting for brand accounts from apps. */
#include "server/mastodon/brand_posting.h"

#include "server/action/deed.h"
#include "server/action/draft.h"
#include "server/brand/problem.h"
#include "server/entity/scheduled_status.h"
#include "server/mastodon/brand_scheduled.h"
#include "server/mastodon/posting_form.h"

#include "base/mutant.h"
#include "storage/ticket.h"

static bool is_for_brand(const struct request *request)
{
	return request->access.standing.membership_id != 0;
}

static bool may(const struct request *request, enum permission permission)
{
	return rights_allow(request->access.standing.rights, permission);
}

static struct release_claim claim_of(const struct request *request, enum release_ground ground, int64_t ticket_id)
{
	return (struct release_claim){ .ground = ground, .user_id = request->access.user_id,
		.membership_id = request->access.standing.membership_id, .ticket_id = ticket_id };
}

static void claim(const struct request *request, enum release_ground ground, int64_t ticket_id)
{
	const struct release_claim made = claim_of(request, ground, ticket_id);
	deed_set_claim(&made);
}

void brand_posting_speak(struct request *request)
{
	if (is_for_brand(request) && may(request, PERMISSION_ACCOUNT_SPEAK))
		claim(request, RELEASE_SPOKEN, 0);
}

/* An answer to somebody in a conversation that is open, by who answers there. */
static enum error find_conversation(struct request *request, const struct publish_request *form, int64_t *ret_ticket_id)
{
	struct ticket ticket;
	enum permission permission = form->visibility == POST_DIRECT ? PERMISSION_INBOX_REPLY_PRIVATE : PERMISSION_INBOX_REPLY;
	*ret_ticket_id = 0;
	if (!form->in_reply_to_id)
		return ERROR_NONE;
	enum error error = ticket_find_by_post(request->db, request->arena, form->actor_id, form->in_reply_to_id, &ticket);
	if (error)
		return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
	bool is_own = ticket.assignee_id == request->access.standing.membership_id;
	if (may(request, permission) || (is_own && rights_allow_own(request->access.standing.rights, permission)))
		*ret_ticket_id = ticket.id;
	return ERROR_NONE;
}

static enum error respond_saved(struct request *request, const struct draft *draft)
{
	enum language language = problem_language(request);
	struct json_out *json = respond_json(request, 422);
	json_out_object_begin(json);
	json_out_key_str(json, "error", arena_printf(request->arena, "%.*s%lld%.*s",
		STR_ARG(text_get(language, TEXT_DRAFT_SAVED_BEFORE_NUMBER)), (long long)draft->number,
		STR_ARG(text_get(language, TEXT_DRAFT_SAVED_BEHIND_NUMBER))));
	json_out_object_end(json);
	return ERROR_NONE;
}

static enum error respond_scheduled(struct request *request, const struct draft *draft)
{
	const struct reader reader = reader_of(request, FILTER_NONE);
	struct scheduled_post shown;
	enum error error = brand_scheduled_show(request, draft, &shown);
	return error ? error : scheduled_status_write(&reader, respond_json(request, 200), &shown);
}

static enum error keep_for_review(struct request *request, const struct draft_wish *wish)
{
	struct draft draft;
	struct draft_answer answer = { 0 };
	const struct audit_author author = { request->access.user_id, request->access.standing.membership_id, AUDIT_APP };
	if (!may(request, PERMISSION_DRAFT_WRITE))
		return ERROR_FORBIDDEN;
	enum error error = draft_create(request->db, request->arena, wish, &author, &draft, &answer);
	if (error && answer.message.data)
		request->error_message = answer.message;
	if (error)
		return error;
	return draft.scheduled_us ? respond_scheduled(request, &draft) : respond_saved(request, &draft);
}

enum error brand_posting_begin(struct request *request, const struct publish_request *form, int64_t scheduled_us)
{
	bool binds_speakers = false, covers_replies = false;
	int64_t ticket_id = 0;
	struct draft_wish wish = { .kind = DRAFT_POST, .request = form, .actor_id = form->actor_id, .is_submitted = true,
		.idempotency_key = form->repetition.key };
	if (!is_for_brand(request))
		return ERROR_NONE;
	enum error error = publish_check(request->db, request->arena, form, &request->error_message);
	if (!error)
		error = draft_policy_for(request->db, request->arena, form->actor_id, DRAFT_POST, 0, form, &binds_speakers,
			&covers_replies);
	if (!error)
		error = find_conversation(request, form, &ticket_id);
	if (error)
		return error;
	if (may(request, PERMISSION_ACCOUNT_SPEAK) && !binds_speakers) {
		claim(request, RELEASE_SPOKEN, 0);
		return ERROR_NONE;
	}
	if (ticket_id && !covers_replies && !scheduled_us) {
		claim(request, RELEASE_REPLY, ticket_id);
		return ERROR_NONE;
	}
	if (scheduled_us && (may(request, PERMISSION_DRAFT_SCHEDULE) || may(request, PERMISSION_ACCOUNT_SPEAK) ||
		rights_allow_own(request->access.standing.rights, PERMISSION_DRAFT_SCHEDULE)))
		wish.scheduled_us = scheduled_us;
	wish.ticket_id = ticket_id;
	return keep_for_review(request, &wish);
}

enum error brand_posting_begin_edit(struct request *request, const struct post *post)
{
	bool binds_speakers = false, covers_replies;
	struct publish_request form;
	if (!is_for_brand(request))
		return ERROR_NONE;
	enum error error = posting_form_read(request, &form);
	if (error)
		return error;
	form.visibility = post->visibility;
	form.in_reply_to_id = post->in_reply_to_id;
	if (!form.text.data)
		form.text = post->text_source;
	error = draft_policy_for(request->db, request->arena, post->actor_id, DRAFT_EDIT, post->id, &form, &binds_speakers, &covers_replies);
	if (error)
		return error;
	if (may(request, PERMISSION_ACCOUNT_SPEAK) && !binds_speakers) {
		claim(request, RELEASE_SPOKEN, 0);
		return ERROR_NONE;
	}
	const struct draft_wish wish = { .kind = DRAFT_EDIT, .request = &form, .actor_id = post->actor_id, .post_id = post->id,
		.is_submitted = true, .idempotency_key = form.repetition.key };
	return keep_for_review(request, &wish);
}

enum error brand_posting_begin_boost(struct request *request, int64_t post_id, enum post_visibility visibility)
{
	bool binds_speakers = false, covers_replies;
	if (!is_for_brand(request))
		return ERROR_NONE;
	enum error error = draft_policy_for(request->db, request->arena, request->access.actor_id, DRAFT_BOOST, post_id, NULL, &binds_speakers,
		&covers_replies);
	if (error)
		return error;
	if (may(request, PERMISSION_ACCOUNT_SPEAK) && !binds_speakers) {
		claim(request, RELEASE_SPOKEN, 0);
		return ERROR_NONE;
	}
	const struct draft_wish wish = { .kind = DRAFT_BOOST, .actor_id = request->access.actor_id, .post_id = post_id,
		.boost_visibility = visibility, .is_submitted = true };
	return keep_for_review(request, &wish);
}
