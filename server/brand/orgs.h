/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Handlers of operations/orgs.inc: organisations and their accounts. */
#ifndef COMPTOIR_SERVER_BRAND_ORGS_H
#define COMPTOIR_SERVER_BRAND_ORGS_H

#include "server/brand/seat.h"

enum error handle_orgs_list(struct request *request, const struct seat *seat);
enum error handle_orgs_found(struct request *request, const struct seat *seat);
enum error handle_orgs_show(struct request *request, const struct seat *seat);
enum error handle_orgs_change(struct request *request, const struct seat *seat);
enum error handle_orgs_delete(struct request *request, const struct seat *seat);
enum error handle_accounts_list(struct request *request, const struct seat *seat);
enum error handle_accounts_create(struct request *request, const struct seat *seat);
enum error handle_accounts_show(struct request *request, const struct seat *seat);
enum error handle_accounts_change(struct request *request, const struct seat *seat);

#endif
