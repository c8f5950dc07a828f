/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Breaches. */
#include "server/action/sla.h"

#include "server/action/deed.h"
#include "storage/ticket_story.h"

#include "base/clock.h"

static enum error write_breach(struct db *db, struct arena *arena, void *owner)
{
	const int64_t *ticket_id = owner;
	struct ticket ticket;
	struct str *metrics;
	size_t count;
	enum error error = ticket_lock(db, arena, *ticket_id, &ticket);
	if (error)
		return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
	error = sla_mark_over(db, arena, ticket.id, clock_now_us(), &metrics, &count);
	if (!error && count)
		error = ticket_touch(db, arena, &ticket);
	for (size_t i = 0; i < count && !error; i++) {
		const struct ticket_event event = { .ticket_id = ticket.id, .kind = STR_LITERAL("sla.breached"), .present = metrics[i],
			.version = ticket.version };
		error = ticket_event_add(db, arena, &event);
	}
	return error;
}

enum error sla_breach_run(struct db *db, struct arena *arena, int limit, size_t *ret_count)
{
	int64_t *ids;
	size_t count;
	enum error error = sla_list_over(db, arena, clock_now_us(), limit, &ids, &count);
	for (size_t i = 0; i < count && !error; i++)
		error = deed_write(db, arena, write_breach, &ids[i], ERROR_NONE);
	if (!error)
		*ret_count = count;
	return error;
}
