/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What changes often about many actors, at the cost of two small rows each: for those who keep what is rendered of the
 * rest by (id, stamp). */
#ifndef COMPTOIR_STORAGE_ACTOR_GLANCE_H
#define COMPTOIR_STORAGE_ACTOR_GLANCE_H

#include "storage/db.h"

struct actor_glance {
	int64_t id;
	int64_t stamp;       /* another one whenever the actor's row was changed in any way */
	int64_t moved_to_id; /* 0 for none */
	bool is_suspended;
	int64_t followers, following, posts;
	int64_t last_post_us; /* 0 for never */
};

/* Those of the ids that are here and not deleted, in no order. */
enum error actor_glance_list(struct db *db, struct arena *arena, const int64_t *ids, size_t count,
	struct actor_glance **ret_glances, size_t *ret_count) MUST_CHECK;

/* What only their Account entity tells. */
struct actor_extra {
	int64_t id;
	struct str avatar_alt, header_alt;
	int user_role; /* enum user_role of a local actor; USER_MEMBER otherwise */
};
enum error actor_extra_list(struct db *db, struct arena *arena, const int64_t *ids, size_t count,
	struct actor_extra **ret_extras, size_t *ret_count) MUST_CHECK;

#endif
