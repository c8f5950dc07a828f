/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What travels between the threads of delivery: activities, read once and shared by all their deliveries, and the
 * deliveries themselves, each with one owner at a time. Made by the store's thread, lent to the loop, lent by it to a
 * signer; given back to the store with a receipt; freed by the loop when that is written. */
#ifndef COMPTOIR_FEDERATION_DELIVERY_ITEM_H
#define COMPTOIR_FEDERATION_DELIVERY_ITEM_H

#include "federation/peer.h"
#include "federation/signature.h"
#include "storage/delivery.h"

#include <stdatomic.h>

struct shared_key {
	atomic_uint references;
	struct signing_key *key;
	int64_t created_us;
};
struct shared_key *shared_key_ref(struct shared_key *key);
void shared_key_unref(struct shared_key **key);

struct delivery_activity {
	atomic_uint references;
	struct arena *arena; /* of everything here, this struct as well */
	int64_t id;
	int64_t actor_id;
	struct str uri;
	struct str body; /* as sent, with its proof */
	unsigned char digest[DIGEST_BYTES];
	struct str followers_url;
	bool is_for_followers;
	struct shared_key *key; /* RSA; NULL: it cannot be signed */
	struct str key_id;
	bool takes_back;        /* a suspended author may still send it */
	bool is_released;       /* storage/release.h */
};
struct delivery_activity *delivery_activity_ref(struct delivery_activity *activity);
void delivery_activity_unref(struct delivery_activity **activity);

enum delivery_item_state {
	ITEM_QUEUED,
	ITEM_SIGNING,
	ITEM_SENDING,
	ITEM_ENDED, /* has its receipt, which is not written yet */
};

struct delivery_item {
	struct list_link link;       /* of its peer's items */
	struct list_link batch_link; /* of what it is handed over with */
	enum delivery_item_state state;
	struct peer *peer;           /* on the loop only */
	struct delivery_activity *activity;
	int64_t activity_id;
	struct str inbox_url;        /* these are in this memory */
	struct str peer_name;
	struct str synchronization;  /* Collection-Synchronization; empty for none */
	int attempts;
	int64_t first_attempt_us;
	int64_t waits_for;
	const char *withheld;        /* why it is not to be sent at all, static; NULL otherwise */
	enum peer_trust counted_as;  /* while it is in flight */
	bool is_probe;               /* of the breaker */
	bool is_doubtful;            /* its peer was not proven when it came */

	/* This attempt. */
	struct arena *arena;
	int64_t began_us;
	enum signature_scheme scheme;
	bool is_second;
	enum error sign_error;
	struct signature_headers signed_headers;

	struct delivery_receipt receipt;
	char error_text[200];
};

struct delivery_item *delivery_item_new(const struct delivery_claim *claim, struct delivery_activity *activity,
	struct str synchronization);
void delivery_item_free(struct delivery_item **item);

/* Signs for this moment; fills sign_error and signed_headers. Any thread. */
void delivery_item_sign(struct delivery_item *item, int64_t now_us);

#endif
