/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Public keys of remote actors, parsed once and kept (parsing costs sixteen verifications): memory, then the table,
 * then the one permitted fetch of the key's document. Failures are remembered too: at most one fetch for an actor's
 * key in five minutes, whatever is asked. Any thread. */
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
	KEY_REFUSED, /* known to be nobody's, or of a suspended actor */
	KEY_LATER,   /* could not be had lately, or the database is away */
};

struct key_owner {
	struct public_key *key; /* a reference: public_key_unref */
	struct str actor_uri;   /* arena */
	int64_t actor_id;       /* 0 while the actor is not stored */
	struct str document_url; /* arena; with KEY_WANTED */
};

/* wants_fresh: what is kept did not verify; KEY_WANTED when the five minutes allow it. */
enum key_lookup key_ring_find(struct federation *federation, struct db *db, struct arena *arena, struct str key_id,
	bool wants_fresh, struct key_owner *ret_owner) MUST_CHECK;

/* Reads key_id from its document: an actor that lists it, or a key document whose owner is still to be confirmed by
 * the actor's own document (KEY_WANTED again, with that URL). Two-way (CHECKLIST B5): the actor must list the key. */
enum key_lookup key_ring_learn(struct federation *federation, struct db *db, struct arena *arena, struct str key_id,
	struct fetch_document *document, struct key_owner *ret_owner) MUST_CHECK;

/* After an actor was stored anew or is gone. */
void key_ring_forget(struct key_ring *ring, struct str actor_uri);

#endif
