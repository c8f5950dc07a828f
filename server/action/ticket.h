/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What people of an organisation do with its tickets. Each deed looks at the right and the version inside of its transaction:
 * of two at once, the second is told and has done nothing. Each is an entry of the audit log.
 *
 * Errors of all: ERROR_NOT_FOUND (also what is another organisation's), ERROR_FORBIDDEN (the author may not), ERROR_CONFLICT
 * (the ticket is newer than the version that the author saw), ERROR_GONE (not in this state; with a sentence),
 * ERROR_UNPROCESSABLE with a sentence (static or arena). Authors without user, which are the operator and the program, may do
 * everything. */
#ifndef COMPTOIR_SERVER_ACTION_TICKET_H
#define COMPTOIR_SERVER_ACTION_TICKET_H

#include "storage/audit.h"
#include "storage/permission.h"
#include "storage/ticket.h"

struct ticket_deed {
	int64_t organisation_id;
	int64_t ticket_id;
	int64_t version; /* that the author saw; 0: whichever */
	struct audit_author author;
	const char *action; /* for the log: "inbox.assign" */
};

/* Whether the author may do that with a ticket; own ones are those that are assigned to them. */
enum error ticket_authorise(struct db *db, struct arena *arena, const struct ticket *ticket, const struct audit_author *author,
	enum permission permission) MUST_CHECK;

/* In a transaction: locks the ticket, which is of the organisation, and looks at the version. */
enum error ticket_deed_lock(struct db *db, struct arena *arena, const struct ticket_deed *deed, struct ticket *ret_ticket) MUST_CHECK;

/* What changes; NULL: it does not. Assigning asks for inbox.assign (for own ones only: to take what is nobody's, and to give
 * away what is one's own), status and priority for inbox.resolve. */
struct ticket_change {
	const int64_t *assignee_id; /* a membership that may read it; 0: nobody */
	const int64_t *team_id;     /* 0: none */
	const enum ticket_status *status;
	int64_t snoozed_until_us;   /* with TICKET_SNOOZED: in the future, within a year */
	const int *priority;
};
enum error ticket_change(struct db *db, struct arena *arena, const struct ticket_deed *deed, const struct ticket_change *change,
	struct ticket *ret_ticket, struct str *ret_message) MUST_CHECK;
/* Whether the author may do that, in a transaction that has locked the ticket. */
enum error ticket_authorise_change(struct db *db, struct arena *arena, const struct ticket *ticket,
	const struct ticket_change *change, const struct audit_author *author) MUST_CHECK;
/* The same inside of a transaction that is about more than that; the ticket was locked and authorised by the caller. */
enum error ticket_change_within(struct db *db, struct arena *arena, const struct audit_author *author,
	const struct ticket_change *change, struct ticket *ticket, struct str *ret_message) MUST_CHECK;

/* These tags and no others; at most TICKET_TAGS_MAX. Asks for inbox.resolve. */
enum error ticket_set_tags(struct db *db, struct arena *arena, const struct ticket_deed *deed, const struct str *tags, size_t count,
	struct ticket *ret_ticket, struct str *ret_message) MUST_CHECK;

/* Asks for inbox.note. id: id_new(), so that it is written once. */
enum error ticket_note(struct db *db, struct arena *arena, const struct ticket_deed *deed, int64_t id, struct str body,
	struct ticket *ret_ticket, struct str *ret_message) MUST_CHECK;

/* ticket_unite by somebody who holds inbox.resolve for both; the version is that of deed's ticket. */
enum error ticket_merge(struct db *db, struct arena *arena, const struct ticket_deed *deed, int64_t other_id,
	struct ticket *ret_ticket, struct str *ret_message) MUST_CHECK;

/* Asks for org.admin. */
enum error ticket_configure(struct db *db, struct arena *arena, int64_t organisation_id, const struct ticket_settings *settings,
	const struct audit_author *author) MUST_CHECK;

/* One whose snooze is over is open again; nothing otherwise. */
enum error ticket_wake(struct db *db, struct arena *arena, int64_t id, int64_t *ret_snoozed_until_us) MUST_CHECK;

#endif
