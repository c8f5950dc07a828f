/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What has to happen now and then: polls that end, and forgetting what need not be kept (retention.* settings). Every
 * process of the federation role does it; rows that another one holds are skipped. */
#ifndef COMPTOIR_FEDERATION_MAINTENANCE_H
#define COMPTOIR_FEDERATION_MAINTENANCE_H

#include "base/error.h"
#include "base/memory.h"

#include <stdint.h>

struct arena;
struct config;
struct db;
struct federation;
struct maintenance;

struct maintenance *maintenance_start(struct federation *federation);
void maintenance_stop(struct maintenance **maintenance); /* accepts NULL; at the end of the present batch */

struct maintenance_sums {
	int64_t activities, deliveries, remote_posts;
};

/* One round of forgetting at now_us, as the thread does each hour. Adds what went to sums. */
enum error maintenance_forget(const struct config *config, struct db *db, struct arena *arena, int64_t now_us,
	struct maintenance_sums *sums) MUST_CHECK;

#endif
