/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What of a remote object goes into the rows of a post: texts cleaned, lists cut, files classified. Pure: nothing is
 * asked, everything lives in the arena. */
#ifndef COMPTOIR_FEDERATION_REMOTE_POST_FIELDS_H
#define COMPTOIR_FEDERATION_REMOTE_POST_FIELDS_H

#include "federation/vocab_in.h"
#include "storage/emoji.h"
#include "storage/poll.h"

#define REMOTE_POST_HTML_MAX_BYTES 262144   /* cut, and what is open is closed */
#define REMOTE_POST_SPOILER_MAX_BYTES 5000  /* cut */
#define REMOTE_POST_MAX_EMOJIS 100          /* further ones are ignored */
#define REMOTE_POST_MAX_BLURHASH_BYTES 200  /* longer ones count as absent */

struct remote_post_fields {
	enum post_kind kind;
	struct str title, html, spoiler_text;
	struct str language; /* data NULL when unknown */
	bool is_sensitive;
	struct post_medium *media;
	size_t medium_count; /* at most POST_MAX_MEDIA */
	struct str *tags;    /* hashtag_key, each once */
	size_t tag_count;    /* at most POST_MAX_TAGS */
	struct emoji *emojis;
	size_t emoji_count;
	struct str *mention_uris;
	size_t mention_count;
	struct poll poll; /* option_count 0: none */
	enum post_quote_policy quote_policy;
	int64_t created_us; /* at most received_us */
	int64_t edited_us;  /* 0 for never */
};

struct remote_post_reading {
	struct str author_followers_url; /* empty when unknown */
	bool rejects_media;              /* policy: files and emojis are dropped */
	int64_t received_us;
};

/* False for a type that is no post. */
bool remote_post_read_fields(struct arena *arena, const struct vocab_object *object,
	const struct remote_post_reading *reading, struct remote_post_fields *ret_fields) MUST_CHECK;

/* remote_post_body.c: the HTML. What Mastodon would turn into a title and a link keeps its content, and gets the link. */
struct str remote_post_body(struct arena *arena, const struct vocab_object *object) MUST_CHECK;

/* remote_post_media.c */
void remote_post_read_media(struct arena *arena, const struct vocab_object *object, struct remote_post_fields *fields);

#endif
