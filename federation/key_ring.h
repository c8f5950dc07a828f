/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Public keys of remote actors, parsed once and kept (parsing costs sixteen verifications): memory, then the table,
 * then the one permitted fetch of the key's document. Failures are remembered too: at most one fetch for an actor's
 * key in five minutes, whatever is asked, and at most two for a host of which no key has verified lately. Any thread. */
#ifndef COMPTOIR_FEDERATION_KEY_RING_H
#define COMPTOIR_FEDERATION_KEY_RING_H

#include "federation/fetch.h"
#include "federation/public_key.h"

#include "storage/db.h"

struct key_ring;

struct key_ring *key_ring_new(void) MUST_CHECK;
void key_ring_free(struct key_ring **ring);

enum key_lookup {
	KEY_FOUND,
	KEY_WANTED,  /* fetch document_url, then key_ring_learn */
	KEY_REFUSED, /* nobody's, ours, or of a refused host or a suspended actor */
	KEY_LATER,   /* could not be had lately, or the database is away */
};

struct key_owner {
	struct public_key *key; /* a reference: public_key_unref */
	struct str actor_uri;   /* arena */
	int64_t actor_id;       /* 0 while the actor is not stored */
	bool is_proven;         /* something that it signed has verified lately: see key_ring_prove */
	struct str document_url; /* arena; with KEY_WANTED */
	const char *reason;     /* static word, with KEY_REFUSED and KEY_LATER */
	int retry_after_s;      /* with KEY_LATER */
};

/* key_id is an http or https URL without userinfo. wants_fresh: what is kept did not verify; KEY_WANTED when the five
 * minutes allow it. While a fetch that was asked for has not been learned from, everyone is told KEY_WANTED: who
 * fetches the same document at the same time shares it. */
enum key_lookup key_ring_find(struct federation *federation, struct db *db, struct arena *arena, struct str key_id,
	bool wants_fresh, struct key_owner *ret_owner) MUST_CHECK;

/* Whether nothing is remembered of key_id but that this document was asked for to learn it: then key_ring_learn may be
 * called at once, and the table need not be asked again. */
bool key_ring_awaits(struct key_ring *ring, struct arena *arena, struct str key_id, struct str document_url) MUST_CHECK;

/* Reads key_id from its document: an actor that lists it, or a key document whose owner is still to be confirmed by
 * the actor's own document (KEY_WANTED again, with that URL). Two-way (CHECKLIST B5): the actor must list the key. */
enum key_lookup key_ring_learn(struct federation *federation, struct db *db, struct arena *arena, struct str key_id,
	struct fetch_document *document, struct key_owner *ret_owner) MUST_CHECK;

/* A signature verified by a key that is not is_proven: its host is a peer, not somebody's target. */
void key_ring_prove(struct key_ring *ring, struct str key_id);

/* Whether another activity that this actor sends on without a proof may be asked for at its origin. Counts it. */
bool key_ring_may_forward(struct key_ring *ring, struct str actor_uri) MUST_CHECK;

/* After an actor was stored anew or is gone. */
void key_ring_forget(struct key_ring *ring, struct str actor_uri);

#endif
