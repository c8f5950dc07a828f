/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Tickets as the API's entity Conversation, and what is with them. */
#ifndef COMPTOIR_SERVER_BRAND_TICKET_ENTITY_H
#define COMPTOIR_SERVER_BRAND_TICKET_ENTITY_H

#include "server/brand/seat.h"
#include "storage/sla.h"
#include "storage/ticket.h"
#include "storage/ticket_story.h"

/* Customers, tags and clocks of the tickets, read at once. */
enum error ticket_entity_write_array(struct request *request, struct json_out *json, const struct ticket *tickets, size_t count) MUST_CHECK;
enum error ticket_entity_write(struct request *request, struct json_out *json, const struct ticket *ticket) MUST_CHECK;
/* With posts, notes (null for who may not read them), events and private tickets below it. */
enum error ticket_entity_write_story(struct request *request, struct json_out *json, const struct ticket *ticket, bool shows_notes) MUST_CHECK;
/* Members of the object that is open. */
void ticket_entity_write_clock_members(struct json_out *json, const struct sla_clock *clock);
void ticket_entity_write_note(struct json_out *json, const struct ticket_note *note);
void ticket_entity_write_event(struct json_out *json, const struct ticket_event *event);
/* A post as the brand account sees it; null when it is not there. */
enum error ticket_entity_write_post(struct request *request, struct json_out *json, int64_t actor_id, int64_t post_id) MUST_CHECK;

#endif
