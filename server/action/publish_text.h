/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What somebody typed as HTML that is safe to show: everything is escaped, blank lines part paragraphs, and
 * links, mentions of known actors and hashtags become links as Mastodon and its clients expect them. Markdown is read by
 * cmark, with the same links in its texts, and cleaned as if a stranger had sent it. */
#ifndef COMPTOIR_SERVER_ACTION_PUBLISH_TEXT_H
#define COMPTOIR_SERVER_ACTION_PUBLISH_TEXT_H

#include "base/arena.h"
#include "base/error.h"

#define PUBLISH_TEXT_MAX_BYTES (32 * 1024) /* before the characters are counted */
#define PUBLISH_TEXT_URL_CHARACTERS 23     /* what a link counts, however long */

struct text_mention {
	int64_t actor_id;
	struct str url; /* of the page */
};

struct publish_text_options {
	struct str base_url; /* of the author; hashtags link to its /tags/ */
	/* Finds the actor of @username or @username@domain (domain empty: the author's own). NULL: nobody is mentioned. */
	bool (*find_mention)(void *owner, struct str username, struct str domain, struct text_mention *ret_mention);
	void *owner;
	bool is_markdown; /* CommonMark; HTML in it is text */
};

struct rendered_text {
	struct str html;
	struct str text;   /* as given, with unified line ends and without control characters */
	size_t characters; /* as people count them; a link counts 23, @user@domain as @user */
	const int64_t *mentioned_actor_ids; /* each once, in order, at most POST_MAX_MENTIONS */
	size_t mention_count;
	const struct str *tags; /* hashtags without '#', NFKC and case folded; each once, in order, at most POST_MAX_TAGS */
	size_t tag_count;
};

/* ERROR_CONTENT_TOO_LARGE above PUBLISH_TEXT_MAX_BYTES, ERROR_BAD_REQUEST for NUL and what is not UTF-8. Takes
 * time linear in the text. */
enum error publish_text_render(struct arena *arena, struct str text, const struct publish_text_options *options,
	struct rendered_text *ret_rendered) MUST_CHECK;

/* The same text cleaned for a single line of plain text, such as a content warning: no control characters. */
enum error publish_text_plain(struct arena *arena, struct str text, struct str *ret_text) MUST_CHECK;

#endif
