/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Listening to relays (FEP-ae0c), by the instance actor. */
#ifndef COMPTOIR_SERVER_ACTION_RELAY_H
#define COMPTOIR_SERVER_ACTION_RELAY_H

#include "storage/relay.h"

/* In a transaction of its own: db must not be in one. actor_uri: of a RELAY_LITEPUB, which is followed; data NULL for a
 * RELAY_MASTODON. It waits until the relay accepts. ERROR_CONFLICT when we listen to that inbox already. */
enum error relay_subscribe(struct db *db, struct arena *arena, enum relay_kind kind, struct str inbox_url,
	struct str actor_uri, struct relay *ret_relay) MUST_CHECK;

/* By its inbox or, when there is none with that inbox, by its actor. ERROR_NOT_FOUND. */
enum error relay_unsubscribe(struct db *db, struct arena *arena, struct str url) MUST_CHECK;

#endif
