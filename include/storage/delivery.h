/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Deliveries: who sends which, what it came to, and when it is tried again. For the delivery workers of a process and
 * the command line.
 *
 * A process begins a worker and renews it; rows that it claims are its own until it finishes them, gives them back, or
 * no longer renews. Everything here is one statement and safe to repeat after ERROR_COMMIT_UNKNOWN. Times are ours
 * (clock_now_us), not the database's, so that a test can move them; leases alone are the database's. */
#ifndef COMPTOIR_STORAGE_DELIVERY_H
#define COMPTOIR_STORAGE_DELIVERY_H

#include "storage/db.h"

/* ---- who works ---- */

#define DELIVERY_LEASE_MS 30000
#define DELIVERY_RENEW_MS 10000

/* Begins or renews; the lock that shows other processes that this one lives is this connection's. *ret_is_new: it was
 * not known (any more), so what it had taken may be another's. */
enum error delivery_worker_renew(struct db *db, struct arena *arena, int64_t worker_id, bool *ret_is_new) MUST_CHECK;

/* Frees what workers hold that are gone, at once when their connection is, else with their lease. */
enum error delivery_worker_reap(struct db *db, struct arena *arena, int64_t worker_id, int64_t *ret_freed) MUST_CHECK;

/* Gives back everything. */
enum error delivery_worker_end(struct db *db, struct arena *arena, int64_t worker_id) MUST_CHECK;

/* ---- what is due ---- */

struct delivery_claim {
	int64_t activity_id;
	struct str inbox_url;
	struct str peer;
	int attempts;
	int64_t first_attempt_us; /* 0: none yet */
	int64_t waits_for; /* an earlier activity about the same object that is still pending for this inbox; 0 for none */
};

#define DELIVERY_CLAIM_MAX 1000 /* newest and oldest together */
struct delivery_claim_request {
	int64_t worker_id;
	int64_t now_us;
	int newest; /* at most so many of those due last, */
	int oldest; /* and so many of those due first: a backlog delays nobody, and nobody delays a backlog */
	int per_peer;
};

/* Rows of peers that are paused or not to be tried now are parked on the way, and so is what is too much for one peer. In
 * the order of activities. */
struct delivery_claimed {
	struct delivery_claim *claims;
	size_t count;
	size_t looked;   /* with those that were parked */
	bool has_fanout; /* delivery_expand_fanout finds something, */
	bool has_peers;  /* and peer_take_due does, unless another worker has it already */
};
enum error delivery_claim(struct db *db, struct arena *arena, const struct delivery_claim_request *request,
	struct delivery_claimed *ret_claimed) MUST_CHECK;

/* Of one peer, parked ones too; oldest activities first. all: those put off by themselves as well. With fewer than
 * limit the peer has none parked any more. */
enum error delivery_claim_peer(struct db *db, struct arena *arena, int64_t worker_id, int64_t now_us, struct str peer,
	int limit, bool all, struct delivery_claim **ret_claims, size_t *ret_count) MUST_CHECK;

enum delivery_state {
	DELIVERY_PENDING,
	DELIVERY_ACCEPTED,
	DELIVERY_REFUSED,
	DELIVERY_GIVEN_UP,
	DELIVERY_WITHHELD,
	DELIVERY_STATE_COUNT
};
const char *delivery_state_name(enum delivery_state state); /* as in the table; static */

#define DELIVERY_PARKED INT64_MAX

struct delivery_receipt {
	int64_t activity_id;
	struct str inbox_url;
	enum delivery_state state;
	int64_t due_us;       /* of a pending one; DELIVERY_PARKED: until its peer is looked at */
	int64_t attempted_us; /* 0: not tried; counts as an attempt otherwise */
	int status;           /* 0 for none */
	struct str error;     /* data NULL for none */
};

/* Rows that this worker no longer holds stay as they are. At most 10,000. */
enum error delivery_finish(struct db *db, struct arena *arena, int64_t worker_id, int64_t now_us,
	const struct delivery_receipt *receipts, size_t count) MUST_CHECK;

/* Of a peer that is dead: what is older than before_us is given up, up to limit rows. */
enum error delivery_expire(struct db *db, struct arena *arena, struct str peer, int64_t before_us, int64_t now_us,
	int limit, int64_t *ret_count) MUST_CHECK;

/* Deliveries and peers that were put off by a clock that was wrong are due: those that failed in the future, or wait for
 * a time after latest_us. *ret_count of both. Reads all peers. */
enum error delivery_mend_times(struct db *db, struct arena *arena, int64_t now_us, int64_t latest_us, int64_t *ret_count)
	MUST_CHECK;

/* The age of the oldest one that nobody has taken though it is due; 0 for none. */
enum error delivery_queue_age(struct db *db, struct arena *arena, int64_t now_us, int64_t *ret_age_us) MUST_CHECK;

/* ---- what is sent ---- */

struct delivery_activity_row {
	int64_t id;
	struct str uri;
	struct str type;
	struct str object_uri; /* data NULL for none */
	struct str body;
	bool is_public;
	bool is_for_followers;
	int64_t created_us;
	int64_t actor_id;
	struct str followers_url;
	struct str main_key_uri; /* data NULL when there is no such key */
	int64_t main_key_created_us;
	struct str ed25519_key_uri;
	int64_t ed25519_key_created_us;
	bool is_released; /* storage/release.h */
	bool is_author_suspended;
};

/* Those of the ids that are there. */
enum error delivery_load_activities(struct db *db, struct arena *arena, const int64_t *ids, size_t count,
	struct delivery_activity_row **ret_rows, size_t *ret_count) MUST_CHECK;

/* What may change while an activity waits. */
struct delivery_author {
	int64_t actor_id;
	bool is_suspended;
	int64_t main_key_created_us; /* 0 without one */
};
enum error delivery_find_authors(struct db *db, struct arena *arena, const int64_t *actor_ids, size_t count,
	struct delivery_author **ret_authors, size_t *ret_count) MUST_CHECK;

/* ---- fan-outs ---- */

/* The next limit inboxes of the fan-out that waits longest. *ret_found: there was one; *ret_made: deliveries made. */
enum error delivery_expand_fanout(struct db *db, struct arena *arena, int64_t now_us, int limit, bool *ret_found,
	int64_t *ret_made) MUST_CHECK;

/* After that failed: the one that waits longest comes later. */
enum error delivery_postpone_fanout(struct db *db, struct arena *arena, int64_t now_us, int64_t due_us) MUST_CHECK;

/* ---- for the operator ---- */

struct delivery_view {
	struct str activity_uri;
	struct str type;
	struct str inbox_url;
	struct str peer;
	enum delivery_state state;
	int attempts;
	int64_t due_us; /* of a pending one; DELIVERY_PARKED; 0 otherwise */
	bool is_taken;  /* a worker has it */
	int64_t first_attempt_us;
	int64_t last_attempt_us;
	int last_status;
	struct str last_error;
	int recipients;
};

/* Of the activity with that uri, or of all about the post with that uri; limit rows by activity and inbox after the
 * offset. ERROR_NOT_FOUND when there is neither. */
enum error delivery_list(struct db *db, struct arena *arena, struct str uri, int limit, int offset,
	struct delivery_view **ret_views, size_t *ret_count) MUST_CHECK;

/* Makes pending ones due at once, those that ended without success pending again; of an activity by its uri. Rings
 * WAKE_DELIVERIES. ERROR_NOT_FOUND for an unknown activity. */
enum error delivery_retry_activity(struct db *db, struct arena *arena, struct str uri, int64_t now_us, int64_t *ret_count)
	MUST_CHECK;

#endif
