/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Campaigns over the brand API. */
#ifndef COMPTOIR_SERVER_BRAND_PLANNING_CAMPAIGNS_H
#define COMPTOIR_SERVER_BRAND_PLANNING_CAMPAIGNS_H

#include "server/brand/seat.h"

enum error handle_campaign_list(struct request *request, const struct seat *seat);
enum error handle_campaign_show(struct request *request, const struct seat *seat);
enum error handle_campaign_create(struct request *request, const struct seat *seat);
enum error handle_campaign_change(struct request *request, const struct seat *seat);
enum error handle_campaign_delete(struct request *request, const struct seat *seat);

#endif
