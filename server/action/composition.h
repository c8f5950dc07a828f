/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What somebody wants to say, checked and rendered: the same for new posts and for edits. */
#ifndef COMPTOIR_SERVER_ACTION_COMPOSITION_H
#define COMPTOIR_SERVER_ACTION_COMPOSITION_H

#include "storage/actor.h"
#include "storage/poll.h"

/* Advertised in the instance entities. */
#define COMPOSITION_MAX_CHARACTERS 5000 /* content warning included */
#define COMPOSITION_MAX_MEDIA 4
#define COMPOSITION_POLL_MIN_OPTIONS 2
#define COMPOSITION_POLL_MAX_OPTIONS 8
#define COMPOSITION_POLL_MAX_OPTION_CHARACTERS 100
#define COMPOSITION_POLL_MIN_SECONDS 300
#define COMPOSITION_POLL_MAX_SECONDS 2629746

struct composition_poll {
	const struct str *options; /* plain text, all different */
	size_t option_count;
	bool is_multiple;
	bool hides_totals; /* until it is over */
	int64_t duration_s;
};

struct composition_request {
	struct str text;         /* may be empty with media; the content warning takes its place then */
	bool is_markdown;        /* otherwise plain text */
	struct str spoiler_text; /* content warning; empty for none */
	struct str language;     /* BCP 47; empty when unknown */
	bool is_sensitive;       /* a content warning makes it so */
	const struct composition_poll *poll; /* NULL for none */
	const int64_t *media_ids;      /* uploads of the author, in their order */
	size_t media_count;
	int64_t scheduled_id;          /* the scheduled post that this is: its media are promised to it; 0 for none */
	int64_t post_id;               /* of the post that is edited: its media may stay; 0 for a new one */
};

struct composition {
	struct str html, text, spoiler_text;
	struct str language; /* data NULL when unknown */
	bool is_sensitive;
	const int64_t *mentioned_actor_ids;
	size_t mention_count;
	const struct str *tags;
	size_t tag_count;
	struct poll poll; /* option_count 0 for none */
};

/* Mentions are looked up among the actors that are here, local and remote. ERROR_UNPROCESSABLE for what the author can
 * mend, with a sentence for them in *ret_message. */
enum error composition_make(struct db *db, struct arena *arena, const struct actor *author, const struct composition_request *request,
	struct composition *ret_draft, struct str *ret_message) MUST_CHECK;

/* Remote people whom the text names and who are not here, as "@name@domain"; at most maximum. */
enum error composition_list_unknown(struct db *db, struct arena *arena, const struct actor *author, struct str text,
	size_t maximum, struct str **ret_handles, size_t *ret_count) MUST_CHECK;

/* ERROR_UNPROCESSABLE with a static sentence. */
enum error composition_refuse(const char *why, struct str *ret_message) MUST_CHECK;

#endif
