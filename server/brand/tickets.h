/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What the handlers of the team inbox share. */
#ifndef COMPTOIR_SERVER_BRAND_TICKETS_H
#define COMPTOIR_SERVER_BRAND_TICKETS_H

#include "server/action/ticket.h"
#include "server/brand/seat.h"

/* The ticket of the path, if it is one of the organisation that the caller may do that with. Answered otherwise. */
enum error tickets_find(struct request *request, const struct seat *seat, enum permission permission, struct ticket *ret_ticket) MUST_CHECK;
bool tickets_may(const struct seat *seat, const struct ticket *ticket, enum permission permission);

/* The same with the version that the caller saw, which is in If-Match or in the parameter "version". */
enum error tickets_begin(struct request *request, const struct seat *seat, enum permission permission, const char *action,
	struct ticket_deed *ret_deed, struct ticket *ret_ticket) MUST_CHECK;

/* The problem that an error of the deeds is: a stale version with what the ticket is now, what was done last, and the answer
 * that it was, if it was one. */
enum error tickets_refuse(struct request *request, const struct ticket_deed *deed, enum error error, struct str message) MUST_CHECK;

/* The handlers, named in operations/tickets.inc. */
enum error handle_conversation_list(struct request *request, const struct seat *seat) MUST_CHECK;
enum error handle_conversation_show(struct request *request, const struct seat *seat) MUST_CHECK;
enum error handle_conversation_events(struct request *request, const struct seat *seat) MUST_CHECK;
enum error handle_conversation_reply(struct request *request, const struct seat *seat) MUST_CHECK;
enum error handle_conversation_private(struct request *request, const struct seat *seat) MUST_CHECK;
enum error handle_conversation_note(struct request *request, const struct seat *seat) MUST_CHECK;
enum error handle_conversation_assign(struct request *request, const struct seat *seat) MUST_CHECK;
enum error handle_conversation_pending(struct request *request, const struct seat *seat) MUST_CHECK;
enum error handle_conversation_snooze(struct request *request, const struct seat *seat) MUST_CHECK;
enum error handle_conversation_resolve(struct request *request, const struct seat *seat) MUST_CHECK;
enum error handle_conversation_reopen(struct request *request, const struct seat *seat) MUST_CHECK;
enum error handle_conversation_close(struct request *request, const struct seat *seat) MUST_CHECK;
enum error handle_conversation_priority(struct request *request, const struct seat *seat) MUST_CHECK;
enum error handle_conversation_merge(struct request *request, const struct seat *seat) MUST_CHECK;
enum error handle_inbox_settings(struct request *request, const struct seat *seat) MUST_CHECK;
enum error handle_inbox_configure(struct request *request, const struct seat *seat) MUST_CHECK;

#endif
