/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What is known here about a post of another server before it is stored, and who must hear of it afterwards. One
 * question for all that decides its fate, since most posts that arrive need no second one. */
#ifndef COMPTOIR_STORAGE_POST_RELEVANCE_H
#define COMPTOIR_STORAGE_POST_RELEVANCE_H

#include "storage/notification.h"

struct post_arrival_question {
	struct str uri;
	struct str authority;  /* of the uri: "host" or "host:port" */
	struct str author_uri;
	struct str in_reply_to_uri, quote_uri; /* data NULL for none */
	const struct str *addressed_uris;      /* everyone in its audience and its mentions */
	size_t addressed_count;
};

struct post_arrival {
	int64_t author_id; /* 0: not here */
	bool is_author_local, is_author_suspended;
	bool is_author_followed; /* by somebody of ours */
	struct str author_followers_url; /* data NULL when unknown */
	bool is_tombstoned;
	bool is_ours;        /* its uri lies on one of our hosts */
	int64_t post_id;     /* of that uri; 0: not here */
	int64_t post_actor_id;
	int64_t parent_id;   /* what it answers; 0: not here */
	bool is_parent_local;
	int64_t parent_actor_id;
	int64_t parent_conversation_id; /* by post_arrival_find_many only */
	int64_t thread_actor_id; /* who began the parent's conversation, when that was one of ours; else 0 */
	int64_t quoted_id;   /* 0: not here */
	bool is_quoted_local;
	int64_t quoted_actor_id;
	bool is_quote_awaited;   /* posts here quote that uri and wait for it */
	bool is_addressed_to_us; /* one of the addressed is a local actor */
	bool is_answer_awaited;  /* posts here answer that uri and wait for it; by post_arrival_find_many only */
};

enum error post_arrival_find(struct db *db, struct arena *arena, const struct post_arrival_question *question,
	struct post_arrival *ret_arrival) MUST_CHECK;

/* The same for several; of the addressed nothing is asked, is_addressed_to_us is false. */
enum error post_arrival_find_many(struct db *db, struct arena *arena, const struct post_arrival_question *questions,
	size_t count, struct post_arrival *ret_arrivals) MUST_CHECK;

/* Those of the URIs that are actors here, local ones first. */
struct addressed_actor {
	int64_t id;
	struct str uri;
	bool is_local;
};
enum error addressed_find_many(struct db *db, struct arena *arena, const struct str *uris, size_t count,
	struct addressed_actor **ret_actors, size_t *ret_count) MUST_CHECK;

/* Local actors who boosted a post (NOTIFICATION_UPDATE) or quoted it (NOTIFICATION_QUOTED_UPDATE): whom an edit
 * concerns. At most 1,000. */
struct edit_listener {
	int64_t actor_id;
	enum notification_kind kind;
	int64_t post_id; /* what they are told about: the post, or their own that quotes it */
};
enum error edit_listener_list(struct db *db, struct arena *arena, int64_t post_id, struct edit_listener **ret_listeners,
	size_t *ret_count) MUST_CHECK;

/* When a post has come that others here quote already: those of its own author are accepted at once; of those that
 * carry an authorization, it is told which, so that it can be checked. At most 100. */
enum error post_accept_own_quotes(struct db *db, struct arena *arena, int64_t post_id) MUST_CHECK;
enum error post_list_quote_authorizations(struct db *db, struct arena *arena, int64_t post_id, struct str **ret_uris,
	size_t *ret_count) MUST_CHECK;

#endif
