/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Polls of posts. A local poll counts its own votes; a remote one shows the numbers that its author publishes. */
#ifndef COMPTOIR_STORAGE_POLL_H
#define COMPTOIR_STORAGE_POLL_H

#include "storage/db.h"

struct poll_option {
	struct str title;
	int64_t votes;
};

struct poll {
	bool is_multiple;
	bool hides_totals; /* clients see votes only when it is over */
	int64_t ends_us;   /* 0: never */
	int64_t closed_us; /* 0: open as far as known */
	int64_t voters;
	struct poll_option *options;
	size_t option_count;
};

/* ERROR_NOT_FOUND when the post has none. */
enum error poll_find(struct db *db, struct arena *arena, int64_t post_id, struct poll *ret_poll) MUST_CHECK;

/* In the caller's transaction, with or after the post. Replaces another poll of it: votes are lost when the options
 * differ, kept otherwise. For a remote post the numbers are taken as they are, for a local one they begin at 0. */
enum error poll_store(struct db *db, struct arena *arena, int64_t post_id, const struct poll *poll) MUST_CHECK;

/* The same for a note that becomes a question, and with option_count 0 for a question that becomes a note; with post_edit,
 * which makes another revision of it. */
enum error poll_set(struct db *db, struct arena *arena, int64_t post_id, const struct poll *poll) MUST_CHECK;

struct poll_vote {
	int64_t post_id;
	int64_t actor_id;
	int position;   /* of the option, from 0 */
	struct str uri; /* of the vote's object */
};

/* ERROR_NOT_FOUND: no such poll or option; ERROR_GONE: it has ended; ERROR_CONFLICT: this actor has voted (the same
 * option, or any when only one may be chosen). Counts on local polls only. The poll is locked meanwhile. */
enum error poll_vote_add(struct db *db, struct arena *arena, const struct poll_vote *vote) MUST_CHECK;

/* The options that an actor has chosen. */
enum error poll_list_own(struct db *db, struct arena *arena, int64_t post_id, int64_t actor_id, int **ret_positions,
	size_t *ret_count) MUST_CHECK;

/* Remote actors who voted, and so get the Update with the result: one for each inbox that a server shares. */
enum error poll_list_voters(struct db *db, struct arena *arena, int64_t post_id, int64_t **ret_actor_ids, size_t *ret_count) MUST_CHECK;

/* Local ones, who are told that it has ended. */
enum error poll_list_local_voters(struct db *db, struct arena *arena, int64_t post_id, int64_t **ret_actor_ids,
	size_t *ret_count) MUST_CHECK;

/* Marks up to limit polls, local and remote, as closed whose time is over, and gives their posts. In the transaction
 * in which the consequences are written; another process passes over those that are being closed. */
enum error poll_close_due(struct db *db, struct arena *arena, int limit, int64_t **ret_post_ids, size_t *ret_count) MUST_CHECK;

#endif
