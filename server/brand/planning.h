/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The calendar, its feed, slots of the queue, who may quote, and what polls say. */
#ifndef COMPTOIR_SERVER_BRAND_PLANNING_H
#define COMPTOIR_SERVER_BRAND_PLANNING_H

#include "server/brand/seat.h"

enum error handle_slots_show(struct request *request, const struct seat *seat);
enum error handle_slots_set(struct request *request, const struct seat *seat);
enum error handle_calendar(struct request *request, const struct seat *seat);
enum error handle_feed_make(struct request *request, const struct seat *seat);
enum error handle_feed_end(struct request *request, const struct seat *seat);
enum error handle_calendar_feed(struct request *request, const struct seat *seat);
enum error handle_quote_policy_show(struct request *request, const struct seat *seat);
enum error handle_quote_policy_set(struct request *request, const struct seat *seat);
enum error handle_poll_results(struct request *request, const struct seat *seat);

#endif
