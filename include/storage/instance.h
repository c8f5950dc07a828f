/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Numbers about the whole instance, as NodeInfo and the instance entities show them. */
#ifndef COMPTOIR_STORAGE_INSTANCE_H
#define COMPTOIR_STORAGE_INSTANCE_H

#include "storage/db.h"

struct instance_counts {
	int64_t users;
	int64_t active_month;
	int64_t active_half_year;
	int64_t local_posts;
	int64_t local_comments;
	int64_t known_peers;
};

/* Not cheap on a large instance: callers keep the answer for a while. */
enum error instance_count(struct db *db, struct arena *arena, struct instance_counts *ret_counts) MUST_CHECK;

/* Names of the servers that we exchange with and do not block, at most INSTANCE_MAX_PEERS. */
#define INSTANCE_MAX_PEERS 50000
enum error instance_list_peers(struct db *db, struct arena *arena, struct str **ret_names, size_t *ret_count) MUST_CHECK;
/* Those of them whose names begin so, in their order. Reads as many names as come after the first one. */
enum error instance_search_peers(struct db *db, struct arena *arena, struct str beginning, int64_t limit, struct str **ret_names,
	size_t *ret_count) MUST_CHECK;

/* A week, from Monday on, in UTC. */
struct instance_week {
	int64_t begin_us;
	int64_t posts, active_users, new_users;
};
#define INSTANCE_WEEKS 12
/* This week and those before it, INSTANCE_WEEKS of them, the latest first. */
enum error instance_list_weeks(struct db *db, struct arena *arena, struct instance_week ret_weeks[INSTANCE_WEEKS]) MUST_CHECK;
/* Writes down this week as it is until now; called each hour. Weeks of more than a year ago go. */
enum error instance_note_week(struct db *db, struct arena *arena) MUST_CHECK;

#endif
