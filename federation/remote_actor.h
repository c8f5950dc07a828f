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
 * one of ours, or it has no inbox or no name that can be written; ERROR_GONE: tombstoned; ERROR_UNAVAILABLE: somebody
 * stored the same just now. Call key_ring_forget once it is committed. */
enum error remote_actor_store(struct federation *federation, struct db *db, struct arena *arena,
	const struct vocab_actor *actor, int64_t *ret_actor_id) MUST_CHECK;

/* Several, of whom most are new, in the caller's transaction. After an error, which is the first of theirs, the transaction
 * is to be rolled back. */
enum error remote_actor_store_many(struct federation *federation, struct db *db, struct arena *arena,
	const struct vocab_actor *const *actors, size_t count) MUST_CHECK;

/* The same with what WebFinger just said of the handle: account_domain is canonical and led back to this actor; data
 * NULL when none did, and then the actor's own host counts again. */
enum error remote_actor_store_named(struct federation *federation, struct db *db, struct arena *arena,
	const struct vocab_actor *actor, struct str account_domain, int64_t *ret_actor_id) MUST_CHECK;

/* What the documents of an actor become, without a database; for tests. ERROR_FORBIDDEN as above, policy and ours
 * excepted. */
struct remote_actor_view {
	struct actor_remote row; /* without domain and is_handle_confirmed */
	struct str authority;    /* host of its id, with a port that is not the default */
};
enum error remote_actor_read(struct arena *arena, const struct vocab_actor *actor, bool has_images,
	struct remote_actor_view *ret_view) MUST_CHECK;

#endif
