/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Sums over the instance lie in 16 rows each (table instance_counters): a writer adds to the row that the id
 * of what it counts chooses, so that two writers seldom wait for one another. */
#ifndef COMPTOIR_STORAGE_INSTANCE_COUNTER_H
#define COMPTOIR_STORAGE_INSTANCE_COUNTER_H

#include <stdint.h>

static inline int16_t instance_counter_slot(int64_t id)
{
	return (int16_t)(id & 15);
}

#endif
