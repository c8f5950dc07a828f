/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Steps of macros and rules: reading, writing, doing. */
#include "server/action/service_steps.h"

#include "storage/id.h"
#include "storage/macro.h"
#include "storage/membership.h"
#include "storage/routing.h"
#include "storage/saved_reply.h"
#include "storage/ticket_story.h"
#include "storage/ticket_tag.h"

#include "base/clock.h"
#include "base/json_in.h"
#include "base/mutant.h"

#define SNOOZE_MAX_HOURS 8760
#define HOUR_US (INT64_C(3600) * 1000 * 1000)
#define ANSWER_MAX_CHARACTERS 5000

/* ---- JSON ---- */

static const char *const step_names[] = {
	[STEP_TEAM] = "team",
	[STEP_ASSIGN] = "assign",
	[STEP_PRIORITY] = "priority",
	[STEP_TAG] = "tag",
	[STEP_NOTE] = "note",
	[STEP_STATUS] = "status",
	[STEP_SNOOZE] = "snooze",
	[STEP_REPLY] = "reply",
	[STEP_MACRO] = "macro",
};

static const char *const assignee_names[] = {
	[ASSIGN_ME] = "me",
	[ASSIGN_NOBODY] = "nobody",
	[ASSIGN_ROUND_ROBIN] = "round_robin",
	[ASSIGN_LEAST_LOADED] = "least_loaded",
};

static bool read_kind(struct str name, enum service_step_kind *ret_kind)
{
	for (size_t i = 0; i < sizeof(step_names) / sizeof(step_names[0]); i++)
		if (str_eq(name, str_from(step_names[i]))) {
			*ret_kind = (enum service_step_kind)i;
			return true;
		}
	return false;
}

static bool read_assignee(struct str text, struct service_step *step)
{
	for (size_t i = ASSIGN_ME; i < sizeof(assignee_names) / sizeof(assignee_names[0]); i++)
		if (str_eq(text, str_from(assignee_names[i]))) {
			step->assignee = (enum service_assignee)i;
			return true;
		}
	step->assignee = ASSIGN_MEMBER;
	return str_to_int64(text, &step->id) && step->id > 0;
}

static bool read_team(struct str text, struct service_step *step)
{
	step->id = 0;
	return str_eq(text, STR_LITERAL("none")) || (str_to_int64(text, &step->id) && step->id > 0);
}

static bool is_text(struct str text, size_t maximum)
{
	return text.len && str_is_utf8(text) && str_count_characters(text) <= maximum;
}

static bool read_answer(const json_t *object, struct service_step *step)
{
	struct str code = json_in_str(object, "saved_reply"), text = json_in_str(object, "text");
	step->is_saved_reply = code.len > 0;
	step->text = code.len ? code : text;
	return code.len ? code.len <= SAVED_REPLY_CODE_MAX && !text.len : is_text(text, ANSWER_MAX_CHARACTERS);
}

/* The values of a step whose kind is known. */
static bool read_values(const json_t *object, struct service_step *step)
{
	struct str to = json_in_str(object, "to");
	int64_t number = 0;
	switch (step->kind) {
	case STEP_TEAM:
		return read_team(to, step);
	case STEP_ASSIGN:
		return read_assignee(to, step);
	case STEP_PRIORITY:
		if (!json_in_int64(object, "to", &number) || number < TICKET_PRIORITY_MIN || number > TICKET_PRIORITY_MAX)
			return false;
		step->priority = (int)number;
		return true;
	case STEP_TAG:
		step->text = json_in_str(object, "tag");
		return ticket_tag_is_valid(step->text);
	case STEP_NOTE:
		step->text = json_in_str(object, "text");
		return is_text(step->text, TICKET_NOTE_MAX_CHARACTERS);
	case STEP_STATUS:
		return ticket_status_from_name(to, &step->status) && step->status != TICKET_SNOOZED;
	case STEP_SNOOZE:
		return json_in_int64(object, "hours", &step->hours) && step->hours >= 1 && step->hours <= SNOOZE_MAX_HOURS;
	case STEP_REPLY:
		return read_answer(object, step);
	case STEP_MACRO:
		return str_to_int64(json_in_str(object, "id"), &step->id);
	}
	return false;
}

