/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What the operator's block of a whole server does to those who are here. */
#ifndef COMPTOIR_SERVER_ACTION_DOMAIN_SUSPEND_H
#define COMPTOIR_SERVER_ACTION_DOMAIN_SUSPEND_H

#include "storage/domain_policy.h"

/* Writes the block. With DOMAIN_SUSPEND the follows between its actors and ours end then, both ways and with counters, in
 * batches that hold nobody up, and those who lost some are told once of all of them, by a job. db must not be in a transaction, and
 * has to be the web role's or the owner's. Blocking again does what an earlier call has left undone. */
enum error domain_block_apply(struct db *db, struct arena *arena, const struct domain_block *block) MUST_CHECK;

#endif
