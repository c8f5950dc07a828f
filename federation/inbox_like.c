/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Like: a favourite, or with content an emoji reaction (FEP-c0e0, Misskey). A plain heart, which Misskey sends where
 * others send nothing, is a favourite too. Who may not see the post, or is blocked by its author, has no say. */
#include "federation/inbox_like.h"

#include "storage/id.h"
#include "storage/notification.h"
#include "storage/reaction.h"
#include "base/mutant.h"

#define EMOJI_MAX_BYTES 64 /* families of four with skin tones have 41 */
#define SHORTCODE_MAX_BYTES 198

static bool is_heart(struct str text)
{
	return str_eq(text, STR_LITERAL("\xe2\x9d\xa4")) || str_eq(text, STR_LITERAL("\xe2\x9d\xa4\xef\xb8\x8f"));
}

/* Emoji begin at U+00A9; of ASCII only the keys (1, #, *) take part, followed by what makes them emoji. */
static bool is_unicode_emoji(struct str text)
{
	bool has_symbol = false;
	if (text.len < 2 || text.len > EMOJI_MAX_BYTES)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.data[i];
		if (c >= 0x80)
			has_symbol = true;
		else if (c != '#' && c != '*' && (c < '0' || c > '9'))
			return false;
	}
	unsigned char first = (unsigned char)text.data[0];
	bool is_letter = first >= 0xc3 && first < 0xe2; /* U+00C0 to U+1FFF: letters of living scripts */
	return has_symbol && !is_letter;
}

static bool is_shortcode(struct str text)
{
	return text.len >= 3 && text.len <= SHORTCODE_MAX_BYTES + 2 && text.data[0] == ':' && text.data[text.len - 1] == ':' &&
		!str_contains_char(text, ' ') && !str_contains_char(text, '<');
}

static bool find_picture(const struct vocab_activity *activity, struct inbox_emoji *emoji)
{
	struct str name = str_slice(emoji->text, 1, emoji->text.len - 1);
	for (size_t i = 0; i < activity->tag_count; i++) {
		const struct vocab_tag *tag = &activity->tags[i];
		bool is_it = str_eq(tag->name, emoji->text) || str_eq(tag->name, name);
		if (tag->kind == VOCAB_TAG_EMOJI && is_it) {
			emoji->image_url = tag->icon_url;
			return true;
		}
	}
	return false;
}

bool inbox_read_emoji(const struct vocab_activity *activity, struct inbox_emoji *ret_emoji)
{
	struct inbox_emoji emoji = { .text = str_trim(activity->content) };
	if (is_shortcode(emoji.text) ? !find_picture(activity, &emoji) : !is_unicode_emoji(emoji.text))
		return false;
	*ret_emoji = emoji;
	return true;
}

static enum error find_target(const struct inbox_context *context, struct post *ret_post, const char **ret_reason)
{
	struct str uri = inbox_object_id(context);
	bool is_undone = false;
	*ret_reason = NULL;
	if (!uri.data) {
		*ret_reason = "no_object";
		return ERROR_NONE;
	}
	enum error error = MUTANT("inbox_like_visible") ?
		post_find_any_by_uri(context->db, context->arena, uri, ret_post) :
		post_find_by_uri(context->db, context->arena, context->actor.id, uri, ret_post);
	if (error) {
		*ret_reason = "unknown_post";
		return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
	}
	error = inbox_is_undone(context, &is_undone);
	if (!error && is_undone)
		*ret_reason = "undone";
	return error;
}

enum error inbox_react(struct inbox_context *context, const struct inbox_emoji *emoji)
{
	struct post post;
	const char *reason;
	enum error error = find_target(context, &post, &reason);
	if (error)
		return error;
	if (reason)
		return inbox_drop(context, reason);
	if (emoji)
		error = reaction_create(context->db, context->arena, id_new(), context->actor.id, post.id, emoji->text,
			emoji->image_url, context->activity->id);
	else
		error = favourite_create(context->db, context->arena, id_new(), context->actor.id, post.id, context->activity->id);
	if (error == ERROR_CONFLICT)
		return inbox_done(context);
	if (error == ERROR_NOT_FOUND)
		return inbox_drop(context, "unknown_post");
	if (!error)
		error = notification_add(context->db, context->arena, post.actor_id,
			emoji ? NOTIFICATION_REACTION : NOTIFICATION_FAVOURITE, context->actor.id, post.id);
	return error ? error : inbox_done(context);
}

enum error inbox_like(struct inbox_context *context)
{
	struct inbox_emoji emoji;
	bool is_reaction = !is_heart(str_trim(context->activity->content)) && inbox_read_emoji(context->activity, &emoji);
	return inbox_react(context, is_reaction ? &emoji : NULL);
}
