/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Documents of other servers that somebody waits for, or that are worth having. A chain of fetches that one thing
 * started (its root) has one budget. */
#ifndef COMPTOIR_STORAGE_FETCH_QUEUE_H
#define COMPTOIR_STORAGE_FETCH_QUEUE_H

#include "storage/db.h"

enum fetch_kind {
	FETCH_ACTOR,
	FETCH_OBJECT,    /* post, or whatever the uri turns out to be */
	FETCH_ACTIVITY,  /* a forwarded activity, to be taken from its origin */
	FETCH_REPLIES,   /* collection of answers, or a context */
	FETCH_OUTBOX,
	FETCH_FOLLOWERS, /* partial collection of FEP-8fcf */
	FETCH_FEATURED,
};

struct fetch_wish {
	struct str uri; /* an acceptable document id */
	enum fetch_kind kind;
	struct str root_uri; /* what started it: itself when data is NULL */
	int depth;           /* steps from the root */
};

/* Alone or in the caller's transaction; rings WAKE_FETCHES. Wishing again is fine. Nothing happens, and no error, when
 * the root's budget is spent, depth is too large or the uri is our own. */
enum error fetch_wish(struct db *db, struct arena *arena, const struct fetch_wish *wish) MUST_CHECK;

#define FETCH_MAX_DEPTH 50 /* upwards in a thread */

#endif
