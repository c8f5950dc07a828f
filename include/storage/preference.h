/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * How an actor likes to post and to read: what a new post is unless its author says otherwise. */
#ifndef COMPTOIR_STORAGE_PREFERENCE_H
#define COMPTOIR_STORAGE_PREFERENCE_H

#include "storage/post.h"

enum media_expansion { EXPAND_MEDIA_DEFAULT, EXPAND_MEDIA_SHOW_ALL, EXPAND_MEDIA_HIDE_ALL };

struct preference {
	enum post_visibility visibility;
	bool is_sensitive;
	struct str language; /* data NULL for none */
	struct str locale;   /* of the person's pages, which is not stored here; data NULL for an actor that is nobody's own */
	enum post_quote_policy quote_policy;
	enum media_expansion media; /* what apps do with it */
	bool expands_spoilers;
};

/* The defaults (public, anyone may quote) for an actor who never said anything. */
enum error preference_find(struct db *db, struct arena *arena, int64_t actor_id, struct preference *ret_preference) MUST_CHECK;

/* Alone or in the caller's transaction. ERROR_NOT_FOUND when the actor is absent. */
enum error preference_store(struct db *db, struct arena *arena, int64_t actor_id, const struct preference *preference) MUST_CHECK;

/* "public", "followers", "nobody"; "default", "show_all", "hide_all": the words of the Mastodon API. */
const char *post_quote_policy_name(enum post_quote_policy policy);
bool post_quote_policy_from_name(struct str name, enum post_quote_policy *ret_policy) MUST_CHECK;
const char *media_expansion_name(enum media_expansion expansion);

#endif
