/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What was changed of that which timelines are made of, by whichever process, as triggers note it. Who asks is told
 * everything that was committed before the question and after the last one. */
#ifndef COMPTOIR_STORAGE_CHANGE_H
#define COMPTOIR_STORAGE_CHANGE_H

#include "storage/db.h"

enum change_kind {
	CHANGE_VIEWER = 1, /* id: actor: what comes into its timeline, what it wants to see, what it did to posts */
	CHANGE_POST,       /* id: post or boost */
	CHANGE_ACTOR,      /* id: actor: how it looks */
	CHANGE_POST_NUMBERS, /* id: post: replies, boosts, favourites */
	CHANGE_FILTERS,    /* id: actor */
	CHANGE_ACTOR_NUMBERS, /* id: actor: posts, followers, following, the last post */
	CHANGE_NOTIFICATIONS, /* id: actor: what it is told */
	CHANGE_LOCAL_POSTS,   /* id: CHANGE_ANY_POST: a public post of this server is new */
};
/* As the id of an actor: somebody was suspended or silenced, or no longer is; or a server. */
#define CHANGE_ANY_ACTOR 0
#define CHANGE_ANY_POST 0

struct change {
	enum change_kind kind;
	int64_t id;
};

/* How far somebody has asked. */
struct change_reader;
struct change_reader *change_reader_new(void) MUST_CHECK;
void change_reader_free(struct change_reader **reader); /* accepts NULL */

/* *ret_has_gap: anything may have been changed (the first question, another connection, a long pause, too many changes to list), and nothing is
 * listed. After an error the next answer has a gap too. Only of the same db; never in a transaction. */
enum error change_read(struct change_reader *reader, struct db *db, struct arena *arena, struct change **ret_changes,
	size_t *ret_count, bool *ret_has_gap) MUST_CHECK;

/* Removes what no reader will ask for again; cheap when it is called too early. */
enum error change_prune(struct change_reader *reader, struct db *db, struct arena *arena) MUST_CHECK;

#endif
