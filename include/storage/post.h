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

enum post_kind {
	POST_NOTE, POST_QUESTION, POST_ARTICLE, POST_PAGE, POST_EVENT, POST_VIDEO, POST_AUDIO, POST_IMAGE, POST_DOCUMENT,
};

enum post_quote_state {
	QUOTE_NONE,     /* quotes nothing */
	QUOTE_PENDING,  /* the quoted author was asked, or the quoted post is not here yet */
	QUOTE_ACCEPTED,
	QUOTE_REJECTED,
	QUOTE_REVOKED,
};

enum post_quote_policy { QUOTE_BY_ANYONE, QUOTE_BY_FOLLOWERS, QUOTE_BY_NOBODY };

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
	enum post_kind kind;
	struct str title;                 /* of an article or a video; empty for notes */
	bool is_local;
	struct str in_reply_to_uri;       /* set while the answered post is not here; data NULL otherwise */
	struct str conversation_uri;      /* OStatus; data NULL when unknown */
	struct str context_uri;           /* FEP-7888; data NULL when unknown */
	int64_t conversation_id;
	int64_t quote_id;                 /* 0 while the quoted post is not here */
	struct str quote_uri;             /* data NULL when it quotes nothing */
	enum post_quote_state quote_state;
	struct str quote_authorization_uri; /* data NULL for none */
	enum post_quote_policy quote_policy;
	struct str actor_uri;             /* of the author */
	struct str actor_followers_url;   /* data NULL when unknown */
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
	const struct str *tags; /* hashtags without '#'; stored in the lower case of the database */
	size_t tag_count;       /* at most POST_MAX_TAGS */
	bool is_question;       /* a poll follows (poll.h) in the same transaction */
	struct str quote_uri;   /* data NULL for none */
	int64_t quote_id;
	enum post_quote_state quote_state;
	struct str quote_authorization_uri; /* data NULL for none */
	enum post_quote_policy quote_policy;
	int64_t application_id; /* 0 for none */
};

#define POST_MAX_MENTIONS 100
#define POST_MAX_TAGS 100
#define POST_MAX_MEDIA 16

/* In the caller's transaction. Keeps the author's and the parent's counters. ERROR_NOT_FOUND when the author is
 * not a local actor or the parent is not there for them; ERROR_CONFLICT when the id exists. */
enum error post_create(struct db *db, struct arena *arena, const struct post_new *post) MUST_CHECK;
/* The same, and who may have to hear of it: false where nobody does. */
struct post_public {
	bool may_be_elsewhere; /* on another server: by following, or being named, answered or quoted */
	bool may_watch;        /* followers here who are told of each post */
};
enum error post_create_for(struct db *db, struct arena *arena, const struct post_new *post, struct post_public *ret_public) MUST_CHECK;

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

/* Whoever may see it: for our own work, never for an answer to somebody. ERROR_NOT_FOUND when absent. */
enum error post_find_any(struct db *db, struct arena *arena, int64_t id, struct post *ret_post) MUST_CHECK;
enum error post_find_any_by_uri(struct db *db, struct arena *arena, struct str uri, struct post *ret_post) MUST_CHECK;

/* As seen by viewer_actor_id, 0 for anyone; as post_find. */
enum error post_find_by_uri(struct db *db, struct arena *arena, int64_t viewer_actor_id, struct str uri,
	struct post *ret_post) MUST_CHECK;

struct post_mention {
	int64_t actor_id;
	struct str username, domain, uri, url;
	bool is_local;
};
struct post_medium {
	struct str media_type; /* "image/png" */
	struct str url;        /* where it lies: remote_url of a remote one */
	struct str alt;
	struct str blurhash;   /* data NULL for none */
	int32_t width, height; /* 0: unknown */
	double focus_x, focus_y;
};
struct post_details {
	struct post_mention *mentions;
	size_t mention_count;
	struct str *tags;
	size_t tag_count;
	struct post_medium *media;
	size_t medium_count;
};
enum error post_load_details(struct db *db, struct arena *arena, int64_t post_id, struct post_details *ret_details) MUST_CHECK;

/* A post of another server: texts cleaned and limited, lists cut to the limits above. */
struct post_remote {
	int64_t id; /* id_at_time-like: see remote_post.h */
	int64_t actor_id;
	enum post_kind kind;
	struct str uri, url;
	struct str title, html, spoiler_text;
	struct str language;        /* data NULL when unknown */
	struct str in_reply_to_uri; /* data NULL for none; resolved to a post when it is here */
	struct str conversation_uri, context_uri, replies_url; /* data NULL when unknown */
	enum post_visibility visibility;
	bool is_sensitive;
	int64_t created_us;
	int64_t edited_us;   /* 0 for never */
	int64_t received_us;
	bool is_locked; /* the transaction holds uri_lock of its uri, in_reply_to_uri and quote_uri */
	const int64_t *mentioned_actor_ids;
	size_t mention_count;
	const struct str *tags;
	size_t tag_count;
	const struct post_medium *media;
	size_t medium_count;
	struct str quote_uri; /* data NULL for none; resolved to a post when it is here */
	enum post_quote_state quote_state;
	struct str quote_authorization_uri;
	enum post_quote_policy quote_policy;
	/* For post_create_remote_many: what in_reply_to_uri and quote_uri are here; 0 for what is not. */
	int64_t in_reply_to_id, in_reply_to_actor_id, in_reply_to_conversation_id, quote_id;
};

