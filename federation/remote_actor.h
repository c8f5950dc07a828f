/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * From the document of a remote actor to its row. The document was read from its own origin: pushed copies are never
 * believed (CHECKLIST A4). */
#ifndef COMPTOIR_FEDERATION_REMOTE_ACTOR_H
#define COMPTOIR_FEDERATION_REMOTE_ACTOR_H

#include "federation/vocab_in.h"

struct federation;

/* Alone or in the caller's transaction. Cleans texts, checks keys, resolves nothing over the network; the handle is
 * shown at the actor's own host until WebFinger confirms another domain. ERROR_FORBIDDEN: its domain is refused, it is
 * one of ours, or it has no inbox; ERROR_GONE: tombstoned. */
enum error remote_actor_store(struct federation *federation, struct db *db, struct arena *arena,
	const struct vocab_actor *actor, int64_t *ret_actor_id) MUST_CHECK;

#endif
