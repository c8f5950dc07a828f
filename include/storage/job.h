/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Work that must happen, later or beside a request: a row, committed with what caused it. Taken under a lease, done or
 * put off in one statement. */
#ifndef COMPTOIR_STORAGE_JOB_H
#define COMPTOIR_STORAGE_JOB_H

#include "storage/db.h"

struct job {
	int64_t id;
	struct str kind;
	struct str key;     /* data NULL for none */
	struct str payload; /* a JSON object */
	int attempts;       /* this one included */
};

/* In the caller's transaction or alone; may be called by any role. key data NULL: none. One job of a kind and key waits
 * at a time: when there is one, it takes the new payload and is due at the earlier time; when that one runs already, it
 * comes once more (a role that may not read jobs
 * leaves the old one as it is). due_us 0: now. payload data NULL: {}. */
enum error job_add(struct db *db, struct arena *arena, struct str kind, struct str key, struct str payload, int64_t due_us) MUST_CHECK;

/* Up to limit that are due, of the given kinds, the longest due first; nobody else takes them for the seconds of
 * their kind's lease. */
enum error job_claim(struct db *db, struct arena *arena, const struct str *kinds, const int64_t *leases_s,
	size_t kind_count, int limit, struct job **ret_jobs, size_t *ret_count) MUST_CHECK;
enum error job_done(struct db *db, struct arena *arena, int64_t id) MUST_CHECK;
/* error_name: why, for the operator; data NULL when it simply comes again, and the attempts begin anew. */
enum error job_put_off(struct db *db, struct arena *arena, int64_t id, int64_t due_us, struct str error_name) MUST_CHECK;
/* Never again until an operator looks. */
enum error job_set_aside(struct db *db, struct arena *arena, int64_t id, struct str error_name) MUST_CHECK;
/* ERROR_NOT_FOUND when none of that kind and key waits. */
enum error job_remove(struct db *db, struct arena *arena, struct str kind, struct str key) MUST_CHECK;

/* When the next one of these kinds that nobody works on is due; INT64_MAX for none. */
enum error job_next_due(struct db *db, struct arena *arena, const struct str *kinds, size_t kind_count, int64_t *ret_due_us) MUST_CHECK;

#endif
