/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Reports as Mastodon's entity Report. */
#ifndef COMPTOIR_SERVER_ENTITY_REPORT_H
#define COMPTOIR_SERVER_ENTITY_REPORT_H

#include "server/entity/account.h"
#include "storage/report.h"

/* The target must be among the accounts. */
void report_write(struct json_out *json, const struct account_set *accounts, const struct report *report);

#endif
