/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Handlers of operations/orgs.inc: members, what they were granted, invitations. */
#ifndef COMPTOIR_SERVER_BRAND_MEMBERS_H
#define COMPTOIR_SERVER_BRAND_MEMBERS_H

#include "server/brand/seat.h"

enum error handle_members_list(struct request *request, const struct seat *seat);
enum error handle_members_invite(struct request *request, const struct seat *seat);
enum error handle_members_show(struct request *request, const struct seat *seat);
enum error handle_members_change(struct request *request, const struct seat *seat);
enum error handle_members_leave(struct request *request, const struct seat *seat);
enum error handle_grants_list(struct request *request, const struct seat *seat);
enum error handle_grants_give(struct request *request, const struct seat *seat);
enum error handle_grants_withdraw(struct request *request, const struct seat *seat);
enum error handle_members_set_roles(struct request *request, const struct seat *seat);
enum error handle_members_clear_roles(struct request *request, const struct seat *seat);
enum error handle_invitations_list(struct request *request, const struct seat *seat);
enum error handle_invitations_accept(struct request *request, const struct seat *seat);
enum error handle_invitations_decline(struct request *request, const struct seat *seat);

#endif
