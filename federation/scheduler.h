/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Decides which delivery is sent when. A run: the store claims due rows and hands them over (scheduler_take); each goes
 * to its peer's list. scheduler_advance goes round the peers that may start something and starts one delivery of each
 * after the other while there are places: it is given away to be signed, comes back (scheduler_signed), is sent, and
 * its answer judged: a second signature, or a receipt for the store and a finding for the peer. What a peer in trouble
 * has in memory goes back to the table, where it waits for the peer to be looked at (scheduler_look).
 *
 * Knows nothing of threads, loops or the database: all it needs of others is in the hooks, so that tests run it with a
 * replaced clock and a client that sends nothing. Everything here is called on one thread; hooks may not call back. */
#ifndef COMPTOIR_FEDERATION_SCHEDULER_H
#define COMPTOIR_FEDERATION_SCHEDULER_H

#include "federation/delivery_item.h"
#include "federation/http_client.h"

/* Rows in memory per peer. */
#define SCHEDULER_PEER_ITEMS 300
#define SCHEDULER_UNPROVEN_ITEMS 32
#define SCHEDULER_ITEMS 40000

struct scheduler_hooks {
	/* Federation with that host is allowed; asked for each attempt. */
	bool (*may_send)(void *argument, struct str peer);
	/* Then, from another call: scheduler_signed. */
	void (*sign)(void *argument, struct delivery_item *item);
	/* The item has its receipt; when that is written: scheduler_release. */
	void (*finish)(void *argument, struct delivery_item *item);
	/* Copies; when written: scheduler_saved. What is saved first is written before what is finished later. */
	void (*save)(void *argument, const struct peer_record *record);
	/* More of that peer's rows, parked ones too; then: scheduler_take with claimed_peer, with nothing even. */
	void (*claim)(void *argument, struct str peer, int limit, bool all);
	/* What waits for a dead peer longer than since that moment is given up. */
	void (*expire)(void *argument, struct str peer, int64_t before_us);
};

struct scheduler_options {
	struct http_client *client;
	const struct scheduler_hooks *hooks;
	void *argument; /* of the hooks */
	unsigned places; /* deliveries that are signed or sent at a time */
	unsigned doubtful_signing; /* of those to peers not proven, signed at a time; 0: no limit */
};

struct scheduler;
struct scheduler *scheduler_new(const struct scheduler_options *options) MUST_CHECK;

/* Items not released are freed with it. The client must be gone. */
void scheduler_free(struct scheduler **scheduler);

struct scheduler_batch {
	struct delivery_item **items; /* handed over */
	size_t item_count;
	const struct peer_record *records; /* of their peers, as far as known */
	size_t record_count;
	struct str claimed_peer; /* the answer to hooks->claim; data NULL otherwise */
	bool has_more;           /* of that peer */
};
void scheduler_take(struct scheduler *scheduler, const struct scheduler_batch *batch);

/* Peers with parked rows whose time has come. */
void scheduler_look(struct scheduler *scheduler, const struct peer_record *records, size_t count);

/* All that an operator has paused; others go on. */
void scheduler_set_paused(struct scheduler *scheduler, const struct str *names, size_t count);

void scheduler_signed(struct scheduler *scheduler, struct delivery_item *item);
void scheduler_release(struct scheduler *scheduler, struct delivery_item *item);
void scheduler_saved(struct scheduler *scheduler, struct str peer);

/* Starts what may start. When to be called again at the latest, by clock_now_us. */
int64_t scheduler_advance(struct scheduler *scheduler);

/* Starts nothing any more. */
void scheduler_stop(struct scheduler *scheduler);

/* Being signed or sent. */
unsigned scheduler_in_flight(const struct scheduler *scheduler);

/* Rows that it would take now. */
size_t scheduler_room(const struct scheduler *scheduler);

bool scheduler_is_open(const struct scheduler *scheduler); /* the breaker */

#endif
