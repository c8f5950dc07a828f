/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Drafts over the brand API: what they are, making them, changing them. */
#include "server/brand/drafts.h"

#include "server/brand/draft_json.h"
#include "server/brand/operation.h"
#include "server/brand/problem.h"
#include "server/mastodon/parameters.h"
#include "server/mastodon/posting_form.h"

#include "base/time_format.h"

#define LIMIT_DEFAULT 20
#define LIMIT_MAX 80

static enum problem problem_of(enum error error, enum draft_refusal refusal)
{
	switch (refusal) {
	case DRAFT_WRONG_STATE:
		return PROBLEM_WRONG_STATE;
	case DRAFT_STALE:
		return PROBLEM_STALE_VERSION;
	case DRAFT_DECIDED:
		return PROBLEM_ALREADY_DECIDED;
	case DRAFT_STEP_NOT_REACHED:
		return PROBLEM_STEP_NOT_REACHED;
	case DRAFT_OWN:
		return PROBLEM_SELF_APPROVAL;
	case DRAFT_NOT_APPROVED:
	case DRAFT_MEDIA_CHANGED:
		return PROBLEM_NOT_APPROVED;
	case DRAFT_EMBARGO:
		return PROBLEM_EMBARGO;
	case DRAFT_EXPIRED:
		return PROBLEM_EXPIRED_ASSET;
	case DRAFT_MISSING_ALT_TEXT:
		return PROBLEM_MISSING_ALT_TEXT;
	case DRAFT_RIGHT_GONE:
		return PROBLEM_PERMISSION_MISSING;
	case DRAFT_REFUSED_OTHERWISE:
		break;
	}
	return error == ERROR_FORBIDDEN ? PROBLEM_PERMISSION_MISSING : error == ERROR_NOT_FOUND ? PROBLEM_NOT_FOUND :
		error == ERROR_CONFLICT ? PROBLEM_CONFLICT : PROBLEM_BAD_VALUE;
}

enum error drafts_refuse(struct request *request, enum error error, const struct draft_answer *answer)
{
	if (error != ERROR_FORBIDDEN && error != ERROR_NOT_FOUND && error != ERROR_CONFLICT && error != ERROR_UNPROCESSABLE)
		return error;
	return problem(request, problem_of(error, answer->refusal), answer->message);
}

enum error drafts_find(struct request *request, const struct seat *seat, enum permission permission, struct draft *ret_draft)
{
	enum error error = draft_find(request->db, request->arena, seat->organisation.id, parameter_path_id(request, 0), ret_draft);
	if (error == ERROR_NOT_FOUND)
		return problem(request, PROBLEM_NOT_FOUND, (struct str){ 0 });
	return error ? error : seat_need_for(request, seat, permission, ret_draft->actor_id, ret_draft->author_user_id == seat->user_id);
}

/* ---- as JSON ---- */

enum error drafts_write(struct request *request, struct json_out *json, const struct draft *draft, bool is_alone)
{
	return draft_json_write(request->db, request->arena, json, draft, is_alone);
}

enum error drafts_respond(struct request *request, int status, const struct draft *draft)
{
	operation_respond_version(request, draft->lock_version);
	return drafts_write(request, respond_json(request, status), draft, true);
}

/* ---- reading ---- */

static enum error read_time(struct request *request, const char *name, int64_t otherwise_us, int64_t *ret_us)
{
	struct str text = parameter_text(request, name);
	*ret_us = otherwise_us;
	if (!text.len) {
		if (parameter_is_there(request, name))
			*ret_us = 0;
		return ERROR_NONE;
	}
	if (time_parse_rfc3339(text, ret_us))
		return ERROR_NONE;
	return problem(request, PROBLEM_BAD_VALUE, arena_printf(request->arena, "%s", name));
}

static enum error read_kind(struct request *request, const struct draft *former, enum draft_kind *kind)
{
	struct str word = parameter_text(request, "kind");
	*kind = former ? former->kind : DRAFT_POST;
	if (!word.len || (draft_kind_from_name(word, kind) && (!former || former->kind == *kind)))
		return ERROR_NONE;
	return problem(request, PROBLEM_BAD_VALUE, STR_LITERAL("kind"));
}

