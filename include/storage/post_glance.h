/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What changes often about many posts and boosts, and what they are to a reader: one light query. What is rendered of the
 * rest is kept by (id, stamp). What the reader may not see, or has blocked, is not there. */
#ifndef COMPTOIR_STORAGE_POST_GLANCE_H
#define COMPTOIR_STORAGE_POST_GLANCE_H

#include "storage/actor_glance.h"
#include "storage/id_page.h"
#include "storage/post.h"

struct post_glance {
	int64_t id;         /* as asked for: of a post or of a boost */
	int64_t booster_id; /* 0: a post */
	struct str boost_uri;
	enum post_visibility boost_visibility;
	int64_t boosted_us;
	int64_t post_id;
	int64_t actor_id;   /* of the post */
	int64_t stamp;      /* another one whenever the post's row was changed in any way */
	enum post_visibility visibility;
	enum post_quote_state quote_state;
	int64_t quote_id;   /* 0: not here */
	bool has_poll;
	enum post_quote_policy quote_policy;
	int64_t replies, boosts, favourites, quotes;
	struct actor_glance author, booster; /* booster: id 0 for a post */
	/* Of the reader; false for nobody. */
	bool is_favourited, is_boosted, is_bookmarked, is_muted, is_pinned, may_quote_as_follower;
};

/* viewer_actor_id 0: anyone. In no order, each id at most once. */
enum error post_glance_list(struct db *db, struct arena *arena, int64_t viewer_actor_id, const int64_t *ids, size_t count,
	struct post_glance **ret_glances, size_t *ret_count) MUST_CHECK;

/* A page, newest first, in one question as a rule. viewer_actor_id 0: anyone. *ret_until_us: the page may change then though
 * nothing is written; 0 when that is not known. */
typedef enum error post_glance_list_page(struct db *db, struct arena *arena, int64_t viewer_actor_id, const struct id_page *page,
	struct post_glance **ret_glances, size_t *ret_count, int64_t *ret_until_us) MUST_CHECK;
post_glance_list_page post_glance_list_home;  /* of the viewer's home timeline (home.h) */
post_glance_list_page post_glance_list_local; /* public posts of this server that answer nobody else */

struct post_numbers {
	int64_t post_id;
	int64_t replies, boosts, favourites, quotes;
};
/* Of those of the ids that are here, whoever may see them. */
enum error post_numbers_list(struct db *db, struct arena *arena, const int64_t *ids, size_t count, struct post_numbers **ret_numbers,
	size_t *ret_count) MUST_CHECK;

/* Whole posts whoever may see them, and what they were written with: for rendering what was seen at a glance. */
struct post_full {
	struct post post;
	struct str application_name;    /* data NULL for none */
	struct str application_website; /* data NULL for none */
};
enum error post_full_list(struct db *db, struct arena *arena, const int64_t *ids, size_t count, struct post_full **ret_posts,
	size_t *ret_count) MUST_CHECK;

#endif
