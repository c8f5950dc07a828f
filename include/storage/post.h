/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What actors have said, here and elsewhere. Who may see a post is decided by one SQL predicate in post.c
 * that every reader uses; no caller decides it again.
 *
 * A local post of @NAME has the ActivityPub id BASE/users/NAME/statuses/ID and the page BASE/@NAME/ID. */
#ifndef COMPTOIR_STORAGE_POST_H
#define COMPTOIR_STORAGE_POST_H

#include "storage/db.h"

enum post_visibility {
	POST_PUBLIC,
	POST_UNLISTED,  /* for everyone, but in no public timeline */
	POST_FOLLOWERS, /* for followers and those mentioned */
	POST_DIRECT,    /* for those mentioned */
};

struct post {
	int64_t id;
	int64_t actor_id;
	struct str actor_username;
	struct str actor_domain;
	struct str actor_display_name;
	struct str actor_avatar_url;      /* data NULL when there is none */
	struct str uri;                   /* ActivityPub id */
	struct str url;                   /* page */
	int64_t in_reply_to_id;           /* 0 when it answers nothing */
	int64_t in_reply_to_actor_id;     /* 0 when it answers nothing */
	enum post_visibility visibility;
	struct str html;                  /* clean: made or sanitised by us before it was stored */
	struct str text_source;           /* what the author typed; data NULL for remote posts */
	struct str spoiler_text;          /* content warning, plain text; empty for none */
	struct str language;              /* BCP 47; data NULL when unknown */
	bool is_sensitive;
	int64_t created_us;
	int64_t edited_us;                /* 0 for never */
	int32_t revision;                 /* grows by one at each edit */
	int64_t replies_count;
	int64_t boosts_count;
	int64_t favourites_count;
};

/* "public", "unlisted", "private", "direct": the words of the Mastodon API. */
const char *post_visibility_name(enum post_visibility visibility);
bool post_visibility_from_name(struct str name, enum post_visibility *ret_visibility) MUST_CHECK;

/* A post by a local actor; text and HTML are limited and rendered by the caller. */
struct post_new {
	int64_t id; /* id_new(); also the key to look it up by after ERROR_COMMIT_UNKNOWN */
	int64_t actor_id;
	int64_t in_reply_to_id; /* 0 for none; must be visible to the author */
	enum post_visibility visibility;
	struct str html;
	struct str text_source;
	struct str spoiler_text;
	struct str language; /* data NULL when unknown */
	bool is_sensitive;
	int64_t created_us; /* 0: now */
	const int64_t *mentioned_actor_ids;
	size_t mention_count; /* at most POST_MAX_MENTIONS */
};

#define POST_MAX_MENTIONS 100

/* In the caller's transaction. Keeps the author's and the parent's counters. ERROR_NOT_FOUND when the author is
 * not a local actor or the parent is not there for them; ERROR_CONFLICT when the id exists. */
enum error post_create(struct db *db, struct arena *arena, const struct post_new *post) MUST_CHECK;

/* As seen by viewer_actor_id, 0 for anyone: ERROR_NOT_FOUND when absent, not for them, or when its author is
 * suspended. */
enum error post_find(struct db *db, struct arena *arena, int64_t viewer_actor_id, int64_t id, struct post *ret_post) MUST_CHECK;

struct post_page {
	int64_t actor_id;
	int64_t before_id; /* 0 for the newest page */
	int limit;         /* 1 to 80 */
	bool with_replies; /* answers to other people; answers to oneself are always there */
};

/* Public and unlisted posts of one actor, newest first; for profile pages, feeds and outboxes. None when the
 * actor is suspended or absent. */
enum error post_list_public(struct db *db, struct arena *arena, const struct post_page *page,
	struct post **ret_posts, size_t *ret_count) MUST_CHECK;

#endif
