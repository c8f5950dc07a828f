/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The database side of delivery: a thread that claims what is due, writes receipts and what is known of peers, expands
 * large audiences and keeps the lease of this process. Woken by rings and by the loop; it looks by itself once a second
 * at most. It writes receipts in batches, some milliseconds late, since a round trip for each would cost more than
 * sending.
 *
 * What it brings goes to the loop as messages; the functions below are called there. */
#ifndef COMPTOIR_FEDERATION_DELIVERY_STORE_H
#define COMPTOIR_FEDERATION_DELIVERY_STORE_H

#include "federation/scheduler.h"

struct federation;
struct loop;
struct delivery_store;

/* Runs on the loop. The strings of what they are given live until they return. */
struct delivery_store_listener {
	void (*taken)(void *argument, const struct scheduler_batch *batch);
	void (*looked)(void *argument, const struct peer_record *records, size_t count);
	void (*paused)(void *argument, const struct str *names, size_t count);
	void (*written)(void *argument, struct delivery_item *item);
	void (*saved)(void *argument, struct str peer);
	/* After each message: how many more rows the loop would take. */
	size_t (*advance)(void *argument);
	void *argument;
};

struct delivery_store *delivery_store_start(const struct federation *federation, struct loop *loop,
	const struct delivery_store_listener *listener) MUST_CHECK;

/* Any of these only on the loop; they copy. */
void delivery_store_finish(struct delivery_store *store, struct delivery_item *item); /* lent until written */
void delivery_store_save(struct delivery_store *store, const struct peer_record *record);
void delivery_store_claim(struct delivery_store *store, struct str peer, int limit, bool all);
void delivery_store_expire(struct delivery_store *store, struct str peer, int64_t before_us);
void delivery_store_set_room(struct delivery_store *store, size_t room);

/* Claims nothing any more. Any thread. */
void delivery_store_quiesce(struct delivery_store *store);

/* Writes what was handed over, gives back the rest and ends the thread. Its last messages are on the loop's list. */
void delivery_store_stop(struct delivery_store *store);

/* When the loop has run them. */
void delivery_store_free(struct delivery_store **store);

#endif
