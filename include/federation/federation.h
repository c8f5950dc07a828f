/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The federation of one process: what its parts share, and when they run. Built once the database is prepared, before
 * any of its users; never changed afterwards, its members lock themselves. */
#ifndef COMPTOIR_FEDERATION_FEDERATION_H
#define COMPTOIR_FEDERATION_FEDERATION_H

#include "base/arena.h"
#include "base/error.h"

struct config;
struct secret_box;
struct policy;
struct fetcher;
struct key_ring;
struct inbox_intake;
struct inbox_workers;
struct fetch_workers;
struct delivery;
struct maintenance;
struct peer_ears;

struct federation {
	const struct config *config;
	const struct secret_box *secret_box;
	struct str base_url;  /* of the primary domain, without trailing slash */
	struct str actor_uri; /* of its instance actor */
	bool allows_http;     /* federation.allow_addresses is set: ids may be http (development and tests) */
	struct policy *policy;    /* policy.h: whom we federate with */
	struct fetcher *fetcher;  /* fetch.h: documents of other servers */
	struct key_ring *keys;    /* key_ring.h: public keys of remote actors */
	struct inbox_intake *intake; /* inbox_intake.h: where accepted activities become rows */
	struct peer_ears *ears;   /* delivery.h: who was heard */
	struct inbox_workers *inbox_workers; /* the rest only with the federation role; NULL otherwise */
	struct fetch_workers *fetch_workers;
	struct delivery *delivery;
	struct maintenance *maintenance;
	struct arena *arena;
};

/* runs_queues: the federation role: inbox workers, fetch workers, delivery, retention. config and box must outlive it.
 * On failure *ret_message (arena) says what is wrong. */
enum error federation_start(const struct config *config, const struct secret_box *box, bool runs_queues,
	struct arena *arena, struct federation **ret_federation, struct str *ret_message) MUST_CHECK;

/* Finishes what is under way and gives back what is not; accepts NULL. */
void federation_stop(struct federation **federation);

#endif
