/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What people do with conversations: each handler reads what is wanted and calls one deed. */
#include "server/brand/tickets.h"

#include "server/action/composition.h"
#include "server/action/saved_reply.h"
#include "server/action/ticket_reply.h"
#include "server/app.h"
#include "server/brand/ticket_entity.h"
#include "server/brand/operation.h"
#include "server/brand/problem.h"
#include "server/mastodon/parameters.h"
#include "storage/id.h"

#include "base/time_format.h"

enum error tickets_begin(struct request *request, const struct seat *seat, enum permission permission, const char *action,
	struct ticket_deed *ret_deed, struct ticket *ret_ticket)
{
	struct ticket_deed deed = { .organisation_id = seat->organisation.id, .author = seat->author, .action = action };
	enum error error = tickets_find(request, seat, permission, ret_ticket);
	if (error)
		return error;
	deed.ticket_id = ret_ticket->id;
	deed.version = parameter_int(request, "version", 0, 0, INT64_MAX);
	if (!deed.version)
		error = operation_need_version(request, &deed.version);
	if (!error)
		*ret_deed = deed;
	return error;
}

static enum error respond_ticket(struct request *request, const struct ticket *ticket)
{
	operation_respond_version(request, ticket->version);
	return ticket_entity_write(request, respond_json(request, 200), ticket);
}

static enum error change(struct request *request, const struct ticket_deed *deed, const struct ticket_change *wanted)
{
	struct ticket ticket;
	struct str message = { 0 };
	enum error error = ticket_change(request->db, request->arena, deed, wanted, &ticket, &message);
	return error ? tickets_refuse(request, deed, error, message) : respond_ticket(request, &ticket);
}

/* ---- answers ---- */

static enum error read_answer(struct request *request, const struct seat *seat, const struct ticket *ticket, struct ticket_answer *answer)
{
	struct str code = parameter_text(request, "saved_reply");
	answer->text = parameter_text(request, "text");
	answer->spoiler_text = parameter_text(request, "spoiler_text");
	answer->language = parameter_text(request, "language");
	answer->in_reply_to_id = parameter_id(request, "in_reply_to_id");
	answer->is_markdown = config_boolean(request->app->config, "posts.markdown");
	int64_t *media_ids;
	answer->media_count = parameter_ids(request, "media_ids", COMPOSITION_MAX_MEDIA + 1, &media_ids);
	answer->media_ids = media_ids;
	if (!code.len)
		return ERROR_NONE;
	if (answer->text.len)
		return problem(request, PROBLEM_BAD_VALUE, STR_LITERAL("text or saved_reply, not both"));
	enum error error = saved_reply_for(request->db, request->arena, code, ticket, seat->membership_id, &answer->text, &answer->language);
	return error == ERROR_NOT_FOUND ? problem(request, PROBLEM_BAD_VALUE, STR_LITERAL("saved_reply: no such code")) : error;
}

static enum error respond_answered(struct request *request, const struct ticket_answered *answered)
{
	operation_respond_version(request, answered->ticket.version);
	struct json_out *json = respond_json(request, 200);
	json_out_object_begin(json);
	json_out_key(json, "conversation");
	enum error error = ticket_entity_write(request, json, &answered->ticket);
	if (error)
		return error;
	json_out_key(json, "status");
	error = ticket_entity_write_post(request, json, answered->ticket.actor_id, answered->post_id);
	if (answered->neutral_post_id)
		json_out_key_id(json, "neutral_post_id", answered->neutral_post_id);
	else
		json_out_key_null(json, "neutral_post_id");
	json_out_object_end(json);
	return error;
}

enum error handle_conversation_reply(struct request *request, const struct seat *seat)
{
	struct ticket ticket;
	struct ticket_answer answer = { 0 };
	struct ticket_answered answered;
	struct str message = { 0 };
	enum error error = tickets_begin(request, seat, PERMISSION_INBOX_REPLY, "inbox.reply", &answer.deed, &ticket);
	if (error)
		return error;
	error = read_answer(request, seat, &ticket, &answer);
	if (error)
		return error;
	error = ticket_reply(request->db, request->arena, &answer, &answered, &message);
	return error ? tickets_refuse(request, &answer.deed, error, message) : respond_answered(request, &answered);
}

enum error handle_conversation_private(struct request *request, const struct seat *seat)
{
	struct ticket ticket;
	struct ticket_answer answer = { 0 };
	struct ticket_answered answered;
	struct str message = { 0 };
	enum error error = tickets_begin(request, seat, PERMISSION_INBOX_REPLY_PRIVATE, "inbox.reply_private", &answer.deed, &ticket);
	if (error)
		return error;
	error = read_answer(request, seat, &ticket, &answer);
	if (error)
		return error;
	error = ticket_reply_in_private(request->db, request->arena, &answer, &answered, &message);
	return error ? tickets_refuse(request, &answer.deed, error, message) : respond_answered(request, &answered);
}