static bool fits_user(const struct service_step *step, enum service_steps_user user)
{
	bool goes_round = step->kind == STEP_ASSIGN &&
		(step->assignee == ASSIGN_ROUND_ROBIN || step->assignee == ASSIGN_LEAST_LOADED);
	if (user == STEPS_OF_MACRO)
		return step->kind != STEP_MACRO && !goes_round;
	return step->kind != STEP_REPLY && !(step->kind == STEP_ASSIGN && step->assignee == ASSIGN_ME);
}

enum error service_steps_read(struct arena *arena, const json_t *list, enum service_steps_user user, struct service_steps *ret_steps,
	struct str *ret_message)
{
	struct service_steps *steps = arena_alloc(arena, sizeof(*steps));
	*steps = (struct service_steps){ .count = json_array_size(list) };
	bool has_reply = false;
	if (!json_is_array(list) || !steps->count || steps->count > SERVICE_STEPS_MAX) {
		*ret_message = arena_printf(arena, "actions: a list of 1 to %d", SERVICE_STEPS_MAX);
		return ERROR_UNPROCESSABLE;
	}
	for (size_t i = 0; i < steps->count; i++) {
		const json_t *object = json_array_get(list, i);
		struct service_step *step = &steps->all[i];
		bool fits = read_kind(json_in_str(object, "do"), &step->kind) && read_values(object, step) && fits_user(step, user) &&
			!(step->kind == STEP_REPLY && has_reply);
		if (!fits) {
			*ret_message = arena_printf(arena, "actions: number %zu is none that can be done here", i + 1);
			return ERROR_UNPROCESSABLE;
		}
		has_reply = has_reply || step->kind == STEP_REPLY;
		step->text = step->text.len ? arena_str(arena, step->text) : step->text;
	}
	*ret_steps = *steps;
	return ERROR_NONE;
}

enum error service_steps_parse(struct arena *arena, struct str json, enum service_steps_user user, struct service_steps *ret_steps)
{
	json_t *list;
	struct str message;
	enum error error = json_in_parse(json, NULL, &list);
	if (error)
		return error;
	error = service_steps_read(arena, list, user, ret_steps, &message);
	json_decref(list);
	return error;
}

static void write_step(struct json_out *json, const struct service_step *step)
{
	json_out_object_begin(json);
	json_out_key_c_string(json, "do", step_names[step->kind]);
	switch (step->kind) {
	case STEP_TEAM:
		if (step->id)
			json_out_key_id(json, "to", step->id);
		else
			json_out_key_c_string(json, "to", "none");
		break;
	case STEP_ASSIGN:
		if (step->assignee == ASSIGN_MEMBER)
			json_out_key_id(json, "to", step->id);
		else
			json_out_key_c_string(json, "to", assignee_names[step->assignee]);
		break;
	case STEP_PRIORITY:
		json_out_key_int(json, "to", step->priority);
		break;
	case STEP_TAG:
		json_out_key_str(json, "tag", step->text);
		break;
	case STEP_NOTE:
		json_out_key_str(json, "text", step->text);
		break;
	case STEP_STATUS:
		json_out_key_c_string(json, "to", ticket_status_name(step->status));
		break;
	case STEP_SNOOZE:
		json_out_key_int(json, "hours", step->hours);
		break;
	case STEP_REPLY:
		json_out_key_str(json, step->is_saved_reply ? "saved_reply" : "text", step->text);
		break;
	case STEP_MACRO:
		json_out_key_id(json, "id", step->id);
		break;
	}
	json_out_object_end(json);
}

void service_steps_write(struct json_out *json, const struct service_steps *steps)
{
	json_out_array_begin(json);
	for (size_t i = 0; i < steps->count; i++)
		write_step(json, &steps->all[i]);
	json_out_array_end(json);
}

const struct service_step *service_steps_reply(const struct service_steps *steps)
{
	for (size_t i = 0; i < steps->count; i++)
		if (steps->all[i].kind == STEP_REPLY)
			return &steps->all[i];
	return NULL;
}

/* ---- what they name ---- */

static enum error check_macro(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id, bool *ret_is_there)
{
	struct macro macro;
	struct service_steps *steps = arena_alloc(arena, sizeof(*steps));
	enum error error = macro_find(db, arena, organisation_id, id, &macro);
	if (!error)
		error = service_steps_parse(arena, macro.actions, STEPS_OF_MACRO, steps);
	*ret_is_there = !error && !service_steps_reply(steps);
	return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
}

