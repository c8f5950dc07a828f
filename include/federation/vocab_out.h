/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The only writer of ActivityPub JSON: structs in, documents with fixed contexts out. The contexts are those that peers
 * carry with them, and inline terms, so that nobody needs the network to read us. The same structs give the same bytes.
 * There is no way to write bto and bcc. Any thread. */
#ifndef COMPTOIR_FEDERATION_VOCAB_OUT_H
#define COMPTOIR_FEDERATION_VOCAB_OUT_H

#include "base/buf.h"
#include "storage/actor.h"
#include "storage/emoji.h"
#include "storage/poll.h"
#include "storage/post.h"
#include "storage/reaction.h"

#define VOCAB_PUBLIC "https://www.w3.org/ns/activitystreams#Public"

/* Misskey refuses a POST of more than 64 KiB: above this a post goes without source and contentMap, which repeat its
 * text. */
#define VOCAB_BODY_WISHED_BYTES (60 * 1024)

/* An actor as Mastodon and its peers read it: id, type, preferredUsername, name, summary, url, inbox, outbox,
 * followers, following, featured, featuredTags, endpoints.sharedInbox, publicKey, assertionMethod (FEP-521a), published,
 * manuallyApprovesFollowers, discoverable, indexable, memorial, suspended (when it is), alsoKnownAs, movedTo, attachment
 * (PropertyValue), icon, image, webfinger (FEP-2c59), generator.implements (FEP-844e). */
void vocab_write_actor(struct buf *out, struct arena *arena, const struct actor *actor);

/* No more of it than a peer needs that wants to verify its signatures: id, type, inbox, preferredUsername, keys. */
void vocab_write_actor_key(struct buf *out, struct arena *arena, const struct actor *actor);

/* BASE/users/NAME/collections/tags of a local actor. */
struct str vocab_featured_tags_url(struct arena *arena, const struct actor *actor) MUST_CHECK;

/* What is gone (served with 410). */
void vocab_write_tombstone(struct buf *out, struct str id);

struct vocab_addresses {
	const struct str *to;
	size_t to_count;
	const struct str *cc;
	size_t cc_count;
};

/* A local post with all that its document says: see post_document.h, which loads it. */
struct vocab_post {
	const struct post *post;
	struct post_details details;
	struct poll poll; /* of a question */
	struct vocab_addresses addresses;
	struct str base_url;         /* of the author's domain */
	struct str in_reply_to_uri;  /* data NULL for none; so below */
	struct str conversation_uri; /* OStatus */
	struct str context_uri;      /* FEP-7888 */
	struct str quote_url;        /* page of what it quotes */
	const struct str *own_replies; /* ids of the author's first answers to it */
	size_t own_reply_count;
	const struct emoji *emojis; /* custom ones in its text */
	size_t emoji_count;
};

/* Note or Question. */
void vocab_write_post(struct buf *out, struct arena *arena, const struct vocab_post *post);

/* FEP-044f. */
struct vocab_quote_authorization {
	struct str uri;
	struct str actor_uri;  /* the quoted author */
	struct str quote_uri;  /* what quotes */
	struct str quoted_uri;
};
void vocab_write_quote_authorization(struct buf *out, const struct vocab_quote_authorization *authorization);

/* The choice of one option: a Note with nothing but a name. */
struct vocab_vote {
	struct str uri;
	struct str actor_uri;
	struct str question_uri;
	struct str question_actor_uri;
	struct str title;
};

struct vocab_hashtag {
	struct str base_url;
	struct str name; /* without '#' */
};

enum vocab_object_form {
	VOCAB_AS_URI,
	VOCAB_AS_URIS, /* an array, also for one */
	VOCAB_AS_POST,
	VOCAB_AS_ACTOR,
	VOCAB_AS_ACTIVITY,
	VOCAB_AS_TOMBSTONE, /* of object_uri */
	VOCAB_AS_VOTE,
	VOCAB_AS_HASHTAG,
	VOCAB_AS_QUOTE_AUTHORIZATION,
};

struct vocab_activity_out {
	struct str uri;
	const char *type; /* "Create" */
	struct str actor_uri;
	int64_t published_us; /* 0: not told */
	struct vocab_addresses addresses;
	enum vocab_object_form form;
	struct str object_uri;
	const struct str *object_uris;
	size_t object_count;
	const struct vocab_post *post; /* also the instrument of a QuoteRequest, embedded */
	const struct actor *actor;
	const struct vocab_activity_out *activity;
	const struct vocab_vote *vote;
	const struct vocab_hashtag *hashtag;
	const struct vocab_quote_authorization *authorization;
	struct str instrument_uri; /* of a QuoteRequest that is embedded itself */
	struct str target_uri;
	struct str result_uri;
	struct str content; /* the comment of a Flag, the emoji of an EmojiReact */
};
/* The two activities that have documents of their own; addresses of the second are the caller's. */
struct vocab_activity_out vocab_create(struct arena *arena, const struct vocab_post *post) MUST_CHECK;
struct vocab_activity_out vocab_announce(const struct actor *actor, const struct boost *boost, struct str post_uri) MUST_CHECK;

void vocab_write_activity(struct buf *out, struct arena *arena, const struct vocab_activity_out *activity);

/* A collection without its items. total_items below 0: not told. */
struct vocab_collection_out {
	struct str uri;
	bool is_ordered;
	int64_t total_items;
	struct str first;            /* data NULL: of what is hidden or only counted */
	struct str attributed_to;    /* data NULL: not told */
};
void vocab_write_collection(struct buf *out, const struct vocab_collection_out *collection);

/* A page, or with part_of empty a whole collection. Of the four kinds of items at most one is there. */
struct vocab_page_out {
	struct str uri;
	struct str part_of;
	struct str next, prev; /* data NULL for none */
	struct str attributed_to; /* of a whole collection; data NULL: not told */
	bool is_ordered;
	const struct str *uris;
	size_t uri_count;
	const struct vocab_activity_out *activities;
	size_t activity_count;
	const struct vocab_post *posts;
	size_t post_count;
	const struct vocab_hashtag *hashtags;
	size_t hashtag_count;
};
void vocab_write_page(struct buf *out, struct arena *arena, const struct vocab_page_out *page);

#endif