enum error handle_conversation_note(struct request *request, const struct seat *seat)
{
	struct ticket ticket;
	struct str message = { 0 };
	enum error error = tickets_find(request, seat, PERMISSION_INBOX_NOTE, &ticket);
	if (error)
		return error;
	const struct ticket_deed deed = { .organisation_id = seat->organisation.id, .ticket_id = ticket.id, .author = seat->author,
		.action = "inbox.note" };
	const struct ticket_note note = { .id = id_new(), .ticket_id = ticket.id, .user_id = seat->user_id,
		.membership_id = seat->membership_id, .body = parameter_text(request, "body") };
	error = ticket_note(request->db, request->arena, &deed, note.id, note.body, &ticket, &message);
	if (error)
		return tickets_refuse(request, &deed, error, message);
	struct ticket_note stored = note;
	stored.created_us = id_time_us(note.id);
	ticket_entity_write_note(respond_json(request, 200), &stored);
	return ERROR_NONE;
}

/* ---- changes ---- */

enum error handle_conversation_assign(struct request *request, const struct seat *seat)
{
	struct ticket ticket;
	struct ticket_deed deed;
	struct ticket_change wanted = { 0 };
	int64_t assignee_id = 0, team_id = 0;
	enum error error = tickets_begin(request, seat, PERMISSION_INBOX_ASSIGN, "inbox.assign", &deed, &ticket);
	if (error)
		return error;
	struct str assignee = parameter_text(request, "assignee_id"), team = parameter_text(request, "team_id");
	if (!assignee.data && !team.data)
		return problem(request, PROBLEM_BAD_VALUE, STR_LITERAL("assignee_id or team_id is needed: an id, \"me\", or \"none\""));
	if (assignee.data) {
		if (str_eq(assignee, STR_LITERAL("me")))
			assignee_id = seat->membership_id;
		else if (!str_eq(assignee, STR_LITERAL("none")) && assignee.len)
			assignee_id = parameter_id(request, "assignee_id");
		wanted.assignee_id = &assignee_id;
	}
	if (team.data) {
		if (!str_eq(team, STR_LITERAL("none")) && team.len)
			team_id = parameter_id(request, "team_id");
		wanted.team_id = &team_id;
	}
	return change(request, &deed, &wanted);
}

static enum error set_status(struct request *request, const struct seat *seat, enum ticket_status status, int64_t until_us,
	const char *action)
{
	struct ticket ticket;
	struct ticket_deed deed;
	const struct ticket_change wanted = { .status = &status, .snoozed_until_us = until_us };
	enum error error = tickets_begin(request, seat, PERMISSION_INBOX_RESOLVE, action, &deed, &ticket);
	return error ? error : change(request, &deed, &wanted);
}

enum error handle_conversation_pending(struct request *request, const struct seat *seat)
{
	return set_status(request, seat, TICKET_PENDING, 0, "inbox.pending");
}

enum error handle_conversation_resolve(struct request *request, const struct seat *seat)
{
	return set_status(request, seat, TICKET_RESOLVED, 0, "inbox.resolve");
}

enum error handle_conversation_reopen(struct request *request, const struct seat *seat)
{
	return set_status(request, seat, TICKET_OPEN, 0, "inbox.reopen");
}

enum error handle_conversation_close(struct request *request, const struct seat *seat)
{
	return set_status(request, seat, TICKET_CLOSED, 0, "inbox.close");
}

enum error handle_conversation_snooze(struct request *request, const struct seat *seat)
{
	int64_t until_us = 0;
	/* What is no time is refused as one that is over. */
	(void)!time_parse_rfc3339(parameter_text(request, "until"), &until_us);
	return set_status(request, seat, TICKET_SNOOZED, until_us, "inbox.snooze");
}

enum error handle_conversation_priority(struct request *request, const struct seat *seat)
{
	struct ticket ticket;
	struct ticket_deed deed;
	const int priority = (int)parameter_int(request, "priority", TICKET_PRIORITY_MAX + 1, -100, 100);
	const struct ticket_change wanted = { .priority = &priority };
	enum error error = tickets_begin(request, seat, PERMISSION_INBOX_RESOLVE, "inbox.priority", &deed, &ticket);
	return error ? error : change(request, &deed, &wanted);
}

enum error handle_conversation_merge(struct request *request, const struct seat *seat)
{
	struct ticket ticket;
	struct ticket_deed deed;
	struct str message = { 0 };
	enum error error = tickets_begin(request, seat, PERMISSION_INBOX_RESOLVE, "inbox.merge", &deed, &ticket);
	if (error)
		return error;
	error = ticket_merge(request->db, request->arena, &deed, parameter_id(request, "with"), &ticket, &message);
	return error ? tickets_refuse(request, &deed, error, message) : respond_ticket(request, &ticket);
}
