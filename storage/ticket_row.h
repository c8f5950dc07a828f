/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Reading tickets: t in a statement that selects TICKET_COLUMNS. */
#ifndef COMPTOIR_STORAGE_TICKET_ROW_H
#define COMPTOIR_STORAGE_TICKET_ROW_H

#include "storage/statement.h"
#include "storage/ticket.h"

#define TICKET_COLUMNS \
	"t.id" \
	", t.organisation_id" \
	", t.actor_id" \
	", t.number" \
	", t.customer_id" \
	", t.contact_id" \
	", t.root_post_id" \
	", t.parent_id" \
	", t.merged_into_id" \
	", t.status" \
	", t.channel" \
	", t.priority" \
	", t.assignee_id" \
	", t.team_id" \
	", t.snoozed_until" \
	", t.opened_at" \
	", t.changed_at" \
	", t.first_reply_at" \
	", t.last_reply_at" \
	", t.resolved_at" \
	", t.version" \
	", t.position" \
	", t.language" \
	", t.is_awaiting_us" \
	", t.was_led_private"

struct ticket ticket_row_read(const struct db_rows *rows, int row);

#endif
