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

enum {
	TICKET_ID,
	TICKET_ORGANISATION_ID,
	TICKET_ACTOR_ID,
	TICKET_NUMBER,
	TICKET_CUSTOMER_ID,
	TICKET_CONTACT_ID,
	TICKET_ROOT_POST_ID,
	TICKET_PARENT_ID,
	TICKET_MERGED_INTO_ID,
	TICKET_STATUS,
	TICKET_CHANNEL,
	TICKET_PRIORITY,
	TICKET_ASSIGNEE_ID,
	TICKET_TEAM_ID,
	TICKET_SNOOZED_UNTIL,
	TICKET_OPENED_AT,
	TICKET_CHANGED_AT,
	TICKET_FIRST_REPLY_AT,
	TICKET_LAST_REPLY_AT,
	TICKET_RESOLVED_AT,
	TICKET_VERSION,
	TICKET_POSITION,
	TICKET_LANGUAGE,
	TICKET_IS_AWAITING_US,
	TICKET_WAS_LED_PRIVATE,
};

struct ticket ticket_row_read(const struct db_rows *rows, int row);

#endif
