/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Relays that we listen to (FEP-ae0c): Mastodon's kind, where the instance actor follows as:Public at an inbox, and
 * LitePub's, where it follows an actor. */
#ifndef COMPTOIR_STORAGE_RELAY_H
#define COMPTOIR_STORAGE_RELAY_H

#include "storage/db.h"

enum relay_kind { RELAY_MASTODON, RELAY_LITEPUB };
enum relay_state { RELAY_PENDING, RELAY_ACCEPTED, RELAY_REJECTED };

struct relay {
	int64_t id; /* id_new() */
	enum relay_kind kind;
	struct str inbox_url;
	struct str actor_uri;  /* data NULL until known */
	struct str follow_uri;
	enum relay_state state;
};

/* The words of the table. Static. */
const char *relay_kind_name(enum relay_kind kind);
const char *relay_state_name(enum relay_state state);

/* ERROR_CONFLICT when there is one with that inbox. */
enum error relay_create(struct db *db, struct arena *arena, const struct relay *relay) MUST_CHECK;
enum error relay_remove(struct db *db, struct arena *arena, int64_t id) MUST_CHECK; /* ERROR_NOT_FOUND */
enum error relay_list(struct db *db, struct arena *arena, struct relay **ret_relays, size_t *ret_count) MUST_CHECK;
enum error relay_find_by_inbox(struct db *db, struct arena *arena, struct str inbox_url, struct relay *ret_relay) MUST_CHECK;
enum error relay_find_by_follow(struct db *db, struct arena *arena, struct str follow_uri, struct relay *ret_relay) MUST_CHECK;

/* The oldest, should there be several. A RELAY_MASTODON has an actor once it has answered. */
enum error relay_find_by_actor(struct db *db, struct arena *arena, struct str actor_uri, struct relay *ret_relay) MUST_CHECK;

/* Whether that actor is a relay that has accepted us. */
enum error relay_is_accepted(struct db *db, struct arena *arena, struct str actor_uri, bool *ret_is) MUST_CHECK;

/* By an Accept or Reject of actor_uri, whose host must be that of the inbox: the caller checks. */
enum error relay_set_state(struct db *db, struct arena *arena, int64_t id, enum relay_state state, struct str actor_uri) MUST_CHECK;

#endif
