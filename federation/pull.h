/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Asking for what was not delivered: many servers give up on us within minutes when we are away (DELIVERY.md 1). After a
 * downtime of ten minutes the outboxes of all followed actors are read, with the answers to what they wrote lately; and
 * once a day those of actors who were silent, since nobody says so when a delivery is given up. */
#ifndef COMPTOIR_FEDERATION_PULL_H
#define COMPTOIR_FEDERATION_PULL_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct db;
struct federation;

struct pull {
	bool has_begun;
	bool is_walking;
	bool was_away;      /* this walk follows a downtime */
	int64_t cursor;
	int64_t walk_began_us;
	int64_t beat_due_us; /* monotonic */
};

/* Some seconds' share of the work; to be called every PULL_INTERVAL_US by one thread of the process. */
#define PULL_INTERVAL_US ((int64_t)5 * 1000000)
enum error pull_round(struct pull *pull, struct db *db, struct arena *arena) __attribute__((warn_unused_result));

#endif
