/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Documents of other servers that somebody waits for, or that are worth having. A chain of fetches that one thing
 * started (its root) has one budget for 15 minutes: so many documents that others lead to (parents, authors, quotes), so
 * many that stand in collections, so many pages of these. */
#ifndef COMPTOIR_STORAGE_FETCH_QUEUE_H
#define COMPTOIR_STORAGE_FETCH_QUEUE_H

#include "storage/db.h"

enum fetch_kind {
	FETCH_ACTOR,
	FETCH_OBJECT,    /* post, or whatever the uri turns out to be */
	FETCH_ACTIVITY,  /* a forwarded activity, to be taken from its origin */
	FETCH_REPLIES,   /* collection of answers, or a context */
	FETCH_OUTBOX,
	FETCH_FOLLOWERS, /* partial collection of FEP-8fcf; root_uri is the actor whose followers they are */
	FETCH_FEATURED,  /* root_uri is the actor whose posts they are */
	FETCH_UPDATE,    /* a post, read anew although it is here */
};

struct fetch_wish {
	struct str uri; /* an acceptable document id */
	enum fetch_kind kind;
	struct str root_uri; /* what started it: itself when data is NULL */
	int depth;           /* steps from the root */
	bool is_item;        /* it stands in a collection */
};

/* Alone or in the caller's transaction; rings WAKE_FETCHES. Wishing again is fine. Nothing happens, and no error, when
 * the root's budget is spent, depth is too large or the uri is our own. What is its own root has no budget but for
 * collections, which are walked once in 15 minutes. */
enum error fetch_wish(struct db *db, struct arena *arena, const struct fetch_wish *wish) MUST_CHECK;

#define FETCH_MAX_DEPTH 50 /* upwards in a thread */
#define FETCH_ROOT_DOCUMENTS 20
#define FETCH_ROOT_ITEMS 200
#define FETCH_ROOT_PAGES 20
#define FETCH_ROOT_WINDOW_S 900

enum fetch_spending { FETCH_SPENDS_DOCUMENT, FETCH_SPENDS_ITEM, FETCH_SPENDS_PAGE };

/* Takes one from a root's budget, alone or in a transaction. *ret_is_granted: false when it is spent. */
enum error fetch_root_spend(struct db *db, struct arena *arena, struct str root_uri, enum fetch_spending spending,
	bool *ret_is_granted) MUST_CHECK;

/* ---- for the workers ---- */

struct fetch_job {
	int64_t id;
	struct str uri;
	enum fetch_kind kind;
	struct str root_uri;
	int depth;
	bool is_item;
	struct str peer;
	int attempts; /* with this one */
	int64_t created_us;
	int64_t leased_by;
};

/* Alone: leases one due row of a host that no worker is busy with. ERROR_NOT_FOUND when there is none. */
enum error fetch_claim(struct db *db, struct arena *arena, int64_t lease_ms, struct fetch_job *ret_job) MUST_CHECK;

/* How long until the next row is due, at most limit_us; 0 when one is. */
enum error fetch_next_due(struct db *db, struct arena *arena, int64_t limit_us, int64_t *ret_delay_us) MUST_CHECK;

/* In a transaction or alone; nothing happens when the lease is no longer that of the row. */
enum error fetch_finish(struct db *db, struct arena *arena, const struct fetch_job *job) MUST_CHECK;

/* counts: the attempt was its own; otherwise its host or domain was only not to be asked just now. */
enum error fetch_postpone(struct db *db, struct arena *arena, const struct fetch_job *job, int64_t delay_us, bool counts,
	const char *reason) MUST_CHECK;

/* All that is due at that host waits as long. */
enum error fetch_postpone_peer(struct db *db, struct arena *arena, struct str peer, int64_t delay_us) MUST_CHECK;

/* Ends the leases of workers that are no longer connected. */
enum error fetch_take_over(struct db *db, struct arena *arena, int64_t *ret_count) MUST_CHECK;

#endif
