/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * How posts find their tickets. One thread is one ticket for each brand account, whatever order its posts come in: what is
 * said in public is one, and so is what is said in private with each customer. */
#ifndef COMPTOIR_SERVER_ACTION_TICKET_THREADING_H
#define COMPTOIR_SERVER_ACTION_TICKET_THREADING_H

#include "storage/audit.h"
#include "storage/ticket.h"

/* What waits, oldest first, at most limit (TICKET_ARRIVALS_MAX), in one transaction of its own: db must not be in one. */
enum error ticket_threading_run(struct db *db, struct arena *arena, int limit, int64_t *ret_count) MUST_CHECK;

/* Two tickets of one account and channel become one, in the caller's transaction: the one with the older number stays, the
 * more urgent state of both is its state, and the other's number leads there. author NULL: the program.
 * ERROR_UNPROCESSABLE when they cannot. Nothing when they are one. */
enum error ticket_unite(struct db *db, struct arena *arena, int64_t one_id, int64_t other_id, const struct audit_author *author,
	struct ticket *ret_ticket) MUST_CHECK;

/* Locks a ticket, or the one that it was merged into. */
enum error ticket_lock_present(struct db *db, struct arena *arena, int64_t id, struct ticket *ret_ticket) MUST_CHECK;

#endif