/* What was fetched from further in the past is no news (EVENT_POST_CREATED). */
#define POST_NEWS_MAX_AGE_US (6LL * 3600 * 1000000)

/* In the caller's transaction. Keeps the author's and the parent's counters; posts that waited for this one
 * (in_reply_to_uri, quote_uri) are joined to it, with their conversation. ERROR_CONFLICT when the uri is there (the
 * transaction stays usable), ERROR_GONE when it is tombstoned, ERROR_NOT_FOUND when the author is absent or not remote. */
enum error post_create_remote(struct db *db, struct arena *arena, const struct post_remote *post) MUST_CHECK;

/* Several at once. The caller has seen, under uri_lock, that none is here or tombstoned, that nothing waits for one of
 * them, that all authors are remote actors, and what they answer and quote (none of one another), and that the
 * ids differ. ret_is_stored[i] is false where the id is taken: nothing of that one was stored. */
enum error post_create_remote_many(struct db *db, struct arena *arena, const struct post_remote *posts, size_t count,
	bool *ret_is_stored) MUST_CHECK;

/* What an edit may change. The former version goes to post_revisions unless is_silent (only counters or media details
 * changed). Pointers that are NULL leave the value. ERROR_NOT_FOUND when absent. */
struct post_edit {
	int64_t post_id;
	const struct str *title, *html, *text_source, *spoiler_text, *language;
	const bool *is_sensitive;
	const struct post_medium *media; /* with replaces_media */
	size_t medium_count;
	bool replaces_media;
	const struct str *tags; /* with replaces_tags */
	size_t tag_count;
	bool replaces_tags;
	const int64_t *mentioned_actor_ids; /* with replaces_mentions; those mentioned before stay able to see it */
	size_t mention_count;
	bool replaces_mentions;
	bool is_silent;
	int64_t edited_us;
	const struct str *poll_options; /* of the version that goes, for post_revisions */
	size_t poll_option_count;
};
enum error post_edit(struct db *db, struct arena *arena, const struct post_edit *edit) MUST_CHECK;

/* In the caller's transaction: the row and all that hangs at it, with every counter, and a tombstone for its uri.
 * ERROR_NOT_FOUND when absent. */
enum error post_delete(struct db *db, struct arena *arena, int64_t id) MUST_CHECK;

enum error post_set_quote_state(struct db *db, struct arena *arena, int64_t id, enum post_quote_state state,
	struct str authorization_uri) MUST_CHECK; /* data NULL: none */

/* Who may quote it from now on; another revision, not another text. ERROR_NOT_FOUND when absent. */
enum error post_set_quote_policy(struct db *db, struct arena *arena, int64_t id, enum post_quote_policy policy) MUST_CHECK;

/* Public and unlisted posts and boosts of an actor, newest first: the outbox. */
struct outbox_item {
	int64_t id; /* of the post or the boost: pages go by it */
	bool is_boost;
	struct str boost_uri;        /* of the Announce */
	struct str boosted_post_uri;
	enum post_visibility boost_visibility;
	int64_t created_us;
	struct post post; /* unless is_boost */
};
struct outbox_page {
	int64_t actor_id;
	int64_t before_id; /* 0 for the newest page */
	int64_t after_id;  /* 0 for none: the page just above, still newest first */
	int limit;         /* 1 to 80 */
};
enum error post_list_outbox(struct db *db, struct arena *arena, const struct outbox_page *page,
	struct outbox_item **ret_items, size_t *ret_count) MUST_CHECK;

/* URIs of open answers to a post, oldest first; only_own: those of the post's author. Of the whole conversation with
 * post_list_context. after_id: the last one of the page before. */
struct post_uri_item {
	int64_t id;
	struct str uri;
};
enum error post_list_replies(struct db *db, struct arena *arena, int64_t post_id, bool only_own, int64_t after_id,
	int limit, struct post_uri_item **ret_items, size_t *ret_count) MUST_CHECK;
enum error post_list_context(struct db *db, struct arena *arena, int64_t conversation_id, int64_t after_id,
	int limit, struct post_uri_item **ret_items, size_t *ret_count) MUST_CHECK;

/* Whom a Delete or an Update must reach beyond the followers: remote actors who were mentioned, boosted, favourited,
 * answered or quoted it. */
enum error post_list_interested(struct db *db, struct arena *arena, int64_t post_id, int64_t **ret_actor_ids,
	size_t *ret_count) MUST_CHECK;

#endif
