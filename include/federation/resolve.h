/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * From a name to a row: what people type or other documents name, read from its server when it is not here. These wait
 * for the network: fetch workers, slow workers and the command line only. */
#ifndef COMPTOIR_FEDERATION_RESOLVE_H
#define COMPTOIR_FEDERATION_RESOLVE_H

#include "storage/actor.h"
#include "storage/post.h"

struct federation;

/* An actor by id, read anew when what is here is older than max_age_us (INT64_MAX: any is good enough; 0: always).
 * ERROR_GONE, ERROR_FORBIDDEN (policy or document refused), ERROR_UNAVAILABLE (just now). */
enum error resolve_actor(struct federation *federation, struct db *db, struct arena *arena, struct str uri,
	int64_t max_age_us, struct actor *ret_actor) MUST_CHECK;

/* "@name@domain" and its spellings, by WebFinger with the round trip (CHECKLIST A9). ERROR_BAD_REQUEST when it is no
 * handle, ERROR_NOT_FOUND when nobody there is called so. */
enum error resolve_handle(struct federation *federation, struct db *db, struct arena *arena, struct str handle,
	struct actor *ret_actor) MUST_CHECK;

/* What a search box may contain: a handle, the id or page of an actor or a post. Exactly one of the two ids is set. */
struct resolved {
	int64_t actor_id;
	int64_t post_id;
};
enum error resolve_any(struct federation *federation, struct db *db, struct arena *arena, struct str text,
	struct resolved *ret_resolved) MUST_CHECK;

#endif
