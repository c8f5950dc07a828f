/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What ticket_hook.h asks for, where nothing else answers: no cards of customers, no clocks, no rules. Weak: whoever defines
 * one of these functions takes its place. */
#include "storage/ticket_hook.h"

#define WEAK __attribute__((weak))

WEAK enum error contact_of_actor(struct db *db, struct arena *arena, int64_t organisation_id, int64_t actor_id,
	int64_t *ret_contact_id)
{
	(void)db;
	(void)arena;
	(void)organisation_id;
	(void)actor_id;
	*ret_contact_id = 0;
	return ERROR_NONE;
}

WEAK enum error sla_note_opened(struct db *db, struct arena *arena, const struct ticket *ticket, int64_t at_us)
{
	(void)db;
	(void)arena;
	(void)ticket;
	(void)at_us;
	return ERROR_NONE;
}

WEAK enum error sla_note_customer_turn(struct db *db, struct arena *arena, const struct ticket *ticket, int64_t at_us)
{
	(void)db;
	(void)arena;
	(void)ticket;
	(void)at_us;
	return ERROR_NONE;
}

WEAK enum error sla_note_our_reply(struct db *db, struct arena *arena, const struct ticket *ticket, int64_t at_us)
{
	(void)db;
	(void)arena;
	(void)ticket;
	(void)at_us;
	return ERROR_NONE;
}

WEAK enum error sla_note_status(struct db *db, struct arena *arena, const struct ticket *ticket, enum ticket_status former, int64_t at_us)
{
	(void)db;
	(void)arena;
	(void)ticket;
	(void)former;
	(void)at_us;
	return ERROR_NONE;
}

WEAK enum error routing_apply(struct db *db, struct arena *arena, const struct ticket *ticket, int64_t post_id, struct ticket *ret_ticket)
{
	(void)db;
	(void)arena;
	(void)post_id;
	*ret_ticket = *ticket;
	return ERROR_NONE;
}
