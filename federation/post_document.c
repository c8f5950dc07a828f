/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Loads a local post's document. A post without parent, quote, poll and emoji costs two statements. */
#include "federation/post_document.h"

#include "federation/audience.h"

#include "base/time_format.h"

#define MAX_EMOJIS 30

struct surroundings {
	struct post parent; /* id 0: not here */
	struct post root;
	struct post quoted;
};

struct str post_base_url(const struct post *post)
{
	size_t tail = sizeof("/users/") - 1 + post->actor_username.len;

	return str_slice(post->actor_uri, 0, post->actor_uri.len > tail ? post->actor_uri.len - tail : 0);
}

struct str post_context_url(struct arena *arena, const struct post *root)
{
	return arena_printf(arena, "%.*s/contexts/%lld", STR_ARG(post_base_url(root)), (long long)root->id);
}

/* What is not here any more leaves the post without it. */
static enum error find_other(struct db *db, struct arena *arena, const struct post *post, int64_t id, struct post *ret_other)
{
	if (!id)
		return ERROR_NONE;
	if (id == post->id) {
		*ret_other = *post;
		return ERROR_NONE;
	}
	enum error error = post_find_any(db, arena, id, ret_other);
	return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
}

static enum error find_surroundings(struct db *db, struct arena *arena, const struct post *post,
	struct surroundings *ret_around)
{
	enum error error = find_other(db, arena, post, post->in_reply_to_id, &ret_around->parent);
	if (error)
		return error;
	if (post->conversation_id == ret_around->parent.id)
		ret_around->root = ret_around->parent;
	else
		error = find_other(db, arena, post, post->conversation_id, &ret_around->root);
	return error ? error : find_other(db, arena, post, post->quote_id, &ret_around->quoted);
}

/* A thread that began here is ours to name; another one bears the names that its own server gave it. */
static void name_thread(struct arena *arena, const struct post *root, struct vocab_post *vocab)
{
	struct str base_url = root->is_local ? post_base_url(root) : (struct str){ NULL, 0 };
	size_t scheme = str_index_of_str(base_url, STR_LITERAL("://"));
	char date[TIME_ISO8601_MS_LEN + 1];

	if (!root->id)
		return;
	if (!root->is_local) {
		vocab->conversation_uri = root->conversation_uri;
		vocab->context_uri = root->context_uri;
		return;
	}
	time_write_iso8601_ms(root->created_us, date);
	vocab->conversation_uri = arena_printf(arena, "tag:%.*s,%.10s:objectId=%lld:objectType=Conversation",
		STR_ARG(str_slice(base_url, scheme + 3, base_url.len)), date, (long long)root->id);
	vocab->context_uri = post_context_url(arena, root);
}

static enum error load_replies(struct db *db, struct arena *arena, struct vocab_post *vocab)
{
	struct post_uri_item *items;
	size_t count;

	if (!vocab->post->replies_count)
		return ERROR_NONE;
	enum error error = post_list_replies(db, arena, vocab->post->id, true, 0, POST_DOCUMENT_OWN_REPLIES, &items, &count);
	if (error)
		return error;
	struct str *uris = arena_alloc_array(arena, count, sizeof(*uris));
	for (size_t i = 0; i < count; i++)
		uris[i] = items[i].uri;
	vocab->own_replies = uris;
	vocab->own_reply_count = count;
	return ERROR_NONE;
}

static bool is_shortcode_character(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* The names between two colons, the first MAX_EMOJIS of them. */
static size_t find_shortcodes(struct str text, struct str *ret_shortcodes)
{
	size_t count = 0;

	for (size_t at = str_index_of(text, ':', 0); at < text.len && count < MAX_EMOJIS;) {
		size_t end = at + 1;
		while (end < text.len && is_shortcode_character(text.data[end]))
			end++;
		bool is_shortcode = end < text.len && text.data[end] == ':' && end - at > 2;
		if (is_shortcode)
			ret_shortcodes[count++] = str_slice(text, at + 1, end);
		at = str_index_of(text, ':', is_shortcode ? end + 1 : end);
	}
	return count;
}

/* What looks like one and is none of ours is a text like any other. */
static enum error load_emojis(struct db *db, struct arena *arena, struct vocab_post *vocab)
{
	struct str shortcodes[MAX_EMOJIS];
	size_t scheme = str_index_of_str(vocab->base_url, STR_LITERAL("://"));
	struct emoji *emojis;

	size_t count = find_shortcodes(vocab->post->text_source, shortcodes);
	if (!count)
		return ERROR_NONE;
	enum error error = emoji_find_many(db, arena, str_slice(vocab->base_url, scheme + 3, vocab->base_url.len), shortcodes, count,
		&emojis, &vocab->emoji_count);
	if (!error)
		vocab->emojis = emojis;
	return error;
}

/* Those mentioned, and on open posts also whom it answers and quotes. */
static struct vocab_addresses address(struct arena *arena, const struct post_document *document,
	const struct surroundings *around)
{
	const struct post_details *details = &document->vocab.details;
	const struct post *post = document->vocab.post;
	bool is_open = post->visibility == POST_PUBLIC || post->visibility == POST_UNLISTED;
	struct str *others = arena_alloc_array(arena, details->mention_count + 2, sizeof(*others));
	size_t count = 0;

	for (; count < details->mention_count; count++)
		others[count] = details->mentions[count].uri;
	if (is_open && document->parent_actor_id != post->actor_id)
		others[count++] = around->parent.actor_uri;
	if (is_open && document->quoted_actor_id != post->actor_id)
		others[count++] = around->quoted.actor_uri;
	return audience_address(arena, post->visibility, post->actor_followers_url, others, count);
}

enum error post_document_load(struct db *db, struct arena *arena, const struct post *post,
	struct post_document *ret_document)
{
	struct post_document document = { .vocab = { .post = post, .base_url = post_base_url(post) } };
	struct surroundings around = { 0 };

	enum error error = post_load_details(db, arena, post->id, &document.vocab.details);
	if (!error && post->kind == POST_QUESTION)
		error = poll_find(db, arena, post->id, &document.vocab.poll);
	if (!error)
		error = find_surroundings(db, arena, post, &around);
	if (!error)
		error = load_replies(db, arena, &document.vocab);
	if (!error)
		error = load_emojis(db, arena, &document.vocab);
	if (error)
		return error;
	document.vocab.in_reply_to_uri = around.parent.id ? around.parent.uri : post->in_reply_to_uri;
	document.vocab.quote_url = around.quoted.url;
	document.parent_actor_id = around.parent.actor_id;
	document.quoted_actor_id = around.quoted.actor_id;
	name_thread(arena, &around.root, &document.vocab);
	document.vocab.addresses = address(arena, &document, &around);
	*ret_document = document;
	return ERROR_NONE;
}
