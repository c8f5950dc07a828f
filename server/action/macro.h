/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A macro, run: its answer and everything else it does are one transaction, or nothing is done. Errors are those of ticket.h
 * and ticket_reply.h; ERROR_NOT_FOUND also when there is no such macro. */
#ifndef COMPTOIR_SERVER_ACTION_MACRO_H
#define COMPTOIR_SERVER_ACTION_MACRO_H

#include "server/action/ticket.h"

/* What each of its steps asks for, the author holds. *ret_post_id: the answer; 0 without. */
enum error macro_run(struct db *db, struct arena *arena, const struct ticket_deed *deed, int64_t macro_id, bool is_markdown,
	struct ticket *ret_ticket, int64_t *ret_post_id, struct str *ret_message) MUST_CHECK;

#endif
