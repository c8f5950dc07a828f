/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * One wish, from its claim to its end. */
#ifndef COMPTOIR_FEDERATION_FETCH_STEP_H
#define COMPTOIR_FEDERATION_FETCH_STEP_H

#include "base/arena.h"
#include "base/error.h"

struct db;
struct federation;

/* Waits for the network. ERROR_NOT_FOUND when nothing is due; another error when the database failed. */
enum error fetch_step(struct federation *federation, struct db *db, struct arena *arena) MUST_CHECK;

/* How long after the attempts so far (with this one) the next one comes: 10 s, 1 min, 5 min, 30 min, 2 h, and so on. */
int64_t fetch_step_delay_us(int attempts) MUST_CHECK;

#endif
