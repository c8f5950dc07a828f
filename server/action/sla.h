/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Clocks that are over: the ticket says so, to whoever watches it. */
#ifndef COMPTOIR_SERVER_ACTION_SLA_H
#define COMPTOIR_SERVER_ACTION_SLA_H

#include "storage/sla.h"

/* At most limit tickets, each in a transaction of its own. *ret_count: how many. */
enum error sla_breach_run(struct db *db, struct arena *arena, int limit, size_t *ret_count) MUST_CHECK;

#endif
