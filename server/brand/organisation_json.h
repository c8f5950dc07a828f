/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Organisations, accounts, members, grants, roles and teams as the brand API writes them (schemas/orgs.json). */
#ifndef COMPTOIR_SERVER_BRAND_ORGANISATION_JSON_H
#define COMPTOIR_SERVER_BRAND_ORGANISATION_JSON_H

#include "base/json_out.h"
#include "storage/membership.h"
#include "storage/organisation.h"
#include "storage/role.h"
#include "storage/team.h"

void organisation_write_json(struct json_out *json, const struct organisation *organisation);
void brand_account_write_json(struct json_out *json, const struct brand_account *account);
/* With those of the grants that are the member's. */
void member_write_json(struct json_out *json, const struct membership *membership, const struct grant *grants, size_t grant_count);
void grant_write_json(struct json_out *json, const struct grant *grant);
void role_write_json(struct json_out *json, const struct role *role);
/* With those of the places that are the team's. */
void team_write_json(struct json_out *json, const struct team *team, const struct team_place *places, size_t place_count);
/* "KEY": ["draft.write", …] */
void permissions_write_json(struct json_out *json, const char *key, uint64_t set);

#endif
