/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The two lists of `comptoir domain list` that are about other servers. The database is open. */
#ifndef COMPTOIR_SERVER_CTL_DOMAIN_POLICY_H
#define COMPTOIR_SERVER_CTL_DOMAIN_POLICY_H

#include "server/ctl/command.h"

enum error domain_policy_list_blocks(struct invocation *invocation) MUST_CHECK;
enum error domain_policy_list_allows(struct invocation *invocation) MUST_CHECK;

#endif
