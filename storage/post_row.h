/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A row of posts as struct post: for the statements of this folder that read whole posts. p is the post, author its
 * actor, c its counters. The list of columns and the enum below it have one order (tests/db/test_statements.py). */
#ifndef COMPTOIR_STORAGE_POST_ROW_H
#define COMPTOIR_STORAGE_POST_ROW_H

#include "storage/post.h"
#include "storage/statement.h"

#define POST_COLUMNS                 \
	"p.id"                       \
	", p.actor_id"               \
	", author.username"          \
	", author.domain"            \
	", author.display_name"      \
	", author.avatar_url"        \
	", p.uri"                    \
	", p.url"                    \
	", p.in_reply_to_id"         \
	", p.in_reply_to_actor_id"   \
	", p.visibility"             \
	", p.html"                   \
	", p.text_source"            \
	", p.spoiler_text"           \
	", p.language"               \
	", p.is_sensitive"           \
	", p.kind"                   \
	", p.title"                  \
	", author.domain_id is not null as is_local" \
	", p.in_reply_to_uri"        \
	", p.conversation_uri"       \
	", p.context_uri"            \
	", p.conversation_id"        \
	", p.quote_id"               \
	", p.quote_uri"              \
	", p.quote_state"            \
	", p.quote_authorization_uri" \
	", p.quote_policy"           \
	", author.uri as actor_uri"  \
	", author.followers_url"     \
	", p.created_at"             \
	", p.edited_at"              \
	", p.revision"               \
	", c.replies"                \
	", c.boosts"                 \
	", c.favourites"

enum {
	POST_ID,
	POST_ACTOR_ID,
	POST_USERNAME,
	POST_DOMAIN,
	POST_DISPLAY_NAME,
	POST_AVATAR_URL,
	POST_URI,
	POST_URL,
	POST_IN_REPLY_TO_ID,
	POST_IN_REPLY_TO_ACTOR_ID,
	POST_VISIBILITY,
	POST_HTML,
	POST_TEXT_SOURCE,
	POST_SPOILER_TEXT,
	POST_LANGUAGE,
	POST_IS_SENSITIVE,
	POST_KIND,
	POST_TITLE,
	POST_IS_LOCAL,
	POST_IN_REPLY_TO_URI,
	POST_CONVERSATION_URI,
	POST_CONTEXT_URI,
	POST_CONVERSATION_ID,
	POST_QUOTE_ID,
	POST_QUOTE_URI,
	POST_QUOTE_STATE,
	POST_QUOTE_AUTHORIZATION_URI,
	POST_QUOTE_POLICY,
	POST_ACTOR_URI,
	POST_FOLLOWERS_URL,
	POST_CREATED_AT,
	POST_EDITED_AT,
	POST_REVISION,
	POST_REPLIES,
	POST_BOOSTS,
	POST_FAVOURITES,
};

#define POST_TABLES                                     \
	" from posts as p"                              \
	" join actors as author on author.id = p.actor_id" \
	" left join post_counts as c on c.post_id = p.id"

/* The row's first columns are POST_COLUMNS. */
void post_row_read(const struct db_rows *rows, int row, struct post *ret_post);

/* All rows as posts, in their order. */
void post_row_read_all(const struct db_rows *rows, struct post **ret_posts, size_t *ret_count);

/* The words of the table. */
const char *post_row_visibility(enum post_visibility visibility);
const char *post_row_kind(enum post_kind kind);
const char *post_row_quote_policy(enum post_quote_policy policy);
const char *post_row_quote_state(enum post_quote_state state); /* of a post that quotes something */

/* And back. Of words that a newer release stores, the visibility is for the fewest and the quote shown to nobody; data
 * NULL is QUOTE_NONE. */
enum post_visibility post_row_visibility_from(struct str word);
enum post_quote_state post_row_quote_state_from(struct str word);
enum post_quote_policy post_row_quote_policy_from(struct str word);

/* SQL null for a post that quotes nothing; a quote without state waits. */
void post_row_add_quote_state(struct db_values *values, struct str quote_uri, enum post_quote_state state);

#endif
