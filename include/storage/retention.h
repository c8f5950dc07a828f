/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Forgetting what need not be kept, in batches so short that nobody waits for them: rows that others hold are left for
 * the next time. Each function is a batch of at most RETENTION_BATCH, outside of a transaction; *ret_count says how many went, and a
 * full batch that there may be more. */
#ifndef COMPTOIR_STORAGE_RETENTION_H
#define COMPTOIR_STORAGE_RETENTION_H

#include "storage/db.h"

#define RETENTION_BATCH 500

/* Activities from outside that ended before. */
enum error retention_activities_in(struct db *db, struct arena *arena, int64_t before_us, int64_t *ret_count) MUST_CHECK;

/* Those that were received before and that no operator took care of since they were set aside. */
enum error retention_set_aside(struct db *db, struct arena *arena, int64_t before_us, int64_t *ret_count) MUST_CHECK;

/* Bodies of our own activities that were made before and are delivered everywhere: emptied, the receipts stay. */
enum error retention_bodies_out(struct db *db, struct arena *arena, int64_t before_us, int64_t *ret_count) MUST_CHECK;

/* Receipts that ended before become sums per host and month; activities without receipts go with their last one. */
enum error retention_deliveries(struct db *db, struct arena *arena, int64_t before_us, int64_t *ret_count) MUST_CHECK;
enum error retention_activities_out(struct db *db, struct arena *arena, int64_t before_us, int64_t *ret_count) MUST_CHECK;

/* Remote posts received before that nobody here touched: not answered, boosted, favourited, quoted, reacted to, voted
 * in or mentioned in by a local actor, and of whose answers none is kept for such a reason. They leave no tombstone: a
 * peer may show them to us again. *cursor is 0 at first and after the last batch. */
enum error retention_remote_posts(struct db *db, struct arena *arena, int64_t before_us, int64_t *cursor, int64_t *ret_count) MUST_CHECK;

/* Tombstones of remote ids: those that told of nothing we had, and the others. Walks of threads that are over. */
enum error retention_tombstones(struct db *db, struct arena *arena, int64_t unknown_before_us, int64_t known_before_us,
	int64_t *ret_count) MUST_CHECK;
enum error retention_fetch_roots(struct db *db, struct arena *arena, int64_t before_us, int64_t *ret_count) MUST_CHECK;

/* What is known of hosts that were neither heard nor sent to since, have no actor here, wait for nothing and are not
 * paused. A walk in the order of names, a batch of which begins after after_name; *ret_last_name is empty (arena) at its
 * end. */
enum error retention_peers(struct db *db, struct arena *arena, int64_t before_us, struct str after_name,
	struct str *ret_last_name, int64_t *ret_count) MUST_CHECK;

/* The web role and the owner only: notifications told before that somebody who reads the account has marked as read. A walk
 * over accounts: *cursor is 0 at first, and after the last batch, which is not a full one. What is held back stays until
 * its sender is judged. */
enum error retention_notifications(struct db *db, struct arena *arena, int64_t before_us, int64_t *cursor,
	int64_t *ret_count) MUST_CHECK;

/* The same roles: what people lost before (severance.h) and have no notification of any more. */
enum error retention_severances(struct db *db, struct arena *arena, int64_t before_us, int64_t *ret_count) MUST_CHECK;

#endif