static enum error check_step(struct db *db, struct arena *arena, int64_t organisation_id, const struct service_step *step,
	bool *ret_is_there)
{
	struct membership membership;
	struct saved_reply reply;
	enum error error = ERROR_NONE;
	*ret_is_there = true;
	if (step->kind == STEP_TEAM && step->id)
		return ticket_team_is_there(db, arena, organisation_id, step->id, ret_is_there);
	if (step->kind == STEP_MACRO)
		return check_macro(db, arena, organisation_id, step->id, ret_is_there);
	if (step->kind == STEP_ASSIGN && step->assignee == ASSIGN_MEMBER)
		error = membership_find(db, arena, organisation_id, step->id, &membership);
	if (step->kind == STEP_REPLY && step->is_saved_reply)
		error = saved_reply_choose(db, arena, organisation_id, step->text, STR_LITERAL(""), STR_LITERAL(""), &reply);
	*ret_is_there = !error;
	return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
}

enum error service_steps_check(struct db *db, struct arena *arena, int64_t organisation_id, const struct service_steps *steps,
	struct str *ret_message)
{
	for (size_t i = 0; i < steps->count; i++) {
		bool is_there;
		enum error error = check_step(db, arena, organisation_id, &steps->all[i], &is_there);
		if (error)
			return error;
		if (!is_there) {
			*ret_message = arena_printf(arena, "actions: what number %zu names is not there, or answers the customer by rule", i + 1);
			return ERROR_UNPROCESSABLE;
		}
	}
	return ERROR_NONE;
}

/* ---- doing ---- */

struct running {
	struct db *db;
	struct arena *arena;
	const struct audit_author *author;
	struct ticket *ticket;
	struct str message;
};

static enum error change(struct running *running, const struct ticket_change *wanted)
{
	enum error error = ticket_authorise_change(running->db, running->arena, running->ticket, wanted, running->author);
	return error ? error : ticket_change_within(running->db, running->arena, running->author, wanted, running->ticket, &running->message);
}

static enum error add_tag(struct running *running, struct str tag)
{
	bool is_new = false;
	struct ticket *ticket = running->ticket;
	enum error error = ticket_authorise(running->db, running->arena, ticket, running->author, PERMISSION_INBOX_RESOLVE);
	if (!error)
		error = ticket_tag_add(running->db, running->arena, ticket->id, tag, &is_new);
	/* What its clocks promise may hang on a tag. */
	return error || !is_new ? error : ticket_store(running->db, running->arena, ticket);
}

static enum error add_note(struct running *running, struct str text)
{
	struct ticket *ticket = running->ticket;
	const struct ticket_note note = { .id = id_new(), .ticket_id = ticket->id, .user_id = running->author->user_id,
		.membership_id = running->author->membership_id, .body = text };
	const struct ticket_event event = { .ticket_id = ticket->id, .kind = STR_LITERAL("note"), .user_id = note.user_id,
		.membership_id = note.membership_id, .present = arena_printf(running->arena, "%lld", (long long)note.id),
		.version = ticket->version };
	enum error error = ticket_authorise(running->db, running->arena, ticket, running->author, PERMISSION_INBOX_NOTE);
	if (!error)
		error = ticket_note_add(running->db, running->arena, &note);
	return error ? error : ticket_event_add(running->db, running->arena, &event);
}

static enum error set_status(struct running *running, enum ticket_status status, int64_t hours)
{
	const struct ticket_change wanted = { .status = &status, .snoozed_until_us = hours ? clock_now_us() + hours * HOUR_US : 0 };
	return change(running, &wanted);
}

static enum error assign(struct running *running, const struct service_step *step)
{
	const int64_t assignee_id = step->assignee == ASSIGN_MEMBER ? step->id :
		step->assignee == ASSIGN_ME ? running->author->membership_id : 0;
	const struct ticket_change wanted = { .assignee_id = &assignee_id };
	return change(running, &wanted);
}

static enum error run_step(struct running *running, const struct service_step *step)
{
	const struct ticket_change team = { .team_id = &step->id }, priority = { .priority = &step->priority };
	switch (step->kind) {
	case STEP_TEAM:
		return change(running, &team);
	case STEP_ASSIGN:
		return assign(running, step);
	case STEP_PRIORITY:
		return change(running, &priority);
	case STEP_TAG:
		return add_tag(running, step->text);
	case STEP_NOTE:
		return add_note(running, step->text);
	case STEP_STATUS:
		return set_status(running, step->status, 0);
	case STEP_SNOOZE:
		return set_status(running, TICKET_SNOOZED, step->hours);
	case STEP_REPLY:
	case STEP_MACRO:
		break;
	}
	return ERROR_NONE;
}

