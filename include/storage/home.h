/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Home timelines: written when somebody posts, for the local followers who were active within 14 days; rebuilt for those
 * who come back. What a reader may not see, has muted or blocked meanwhile is left out when it is read. */
#ifndef COMPTOIR_STORAGE_HOME_H
#define COMPTOIR_STORAGE_HOME_H

#include "storage/db.h"
#include "storage/id_page.h"

#define HOME_MAX_ITEMS 800
#define HOME_ACTIVE_DAYS 14

/* Called by those who store posts, boosts and follows: nobody else needs to.
 * In the transaction that stored the post or boost, by whichever role: to its author when local, to followers (replies
 * to people whom they do not follow left out, languages, boosts hidden, exclusive lists), to those who follow one of its
 * tags. Nothing when nobody here follows. */
enum error home_add_post(struct db *db, struct arena *arena, int64_t post_id) MUST_CHECK;
enum error home_add_posts(struct db *db, struct arena *arena, const int64_t *post_ids, size_t count) MUST_CHECK;
enum error home_add_boost(struct db *db, struct arena *arena, int64_t boost_id) MUST_CHECK;

/* After a follow was accepted or ended, in its transaction or after: their posts come in or go out. */
enum error home_merge_actor(struct db *db, struct arena *arena, int64_t owner_id, int64_t actor_id) MUST_CHECK;
enum error home_remove_actor(struct db *db, struct arena *arena, int64_t owner_id, int64_t actor_id) MUST_CHECK;

/* After a tag was unfollowed. name: its key. */
enum error home_remove_tag(struct db *db, struct arena *arena, int64_t owner_id, struct str name) MUST_CHECK;

/* Begins to write an actor's home timeline, or goes on: for readers who only stream. home_list does it by itself. */
enum error home_keep(struct db *db, struct arena *arena, int64_t owner_id) MUST_CHECK;

/* Ids of posts and boosts, newest first. Rebuilds first what an absence has made stale. */
enum error home_list(struct db *db, struct arena *arena, int64_t owner_id, const struct id_page *page, int64_t **ret_ids,
	size_t *ret_count) MUST_CHECK;

/* Whether an id is in the home timeline of an actor: for streams. */
enum error home_list_owners(struct db *db, struct arena *arena, int64_t id, const int64_t *owner_ids, size_t owner_count,
	int64_t **ret_owner_ids, size_t *ret_count) MUST_CHECK;

#endif
