/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What macros and rules do with a conversation, step by step. As JSON, an array of:
 *   {"do":"team","to":ID|"none"}   {"do":"assign","to":ID|"me"|"nobody"|"round_robin"|"least_loaded"}
 *   {"do":"priority","to":-1..2}   {"do":"tag","tag":WORD}   {"do":"note","text":TEXT}
 *   {"do":"status","to":"open"|"pending"|"resolved"|"closed"}   {"do":"snooze","hours":1..8760}
 *   {"do":"reply","saved_reply":CODE} or {"do":"reply","text":TEXT}: macros only, once
 *   {"do":"macro","id":ID}: rules only */
#ifndef COMPTOIR_SERVER_ACTION_SERVICE_STEPS_H
#define COMPTOIR_SERVER_ACTION_SERVICE_STEPS_H

#include "base/json_out.h"
#include "server/action/ticket.h"

#include <jansson.h>

#define SERVICE_STEPS_MAX 20

enum service_step_kind { STEP_TEAM, STEP_ASSIGN, STEP_PRIORITY, STEP_TAG, STEP_NOTE, STEP_STATUS, STEP_SNOOZE, STEP_REPLY, STEP_MACRO };
enum service_assignee { ASSIGN_MEMBER, ASSIGN_ME, ASSIGN_NOBODY, ASSIGN_ROUND_ROBIN, ASSIGN_LEAST_LOADED };

struct service_step {
	enum service_step_kind kind;
	enum service_assignee assignee;
	int64_t id;                /* team, member or macro */
	enum ticket_status status;
	int priority;
	int64_t hours;
	bool is_saved_reply;       /* text is its code */
	struct str text;           /* tag, note, answer */
};

struct service_steps {
	struct service_step all[SERVICE_STEPS_MAX];
	size_t count;
};

enum service_steps_user { STEPS_OF_MACRO, STEPS_OF_RULE };

/* ERROR_UNPROCESSABLE with a sentence (static or arena). list may be NULL or of any type. */
enum error service_steps_read(struct arena *arena, const json_t *list, enum service_steps_user user, struct service_steps *ret_steps,
	struct str *ret_message) MUST_CHECK;
/* Of what service_steps_write wrote. */
enum error service_steps_parse(struct arena *arena, struct str json, enum service_steps_user user, struct service_steps *ret_steps) MUST_CHECK;
void service_steps_write(struct json_out *json, const struct service_steps *steps);
/* The answer among them, or NULL. */
const struct service_step *service_steps_reply(const struct service_steps *steps);
/* That the teams, members, macros and saved replies are there; ERROR_UNPROCESSABLE with a sentence otherwise. */
enum error service_steps_check(struct db *db, struct arena *arena, int64_t organisation_id, const struct service_steps *steps,
	struct str *ret_message) MUST_CHECK;

/* All of them but the answer, in a transaction that has locked the ticket; the author may do each, or none is done
 * (ERROR_FORBIDDEN). Errors are those of ticket_change_within. */
enum error service_steps_run(struct db *db, struct arena *arena, const struct service_steps *steps, const struct audit_author *author,
	struct ticket *ticket, struct str *ret_message) MUST_CHECK;
/* As a rule does: what people have set already stays, what cannot be done is left out. is_first: the ticket has just been
 * opened; notes, statuses and snoozes are for that moment only. */
enum error service_steps_fill(struct db *db, struct arena *arena, const struct service_steps *steps, bool is_first,
	struct ticket *ticket) MUST_CHECK;

#endif
