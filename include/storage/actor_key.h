/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Keys of actors by their ids: public halves of everybody, sealed private halves of local actors. */
#ifndef COMPTOIR_STORAGE_ACTOR_KEY_H
#define COMPTOIR_STORAGE_ACTOR_KEY_H

#include "storage/db.h"

enum actor_key_kind { ACTOR_KEY_RSA, ACTOR_KEY_ED25519 };

struct actor_key {
	struct str uri; /* key id */
	enum actor_key_kind kind;
	int64_t actor_id;
	struct str actor_uri;
	bool is_local;           /* of the actor */
	bool is_actor_suspended;
	struct str public_pem;   /* RSA */
	struct str public_bytes; /* Ed25519 */
	struct str private_sealed; /* local only, and only from actor_key_find_private; data NULL otherwise */
	int64_t created_us;      /* changes when the key is replaced */
	int64_t actor_fetched_us; /* remote only */
};

/* ERROR_NOT_FOUND when absent. *ret_is_own_host in both cases: authority, the host of the key's id, stands for one of our
 * domains, or is one of their names. */
enum error actor_key_find(struct db *db, struct arena *arena, struct str uri, struct str authority,
	struct actor_key *ret_key, bool *ret_is_own_host) MUST_CHECK;

/* A local actor's key of that kind with its sealed private half. ERROR_NOT_FOUND. */
enum error actor_key_find_private(struct db *db, struct arena *arena, int64_t actor_id, enum actor_key_kind kind,
	struct actor_key *ret_key) MUST_CHECK;

#endif
