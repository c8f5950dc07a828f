/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The scheduler as its own files see it. scheduler.c: whose turn it is. scheduler_attempt.c: one delivery from its turn
 * to its receipt. */
#ifndef COMPTOIR_FEDERATION_SCHEDULER_INTERNAL_H
#define COMPTOIR_FEDERATION_SCHEDULER_INTERNAL_H

#include "federation/breaker.h"
#include "federation/scheduler.h"

#include "base/map.h"

struct scheduler {
	struct scheduler_options options;
	struct map *peers; /* name -> struct peer */
	struct list_link rings[PEER_TRUST_COUNT]; /* of peers that may start something */
	unsigned in_flight;
	unsigned in_flight_of[PEER_TRUST_COUNT];
	unsigned doubtful_signing;
	size_t item_count;
	size_t doubtful_count; /* of them, those whose peer was not proven when they came */
	struct breaker breaker;
	int64_t next_sweep_us;
	bool is_stopping;
};

/* Puts the peer on the ring where it belongs, or on none. */
void scheduler_place(struct scheduler *scheduler, struct peer *peer, int64_t now_us);

/* Tells the store what changed. */
void scheduler_note_peer(struct scheduler *scheduler, struct peer *peer, bool at_rest);

/* Gives back what waits in memory, to wait in the table. */
void scheduler_park(struct scheduler *scheduler, struct peer *peer);

/* Asks for more when there is room. */
void scheduler_refill(struct scheduler *scheduler, struct peer *peer, bool all);

/* With its receipt but for what the item knows itself. */
void scheduler_end(struct scheduler *scheduler, struct delivery_item *item, const struct delivery_receipt *receipt);

/* A queued item of a peer that may start it. */
void scheduler_start(struct scheduler *scheduler, struct delivery_item *item, int64_t now_us);

#endif
