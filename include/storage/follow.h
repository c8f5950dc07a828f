/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Who follows whom. A follow of a locked or remote actor waits as pending until it is accepted; only
 * accepted ones count. */
#ifndef COMPTOIR_STORAGE_FOLLOW_H
#define COMPTOIR_STORAGE_FOLLOW_H

#include "storage/db.h"

enum follow_state { FOLLOW_PENDING, FOLLOW_ACCEPTED };

struct follow {
	int64_t id; /* id_new() */
	int64_t follower_id;
	int64_t followed_id;
	enum follow_state state;
	struct str uri; /* id of the Follow activity */
};

/* In the caller's transaction; keeps both actors' counters. ERROR_CONFLICT when there is one already (the
 * transaction stays usable), ERROR_UNPROCESSABLE for following oneself, ERROR_NOT_FOUND when either actor is
 * absent. */
enum error follow_create(struct db *db, struct arena *arena, const struct follow *follow) MUST_CHECK;

/* Of remote followers, in one statement, in the caller's transaction; both actors of each are known and not the same.
 * ret_is_created[i] is false where there is one already, of the pair or of the uri, where the uri was undone before it
 * came (a tombstone) and where the followed one blocks the follower. */
enum error follow_create_many(struct db *db, struct arena *arena, const struct follow *follows, size_t count,
	bool *ret_is_created) MUST_CHECK;

/* ERROR_NOT_FOUND when there is none. */
enum error follow_find(struct db *db, struct arena *arena, int64_t follower_id, int64_t followed_id,
	struct follow *ret_follow) MUST_CHECK;

/* By the id of the Follow activity. */
enum error follow_find_by_uri(struct db *db, struct arena *arena, struct str uri, struct follow *ret_follow) MUST_CHECK;

/* Pending becomes accepted, with both counters. ERROR_NOT_FOUND when there is none; accepting twice is fine. */
enum error follow_accept(struct db *db, struct arena *arena, int64_t follower_id, int64_t followed_id) MUST_CHECK;

/* Whatever its state, with the counters of an accepted one. ERROR_NOT_FOUND when there was none. */
enum error follow_remove(struct db *db, struct arena *arena, int64_t follower_id, int64_t followed_id) MUST_CHECK;

/* The id of the activity that a peer repeats under a new name. ERROR_NOT_FOUND when there is no such follow or the uri
 * is another's. */
enum error follow_set_uri(struct db *db, struct arena *arena, int64_t follow_id, struct str uri) MUST_CHECK;

/* How a follower wants to follow. Pointers that are NULL leave the value; new follows show boosts, tell of nothing and
 * have all languages. */
struct follow_options {
	const bool *shows_boosts;
	const bool *notifies;            /* of every new post */
	const struct str *languages;     /* with sets_languages; none: all */
	size_t language_count;           /* at most FOLLOW_MAX_LANGUAGES */
	bool sets_languages;
};
#define FOLLOW_MAX_LANGUAGES 100

/* In the caller's transaction or alone. ERROR_NOT_FOUND when there is no such follow. */
enum error follow_set_options(struct db *db, struct arena *arena, int64_t follower_id, int64_t followed_id,
	const struct follow_options *options) MUST_CHECK;

enum follow_side {
	FOLLOW_FOLLOWERS, /* who follows actor_id */
	FOLLOW_FOLLOWING, /* whom actor_id follows */
};
struct follow_page {
	int64_t actor_id;
	enum follow_side side;
	enum follow_state state;
	int64_t before_follow_id; /* 0 for the newest page */
	int limit;                /* 1 to 200 */
};
struct follow_item {
	int64_t follow_id;
	int64_t actor_id; /* the other one */
	struct str actor_uri;
	struct str follow_uri;
	bool is_local;
};
/* Newest first; suspended and deleted actors are left out. */
enum error follow_list(struct db *db, struct arena *arena, const struct follow_page *page, struct follow_item **ret_items,
	size_t *ret_count) MUST_CHECK;

/* FEP-8fcf: the URIs of the accepted followers of followed_id that live at that host (scheme and authority, such as
 * "https://a.example"), in no order; the whole list. */
enum error follow_list_followers_at(struct db *db, struct arena *arena, int64_t followed_id, struct str origin,
	struct str **ret_uris, size_t *ret_count) MUST_CHECK;

/* The local actors who follow followed_id (accepted). */
enum error follow_list_local_followers(struct db *db, struct arena *arena, int64_t followed_id, int64_t **ret_actor_ids,
	size_t *ret_count) MUST_CHECK;

#endif
