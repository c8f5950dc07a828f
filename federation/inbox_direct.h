/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Activities that are handled in the transaction that makes them rows, before they are answered with 202: nothing is
 * claimed, read again or marked for them, and what one commit holds is either all there or was promised to nobody. What
 * takes long, has to wait or fails goes by the queue (inbox_step.h), as everything can. */
#ifndef COMPTOIR_FEDERATION_INBOX_DIRECT_H
#define COMPTOIR_FEDERATION_INBOX_DIRECT_H

#include "federation/inbox.h"
#include "federation/inbox_step.h"

struct federation;

struct inbox_direct {
	struct federation *federation;
	struct db *db;            /* DB_FEDERATION, no transaction open */
	struct arena *arena;      /* reset by each call */
	struct arena *work_arena; /* likewise; INBOX_WORK_ARENA_BYTES */
};

#define INBOX_DIRECT_MAX 64

/* Together; answers: INBOX_VERIFIED, at most INBOX_DIRECT_MAX. The actors that they bring are stored first.
 * ret_is_stored[i] is false where the uri is there already. After an error nothing is stored, of any of them: of the
 * database; ERROR_FORBIDDEN, ERROR_GONE and ERROR_UNAVAILABLE as of remote_actor_store, of one of the actors; anything
 * else: they have to go by the queue. */
enum error inbox_direct_take(const struct inbox_direct *direct, struct inbox_answer *const *answers, size_t count,
	bool *ret_is_stored) MUST_CHECK;

/* The actors that they bring, in the caller's transaction. Errors as of remote_actor_store_many. */
enum error inbox_direct_store_actors(const struct inbox_direct *direct, struct inbox_answer *const *answers, size_t count)
	MUST_CHECK;

#endif
