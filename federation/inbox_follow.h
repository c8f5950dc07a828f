/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Follows that came together, or alone, as far as nothing stands against them. */
#ifndef COMPTOIR_FEDERATION_INBOX_FOLLOW_H
#define COMPTOIR_FEDERATION_INBOX_FOLLOW_H

#include "federation/inbox_handler.h"
#include "storage/actor_sender.h"

struct inbox_follower {
	struct inbox_context *context;     /* of its actor only id, uri and is_silenced need be there */
	const struct actor_sender *target; /* whom it is for; NULL when unknown */
};

/* New follows of people here, with their notifications and Accepts, in a handful of statements: ret_is_done[i]. Of the
 * others nothing is written; they are for inbox_follow. */
enum error inbox_follow_many(const struct inbox_follower *followers, size_t count, bool *ret_is_done) MUST_CHECK;

#endif