/* A sentence of the form is the client's to mend. */
static enum error read_form(struct request *request, int64_t actor_id, struct publish_request *form)
{
	enum error error = posting_form_read_for(request, actor_id, form);
	if (error == ERROR_UNPROCESSABLE)
		return problem(request, PROBLEM_BAD_VALUE, request->error_message);
	form->repetition = (struct repetition){ 0 };
	return error;
}

enum error drafts_read_slot(struct request *request, int64_t *ret_time_us)
{
	struct str slot = parameter_text(request, "slot");
	bool is_next = str_eq(slot, STR_LITERAL("next"));
	if ((slot.len && !is_next) || (is_next && parameter_text(request, "scheduled_at").len))
		return problem(request, PROBLEM_BAD_VALUE, STR_LITERAL("slot"));
	*ret_time_us = is_next ? DRAFT_NEXT_SLOT : 0;
	return ERROR_NONE;
}

enum error drafts_read_wish(struct request *request, const struct seat *seat, int64_t actor_id, const struct draft *former,
	struct draft_wish *ret_wish)
{
	struct publish_request *form = arena_alloc(request->arena, sizeof(*form));
	struct str visibility = parameter_text(request, "visibility");
	struct draft_wish wish = { .actor_id = actor_id, .request = form, .boost_visibility = POST_PUBLIC };
	(void)seat;
	enum error error = read_kind(request, former, &wish.kind);
	if (!error)
		error = read_form(request, actor_id, form);
	if (!error)
		error = read_time(request, "embargo_until", former ? former->embargo_us : 0, &wish.embargo_us);
	if (!error)
		error = read_time(request, "expires_at", former ? former->expires_us : 0, &wish.expires_us);
	if (!error && !former)
		error = drafts_read_slot(request, &wish.scheduled_us);
	if (!error && !former && !wish.scheduled_us)
		error = read_time(request, "scheduled_at", 0, &wish.scheduled_us);
	if (error)
		return error;
	if (wish.kind == DRAFT_BOOST && visibility.len && !post_visibility_from_name(visibility, &wish.boost_visibility))
		return problem(request, PROBLEM_BAD_VALUE, STR_LITERAL("visibility"));
	wish.post_id = wish.kind == DRAFT_POST ? 0 : former ? former->post_id : parameter_id(request, "post_id");
	wish.campaign_id = parameter_is_there(request, "campaign_id") ? parameter_id(request, "campaign_id") :
		former ? former->campaign_id : 0;
	*ret_wish = wish;
	return ERROR_NONE;
}

/* ---- handlers ---- */

static enum error read_filter(struct request *request, const struct seat *seat, struct draft_filter *filter)
{
	int64_t *actor_ids;
	int64_t account_id = parameter_id(request, "account");
	struct str state = parameter_text(request, "state");
	size_t count = seat_accounts_with(seat, request->arena, PERMISSION_DRAFT_COMMENT, true, &actor_ids), kept = 0;
	for (size_t i = 0; i < count; i++)
		if (!account_id || actor_ids[i] == account_id)
			actor_ids[kept++] = actor_ids[i];
	*filter = (struct draft_filter){ .actor_ids = actor_ids, .actor_count = kept, .state = DRAFT_STATE_COUNT,
		.author_id = parameter_id(request, "author"), .text = parameter_text(request, "q") };
	if (state.len && !draft_state_from_name(state, &filter->state))
		return problem(request, PROBLEM_BAD_VALUE, STR_LITERAL("state"));
	enum error error = read_time(request, "from", 0, &filter->from_us);
	return error ? error : read_time(request, "to", 0, &filter->until_us);
}

enum error handle_drafts_list(struct request *request, const struct seat *seat)
{
	struct draft_filter filter;
	struct id_page page;
	struct draft *drafts;
	size_t count;
	enum error error = read_filter(request, seat, &filter);
	parameter_page(request, LIMIT_DEFAULT, LIMIT_MAX, &page);
	if (!error)
		error = draft_list(request->db, request->arena, &filter, &page, &drafts, &count);
	if (error)
		return error;
	struct json_out *json = respond_json(request, 200);
	json_out_array_begin(json);
	for (size_t i = 0; !error && i < count; i++)
		error = drafts_write(request, json, &drafts[i], false);
	json_out_array_end(json);
	respond_link(request, count, count ? drafts[0].id : 0, count ? drafts[count - 1].id : 0, count == (size_t)page.limit);
	return error;
}

