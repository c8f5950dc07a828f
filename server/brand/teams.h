/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Handlers of operations/orgs.inc: teams. */
#ifndef COMPTOIR_SERVER_BRAND_TEAMS_H
#define COMPTOIR_SERVER_BRAND_TEAMS_H

#include "server/brand/seat.h"

enum error handle_teams_list(struct request *request, const struct seat *seat);
enum error handle_teams_create(struct request *request, const struct seat *seat);
enum error handle_teams_change(struct request *request, const struct seat *seat);
enum error handle_teams_delete(struct request *request, const struct seat *seat);
enum error handle_teams_join(struct request *request, const struct seat *seat);
enum error handle_teams_leave(struct request *request, const struct seat *seat);

#endif
