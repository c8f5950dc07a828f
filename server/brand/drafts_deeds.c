/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What is done with drafts over the brand API: submitting, deciding, scheduling, publishing, withdrawing, commenting. */
#include "server/brand/drafts.h"

#include "server/brand/operation.h"
#include "server/brand/problem.h"
#include "server/mastodon/parameters.h"
#include "server/web/text.h"

#include "base/time_format.h"

static enum error run(struct request *request, const struct seat *seat, struct draft *draft, enum draft_deed deed, int64_t time_us)
{
	struct draft_answer answer = { 0 };
	enum error error = draft_do(request->db, request->arena, draft, 0, deed, time_us, &seat->author, draft, &answer);
	return error ? drafts_refuse(request, error, &answer) : drafts_respond(request, 200, draft);
}

enum error handle_drafts_submit(struct request *request, const struct seat *seat)
{
	struct draft draft;
	enum error error = drafts_find(request, seat, PERMISSION_DRAFT_WRITE, &draft);
	return error ? error : run(request, seat, &draft, DRAFT_SUBMIT, 0);
}

enum error handle_drafts_withdraw(struct request *request, const struct seat *seat)
{
	struct draft draft;
	enum error error = drafts_find(request, seat, PERMISSION_DRAFT_WRITE, &draft);
	return error ? error : run(request, seat, &draft, DRAFT_WITHDRAW, 0);
}

enum error handle_drafts_schedule(struct request *request, const struct seat *seat)
{
	struct draft draft;
	int64_t time_us;
	enum error error = drafts_find(request, seat, PERMISSION_DRAFT_COMMENT, &draft);
	if (error)
		return error;
	error = drafts_read_slot(request, &time_us);
	if (error)
		return error;
	if (!time_us && !time_parse_rfc3339(parameter_text(request, "scheduled_at"), &time_us))
		return problem(request, PROBLEM_BAD_VALUE, STR_LITERAL("scheduled_at"));
	return run(request, seat, &draft, DRAFT_SCHEDULE, time_us);
}

static enum error decide(struct request *request, const struct seat *seat, bool is_rejection)
{
	struct draft draft;
	struct draft_answer answer = { 0 };
	int64_t version = parameter_int(request, "version", 0, 0, INT32_MAX);
	enum error error = drafts_find(request, seat, PERMISSION_DRAFT_COMMENT, &draft);
	if (error)
		return error;
	if (!version)
		return problem(request, PROBLEM_BAD_VALUE, STR_LITERAL("version"));
	error = draft_decide(request->db, request->arena, &draft, version, is_rejection, parameter_text(request, "comment"),
		&seat->author, &draft, &answer);
	return error ? drafts_refuse(request, error, &answer) : drafts_respond(request, 200, &draft);
}

enum error handle_drafts_approve(struct request *request, const struct seat *seat)
{
	return decide(request, seat, false);
}

enum error handle_drafts_reject(struct request *request, const struct seat *seat)
{
	return decide(request, seat, true);
}

enum error handle_drafts_publish(struct request *request, const struct seat *seat)
{
	struct draft draft;
	struct draft_answer answer = { 0 };
	enum error error = drafts_find(request, seat, PERMISSION_DRAFT_COMMENT, &draft);
	if (error)
		return error;
	error = draft_publish(request->db, request->arena, &draft, &seat->author, &draft, &answer);
	return error ? drafts_refuse(request, error, &answer) : drafts_respond(request, 200, &draft);
}

/* ---- comments ---- */

/* What the program says is a word for programs and a sentence for people. */
static enum text sentence_of(struct str word)
{
	static const struct { const char *word; enum text text; } all[] = {
		{ "approved_too_late", TEXT_DRAFT_APPROVED_TOO_LATE }, { "not_approved_in_time", TEXT_DRAFT_NOT_APPROVED_IN_TIME },
		{ "not_approved", TEXT_DRAFT_NOT_APPROVED }, { "embargo", TEXT_DRAFT_EMBARGO }, { "expired", TEXT_DRAFT_EXPIRED },
		{ "media_changed", TEXT_DRAFT_MEDIA_CHANGED }, { "right_gone", TEXT_DRAFT_RIGHT_GONE },
	};
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (str_eq(word, str_from(all[i].word)))
			return all[i].text;
	return TEXT_DRAFT_REFUSED;
}

static void write_comment(struct request *request, struct json_out *json, const struct draft_comment *comment)
{
	json_out_object_begin(json);
	json_out_key_id(json, "id", comment->id);
	json_out_key_int(json, "version", comment->version);
	if (comment->membership_id) {
		json_out_key_id(json, "member_id", comment->membership_id);
		json_out_key_null(json, "notice");
		json_out_key_str(json, "body", comment->body);
	} else {
		json_out_key_null(json, "member_id");
		json_out_key_str(json, "notice", comment->body);
		json_out_key_str(json, "body", text_get(problem_language(request), sentence_of(comment->body)));
	}
	json_out_key_time_ms(json, "created_at", comment->created_us);
	json_out_object_end(json);
}

enum error handle_drafts_comments(struct request *request, const struct seat *seat)
{
	struct draft draft;
	struct draft_comment *comments;
	size_t count;
	enum error error = drafts_find(request, seat, PERMISSION_DRAFT_COMMENT, &draft);
	if (!error)
		error = draft_comment_list(request->db, request->arena, draft.id, &comments, &count);
	if (error)
		return error;
	struct json_out *json = respond_json(request, 200);
	json_out_array_begin(json);
	for (size_t i = 0; i < count; i++)
		write_comment(request, json, &comments[i]);
	json_out_array_end(json);
	return ERROR_NONE;
}

enum error handle_drafts_comment(struct request *request, const struct seat *seat)
{
	struct draft draft;
	struct draft_comment comment;
	struct draft_answer answer = { 0 };
	enum error error = drafts_find(request, seat, PERMISSION_DRAFT_COMMENT, &draft);
	if (error)
		return error;
	error = draft_comment(request->db, request->arena, &draft, parameter_text(request, "body"), &seat->author, &comment, &answer);
	if (error)
		return drafts_refuse(request, error, &answer);
	write_comment(request, respond_json(request, 201), &comment);
	return ERROR_NONE;
}
