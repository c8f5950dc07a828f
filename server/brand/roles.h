/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Handlers of operations/orgs.inc: roles, permissions, and what the caller may do. */
#ifndef COMPTOIR_SERVER_BRAND_ROLES_H
#define COMPTOIR_SERVER_BRAND_ROLES_H

#include "server/brand/seat.h"

enum error handle_roles_list(struct request *request, const struct seat *seat);
enum error handle_roles_create(struct request *request, const struct seat *seat);
enum error handle_roles_change(struct request *request, const struct seat *seat);
enum error handle_roles_delete(struct request *request, const struct seat *seat);
enum error handle_permissions_list(struct request *request, const struct seat *seat);
enum error handle_me_permissions(struct request *request, const struct seat *seat);

#endif
