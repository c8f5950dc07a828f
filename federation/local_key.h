/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The private key of a local actor, from its sealed row to something that signs. */
#ifndef COMPTOIR_FEDERATION_LOCAL_KEY_H
#define COMPTOIR_FEDERATION_LOCAL_KEY_H

#include "federation/signing_key.h"

#include "storage/actor_key.h"

struct secret_box;

/* ERROR_NOT_FOUND when the actor has none of that kind; ERROR_CRYPTO when it does not open under this secret box. The
 * caller frees *ret_key; *ret_key_id and *ret_created_us, which changes when the key is replaced, may be NULL. */
enum error local_key_open(struct db *db, struct arena *arena, const struct secret_box *box, int64_t actor_id,
	enum actor_key_kind kind, struct signing_key **ret_key, struct str *ret_key_id, int64_t *ret_created_us) MUST_CHECK;

#endif