enum error service_steps_run(struct db *db, struct arena *arena, const struct service_steps *steps, const struct audit_author *author,
	struct ticket *ticket, struct str *ret_message)
{
	struct running running = { .db = db, .arena = arena, .author = author, .ticket = ticket };
	enum error error = ERROR_NONE;
	for (size_t i = 0; i < steps->count && !error; i++)
		error = run_step(&running, &steps->all[i]);
	*ret_message = running.message;
	return error;
}

/* ---- as a rule ---- */

/* Whose turn it is among those of the ticket's team who may read it; nobody when there is none. */
static enum error give_turn(struct running *running, enum routing_turn turn)
{
	struct ticket *ticket = running->ticket;
	int64_t *ids;
	size_t count;
	if (!ticket->team_id)
		return ERROR_NONE;
	enum error error = routing_turn_list(running->db, running->arena, ticket->organisation_id, ticket->team_id, turn, &ids, &count);
	for (size_t i = 0; i < count && !error; i++) {
		const struct ticket_change wanted = { .assignee_id = &ids[i] };
		error = change(running, &wanted);
		if (!error)
			return routing_turn_note(running->db, running->arena, ticket->team_id, ids[i]);
		if (error == ERROR_UNPROCESSABLE)
			error = ERROR_NONE;
	}
	return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
}

static enum error fill_macro(struct running *running, int64_t macro_id, bool is_first);

static enum error fill_step(struct running *running, const struct service_step *step, bool is_first)
{
	const struct ticket *ticket = running->ticket;
	switch (step->kind) {
	case STEP_TEAM:
		return ticket->team_id && !MUTANT("routing_fills_only") ? ERROR_NONE : run_step(running, step);
	case STEP_ASSIGN:
		if (ticket->assignee_id)
			return ERROR_NONE;
		if (step->assignee == ASSIGN_ROUND_ROBIN || step->assignee == ASSIGN_LEAST_LOADED)
			return give_turn(running, step->assignee == ASSIGN_ROUND_ROBIN ? TURN_ROUND_ROBIN : TURN_LEAST_LOADED);
		return step->assignee == ASSIGN_MEMBER ? run_step(running, step) : ERROR_NONE;
	case STEP_PRIORITY:
		return ticket->priority ? ERROR_NONE : run_step(running, step);
	case STEP_TAG:
		return run_step(running, step);
	case STEP_NOTE:
	case STEP_STATUS:
	case STEP_SNOOZE:
		return is_first ? run_step(running, step) : ERROR_NONE;
	case STEP_MACRO:
		return fill_macro(running, step->id, is_first);
	case STEP_REPLY:
		break;
	}
	return ERROR_NONE;
}

static enum error fill(struct running *running, const struct service_steps *steps, bool is_first)
{
	for (size_t i = 0; i < steps->count; i++) {
		enum error error = fill_step(running, &steps->all[i], is_first);
		/* A team or a member that is not there any more holds up no customer. */
		if (error && error != ERROR_UNPROCESSABLE && error != ERROR_GONE)
			return error;
	}
	return ERROR_NONE;
}

/* One that answers customers was changed after the rule named it: it is not for rules any more. */
static enum error fill_macro(struct running *running, int64_t macro_id, bool is_first)
{
	struct macro macro;
	struct service_steps *steps = arena_alloc(running->arena, sizeof(*steps));
	enum error error = macro_find(running->db, running->arena, running->ticket->organisation_id, macro_id, &macro);
	if (!error)
		error = service_steps_parse(running->arena, macro.actions, STEPS_OF_MACRO, steps);
	if (error || service_steps_reply(steps))
		return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
	return fill(running, steps, is_first);
}

enum error service_steps_fill(struct db *db, struct arena *arena, const struct service_steps *steps, bool is_first, struct ticket *ticket)
{
	const struct audit_author program = { .door = AUDIT_WORKER };
	struct running running = { .db = db, .arena = arena, .author = &program, .ticket = ticket };
	return fill(&running, steps, is_first);
}
