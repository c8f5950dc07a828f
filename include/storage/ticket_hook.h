/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What else must happen when something happens to a ticket: its customer's card, its clocks, the rules that route it. All
 * are called in the transaction of what happened, after its rows were written. */
#ifndef COMPTOIR_STORAGE_TICKET_HOOK_H
#define COMPTOIR_STORAGE_TICKET_HOOK_H

#include "storage/ticket.h"

/* The contact of an organisation that an actor is, made when there is none. */
enum error contact_of_actor(struct db *db, struct arena *arena, int64_t organisation_id, int64_t actor_id,
	int64_t *ret_contact_id) MUST_CHECK;

/* Clocks (business time, holidays, pauses). at_us: when it happened. */
enum error sla_note_opened(struct db *db, struct arena *arena, const struct ticket *ticket, int64_t at_us) MUST_CHECK;
enum error sla_note_customer_turn(struct db *db, struct arena *arena, const struct ticket *ticket, int64_t at_us) MUST_CHECK;
enum error sla_note_our_reply(struct db *db, struct arena *arena, const struct ticket *ticket, int64_t at_us) MUST_CHECK;
/* To pending or snoozed: they pause; to open: they go on; to resolved or closed: they are satisfied. ticket: as it is now. */
enum error sla_note_status(struct db *db, struct arena *arena, const struct ticket *ticket, enum ticket_status former,
	int64_t at_us) MUST_CHECK;

/* The rules that fit a customer's new post, applied to its ticket: team, assignee, priority, tags. ret_ticket: as it is
 * afterwards. */
enum error routing_apply(struct db *db, struct arena *arena, const struct ticket *ticket, int64_t post_id,
	struct ticket *ret_ticket) MUST_CHECK;

#endif
