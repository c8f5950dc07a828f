/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The words of the Mastodon API, those of the tables, and rows of posts as structs. */
#include "storage/post_row.h"

#define COUNT_OF(list) (sizeof(list) / sizeof((list)[0]))

static const char *const api_visibilities[] = {
	[POST_PUBLIC] = "public",
	[POST_UNLISTED] = "unlisted",
	[POST_FOLLOWERS] = "private",
	[POST_DIRECT] = "direct",
};
static const char *const stored_visibilities[] = {
	[POST_PUBLIC] = "public",
	[POST_UNLISTED] = "unlisted",
	[POST_FOLLOWERS] = "followers",
	[POST_DIRECT] = "direct",
};
static const char *const kinds[] = {
	[POST_NOTE] = "note",
	[POST_QUESTION] = "question",
	[POST_ARTICLE] = "article",
	[POST_PAGE] = "page",
	[POST_EVENT] = "event",
	[POST_VIDEO] = "video",
	[POST_AUDIO] = "audio",
	[POST_IMAGE] = "image",
	[POST_DOCUMENT] = "document",
};
static const char *const quote_states[] = {
	[QUOTE_NONE] = "",
	[QUOTE_PENDING] = "pending",
	[QUOTE_ACCEPTED] = "accepted",
	[QUOTE_REJECTED] = "rejected",
	[QUOTE_REVOKED] = "revoked",
};
static const char *const quote_policies[] = {
	[QUOTE_BY_ANYONE] = "public",
	[QUOTE_BY_FOLLOWERS] = "followers",
	[QUOTE_BY_NOBODY] = "nobody",
};

/* The place of a word in a list; otherwise for a word that only a newer release knows. */
static unsigned index_of(struct str word, const char *const *words, size_t count, unsigned otherwise)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(word, str_from(words[i])))
			return (unsigned)i;
	return otherwise;
}

const char *post_visibility_name(enum post_visibility visibility)
{
	return api_visibilities[visibility];
}

bool post_visibility_from_name(struct str name, enum post_visibility *ret_visibility)
{
	unsigned index = index_of(name, api_visibilities, COUNT_OF(api_visibilities), COUNT_OF(api_visibilities));
	if (index == COUNT_OF(api_visibilities))
		return false;
	*ret_visibility = (enum post_visibility)index;
	return true;
}

const char *post_row_visibility(enum post_visibility visibility)
{
	return stored_visibilities[visibility];
}

const char *post_row_kind(enum post_kind kind)
{
	return kinds[kind];
}

const char *post_row_quote_policy(enum post_quote_policy policy)
{
	return quote_policies[policy];
}

const char *post_row_quote_state(enum post_quote_state state)
{
	return quote_states[state == QUOTE_NONE ? QUOTE_PENDING : state];
}

void post_row_add_quote_state(struct db_values *values, struct str quote_uri, enum post_quote_state state)
{
	if (!quote_uri.data)
		db_value_null(values);
	else
		db_value_text(values, str_from(post_row_quote_state(state)));
}

static void read_author(const struct db_rows *rows, int row, struct post *post)
{
	post->actor_id = db_int64(rows, row, POST_ACTOR_ID);
	post->actor_username = db_text(rows, row, POST_USERNAME);
	post->actor_domain = db_text(rows, row, POST_DOMAIN);
	post->actor_display_name = db_text(rows, row, POST_DISPLAY_NAME);
	post->actor_avatar_url = db_text(rows, row, POST_AVATAR_URL);
	post->actor_uri = db_text(rows, row, POST_ACTOR_URI);
	post->actor_followers_url = db_text(rows, row, POST_FOLLOWERS_URL);
	post->is_local = db_bool(rows, row, POST_IS_LOCAL);
}

enum post_visibility post_row_visibility_from(struct str word)
{
	return (enum post_visibility)index_of(word, stored_visibilities, COUNT_OF(stored_visibilities), POST_DIRECT);
}

enum post_quote_state post_row_quote_state_from(struct str word)
{
	return !word.data ? QUOTE_NONE :
		(enum post_quote_state)index_of(word, quote_states, COUNT_OF(quote_states), QUOTE_PENDING);
}

enum post_quote_policy post_row_quote_policy_from(struct str word)
{
	return (enum post_quote_policy)index_of(word, quote_policies, COUNT_OF(quote_policies), QUOTE_BY_NOBODY);
}

static void read_words(const struct db_rows *rows, int row, struct post *post)
{
	post->visibility = post_row_visibility_from(db_text(rows, row, POST_VISIBILITY));
	post->kind = (enum post_kind)index_of(db_text(rows, row, POST_KIND), kinds, COUNT_OF(kinds), POST_NOTE);
	post->quote_state = post_row_quote_state_from(db_text(rows, row, POST_QUOTE_STATE));
	post->quote_policy = post_row_quote_policy_from(db_text(rows, row, POST_QUOTE_POLICY));
}

void post_row_read(const struct db_rows *rows, int row, struct post *ret_post)
{
	struct post *post = ret_post;
	*post = (struct post){ .id = db_int64(rows, row, POST_ID) };
	read_author(rows, row, post);
	read_words(rows, row, post);
	post->uri = db_text(rows, row, POST_URI);
	post->url = db_text(rows, row, POST_URL);
	post->in_reply_to_id = db_int64(rows, row, POST_IN_REPLY_TO_ID);
	post->in_reply_to_actor_id = db_int64(rows, row, POST_IN_REPLY_TO_ACTOR_ID);
	post->in_reply_to_uri = db_text(rows, row, POST_IN_REPLY_TO_URI);
	post->conversation_uri = db_text(rows, row, POST_CONVERSATION_URI);
	post->context_uri = db_text(rows, row, POST_CONTEXT_URI);
	post->conversation_id = db_int64(rows, row, POST_CONVERSATION_ID);
	post->title = db_text(rows, row, POST_TITLE);
	post->html = db_text(rows, row, POST_HTML);
	post->text_source = db_text(rows, row, POST_TEXT_SOURCE);
	post->spoiler_text = db_text(rows, row, POST_SPOILER_TEXT);
	post->language = db_text(rows, row, POST_LANGUAGE);
	post->is_sensitive = db_bool(rows, row, POST_IS_SENSITIVE);
	post->quote_id = db_int64(rows, row, POST_QUOTE_ID);
	post->quote_uri = db_text(rows, row, POST_QUOTE_URI);
	post->quote_authorization_uri = db_text(rows, row, POST_QUOTE_AUTHORIZATION_URI);
	post->created_us = db_time(rows, row, POST_CREATED_AT);
	post->edited_us = db_time(rows, row, POST_EDITED_AT);
	post->revision = (int32_t)db_int64(rows, row, POST_REVISION);
	post->replies_count = db_int64(rows, row, POST_REPLIES);
	post->boosts_count = db_int64(rows, row, POST_BOOSTS);
	post->favourites_count = db_int64(rows, row, POST_FAVOURITES);
}

void post_row_read_all(const struct db_rows *rows, struct post **ret_posts, size_t *ret_count)
{
	struct post *posts = arena_alloc_array(rows->arena, (size_t)rows->count, sizeof(*posts));
	for (int i = 0; i < rows->count; i++)
		post_row_read(rows, i, &posts[i]);
	*ret_posts = posts;
	*ret_count = (size_t)rows->count;
}