enum error handle_drafts_show(struct request *request, const struct seat *seat)
{
	struct draft draft;
	enum error error = drafts_find(request, seat, PERMISSION_DRAFT_COMMENT, &draft);
	return error ? error : drafts_respond(request, 200, &draft);
}

/* One call for who needs nobody's approval: refused before anything is written when they do. */
static enum error check_press(struct request *request, const struct seat *seat, const struct draft_wish *wish)
{
	bool binds_speakers = false, covers_replies;
	enum error error = seat_need_for(request, seat, PERMISSION_ACCOUNT_SPEAK, wish->actor_id, true);
	if (!error)
		error = draft_policy_for(request->db, request->arena, wish->actor_id, wish->kind, wish->post_id, wish->request, &binds_speakers,
			&covers_replies);
	if (!error && binds_speakers)
		return problem(request, PROBLEM_NOT_APPROVED, (struct str){ 0 });
	return error;
}

enum error handle_drafts_create(struct request *request, const struct seat *seat)
{
	struct draft_wish wish;
	struct draft draft;
	struct draft_answer answer = { 0 };
	int64_t actor_id;
	bool is_pressed = parameter_bool(request, "publish", false);
	enum error error = seat_choose_account(request, seat, PERMISSION_DRAFT_WRITE, &actor_id);
	if (!error)
		error = drafts_read_wish(request, seat, actor_id, NULL, &wish);
	if (error)
		return error;
	wish.is_submitted = parameter_bool(request, "submit", false) && !is_pressed;
	if (is_pressed)
		error = check_press(request, seat, &wish);
	if (error)
		return error;
	error = draft_create(request->db, request->arena, &wish, &seat->author, &draft, &answer);
	if (!error && is_pressed)
		error = draft_publish(request->db, request->arena, &draft, &seat->author, &draft, &answer);
	return error ? drafts_refuse(request, error, &answer) : drafts_respond(request, 201, &draft);
}

enum error handle_drafts_edit(struct request *request, const struct seat *seat)
{
	struct draft_wish wish;
	struct draft draft;
	struct draft_answer answer = { 0 };
	int64_t version;
	enum error error = drafts_find(request, seat, PERMISSION_DRAFT_WRITE, &draft);
	if (!error)
		error = operation_need_version(request, &version);
	if (!error)
		error = drafts_read_wish(request, seat, draft.actor_id, &draft, &wish);
	if (error)
		return error;
	error = draft_edit(request->db, request->arena, &draft, version, &wish, &seat->author, &draft, &answer);
	return error ? drafts_refuse(request, error, &answer) : drafts_respond(request, 200, &draft);
}

enum error handle_drafts_versions(struct request *request, const struct seat *seat)
{
	struct draft draft;
	struct draft_version *versions;
	size_t count;
	enum error error = drafts_find(request, seat, PERMISSION_DRAFT_COMMENT, &draft);
	if (!error)
		error = draft_version_list(request->db, request->arena, draft.id, &versions, &count);
	if (error)
		return error;
	struct json_out *json = respond_json(request, 200);
	json_out_array_begin(json);
	for (size_t i = 0; i < count; i++) {
		AUTO(buf) struct buf sha256 = { 0 };
		for (size_t j = 0; j < versions[i].sha256.len; j++)
			buf_add_printf(&sha256, "%02x", (unsigned char)versions[i].sha256.data[j]);
		json_out_object_begin(json);
		json_out_key_int(json, "version", versions[i].version);
		json_out_key_id(json, "author_id", versions[i].author_id);
		json_out_key_str(json, "sha256", buf_str(&sha256));
		json_out_key_time_ms(json, "created_at", versions[i].created_us);
		json_out_key(json, "content");
		json_out_raw(json, versions[i].payload);
		json_out_object_end(json);
	}
	json_out_array_end(json);
	return ERROR_NONE;
}
