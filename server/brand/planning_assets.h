/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Assets over the brand API. */
#ifndef COMPTOIR_SERVER_BRAND_PLANNING_ASSETS_H
#define COMPTOIR_SERVER_BRAND_PLANNING_ASSETS_H

#include "server/brand/seat.h"

enum error handle_asset_list(struct request *request, const struct seat *seat);
enum error handle_asset_show(struct request *request, const struct seat *seat);
enum error handle_asset_create(struct request *request, const struct seat *seat);
enum error handle_asset_change(struct request *request, const struct seat *seat);
enum error handle_asset_delete(struct request *request, const struct seat *seat);

#endif
