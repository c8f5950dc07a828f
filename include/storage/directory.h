/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Who wants to be found (FEP-5feb): the directory of profiles, and whom to follow. */
#ifndef COMPTOIR_STORAGE_DIRECTORY_H
#define COMPTOIR_STORAGE_DIRECTORY_H

#include "storage/db.h"

/* Writes down anew who was active lately and who has many followers. */
enum error directory_count(struct db *db, struct arena *arena) MUST_CHECK;

struct directory_query {
	int64_t reader_id; /* 0: anyone; whom the reader blocks or mutes is left out */
	bool is_local_only;
	bool by_age;       /* the newest account first, otherwise the last active */
	int offset, limit;
};
enum error directory_list(struct db *db, struct arena *arena, const struct directory_query *query, int64_t **ret_actor_ids,
	size_t *ret_count) MUST_CHECK;

struct suggestion {
	int64_t actor_id;
	bool is_friend_of_friends; /* people whom the reader follows follow it */
	bool is_popular;           /* of this server, with many followers */
};
/* Whom the reader does not follow yet, friends of friends first. */
enum error suggestion_list(struct db *db, struct arena *arena, int64_t reader_id, int limit, struct suggestion **ret_suggestions,
	size_t *ret_count) MUST_CHECK;
/* Twice is fine, and so is an id that nobody has. */
enum error suggestion_dismiss(struct db *db, struct arena *arena, int64_t reader_id, int64_t actor_id) MUST_CHECK;

#endif
