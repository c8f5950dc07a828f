/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Everything of a remote post but its HTML and its files. The reader of documents has bounded all of it already; here
 * it is brought into the forms and the narrower bounds of our tables. */
#include "federation/remote_post_fields.h"

#include "federation/remote_text.h"

#include "base/hashtag.h"
#include "base/language_tag.h"
#include "base/mutant.h"
#include "base/text_line.h"
#include "base/url.h"

#include <string.h>
#include <unictype.h>
#include <unistr.h>

#define MAX_SHORTCODE_BYTES 100

static bool find_kind(const struct vocab_object *object, enum post_kind *ret_kind)
{
	switch (object->type) {
	case VOCAB_NOTE:
		*ret_kind = POST_NOTE;
		return true;
	case VOCAB_QUESTION:
		*ret_kind = object->poll.option_count > 0 ? POST_QUESTION : POST_NOTE;
		return true;
	case VOCAB_ARTICLE:
		*ret_kind = POST_ARTICLE;
		return true;
	case VOCAB_PAGE:
		*ret_kind = POST_PAGE;
		return true;
	case VOCAB_EVENT:
		*ret_kind = POST_EVENT;
		return true;
	case VOCAB_VIDEO:
		*ret_kind = POST_VIDEO;
		return true;
	case VOCAB_AUDIO:
		*ret_kind = POST_AUDIO;
		return true;
	case VOCAB_IMAGE:
		*ret_kind = POST_IMAGE;
		return true;
	case VOCAB_DOCUMENT:
		*ret_kind = POST_DOCUMENT;
		return true;
	case VOCAB_OBJECT_UNKNOWN:
	case VOCAB_TOMBSTONE:
	case VOCAB_QUOTE_AUTHORIZATION:
		break;
	}
	return false;
}

static bool is_tag_character(ucs4_t character)
{
	return character == '_' || character == 0xb7 || character == 0x200c || uc_is_property_alphabetic(character) ||
		uc_is_general_category_withtable(character, UC_CATEGORY_MASK_N | UC_CATEGORY_MASK_M);
}

/* "#Two Words!" is found under the same name as "#twowords". */
static struct str tag_key(struct arena *arena, struct str name)
{
	if (name.len > HASHTAG_MAX_BYTES)
		return (struct str){ 0 };
	char *kept = arena_alloc(arena, name.len + 1);
	size_t used = 0;
	size_t len = 0;
	for (size_t pos = 0; pos < name.len; pos += len) {
		ucs4_t character = 0;
		len = (size_t)u8_mbtouc(&character, (const uint8_t *)name.data + pos, name.len - pos);
		if (!is_tag_character(character))
			continue;
		memcpy(kept + used, name.data + pos, len);
		used += len;
	}
	return hashtag_key(arena, (struct str){ kept, used });
}

static bool holds(const struct str *list, size_t count, struct str wanted)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(list[i], wanted))
			return true;
	return false;
}

static void add_tag(struct arena *arena, struct remote_post_fields *fields, const struct vocab_tag *tag)
{
	if (fields->tag_count >= POST_MAX_TAGS && !MUTANT("remote_post_tags"))
		return;
	struct str key = tag_key(arena, tag->name);
	if (key.len > 0 && !holds(fields->tags, fields->tag_count, key))
		fields->tags[fields->tag_count++] = key;
}

static bool is_shortcode(struct str text)
{
	if (text.len == 0 || text.len > MAX_SHORTCODE_BYTES)
		return false;
	for (size_t i = 0; i < text.len; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-.", text.data[i]) || !text.data[i])
			return false;
	return true;
}

/* An id elsewhere is no id: a server speaks for its own emojis only. */
static void add_emoji(struct remote_post_fields *fields, const struct vocab_tag *tag, const struct vocab_object *object)
{
	struct str shortcode = tag->name;
	while (shortcode.len > 0 && shortcode.data[0] == ':')
		shortcode = str_slice(shortcode, 1, shortcode.len);
	while (shortcode.len > 0 && shortcode.data[shortcode.len - 1] == ':')
		shortcode.len--;
	if (fields->emoji_count >= REMOTE_POST_MAX_EMOJIS || !is_shortcode(shortcode) || tag->icon_url.len == 0)
		return;
	bool is_own = tag->id.len > 0 && vocab_same_origin(tag->id, object->id);
	fields->emojis[fields->emoji_count++] = (struct emoji){
		.shortcode = shortcode,
		.uri = is_own ? tag->id : (struct str){ 0 },
		.image_url = tag->icon_url,
		.updated_us = tag->updated_us ? tag->updated_us : fields->created_us,
	};
}

static void read_tags(struct arena *arena, const struct vocab_object *object, struct remote_post_fields *fields)
{
	fields->tags = arena_alloc_array(arena, object->tag_count, sizeof(*fields->tags));
	fields->emojis = arena_alloc_array(arena, object->tag_count, sizeof(*fields->emojis));
	fields->mention_uris = arena_alloc_array(arena, object->tag_count, sizeof(*fields->mention_uris));
	for (size_t i = 0; i < object->tag_count; i++) {
		const struct vocab_tag *tag = &object->tags[i];
		switch (tag->kind) {
		case VOCAB_TAG_HASHTAG:
			add_tag(arena, fields, tag);
			break;
		case VOCAB_TAG_EMOJI:
			add_emoji(fields, tag, object);
			break;
		case VOCAB_TAG_MENTION:
			if (tag->href.len > 0 && !holds(fields->mention_uris, fields->mention_count, tag->href))
				fields->mention_uris[fields->mention_count++] = tag->href;
			break;
		case VOCAB_TAG_LINK:
			break;
		}
	}
}

static void read_poll(struct arena *arena, const struct vocab_object *object, int64_t received_us, struct poll *poll)
{
	const struct vocab_poll *given = &object->poll;
	int64_t votes = 0;
	poll->options = arena_alloc_array(arena, given->option_count, sizeof(*poll->options));
	for (size_t i = 0; i < given->option_count; i++) {
		struct str title = text_line(arena, given->options[i].name, VOCAB_OPTION_MAX_BYTES);
		if (title.len == 0)
			continue;
		poll->options[poll->option_count++] = (struct poll_option){ .title = title, .votes = given->options[i].votes };
		votes += given->options[i].votes;
	}
	poll->is_multiple = given->is_multiple;
	poll->ends_us = given->ends_us;
	if (given->is_closed)
		poll->closed_us = given->ends_us > 0 && given->ends_us < received_us ? given->ends_us : received_us;
	poll->voters = given->voters_count >= 0 ? given->voters_count : given->is_multiple ? 0 : votes;
	if (poll->voters > VOCAB_COUNT_MAX)
		poll->voters = VOCAB_COUNT_MAX;
}

/* Who says nothing has not agreed: FEP-044f asks first. */
static enum post_quote_policy read_quote_policy(const struct vocab_permission *permission, struct str followers_url)
{
	if (permission->is_public_automatic)
		return QUOTE_BY_ANYONE;
	if (followers_url.len > 0 && holds(permission->automatic.ids, permission->automatic.count, followers_url))
		return QUOTE_BY_FOLLOWERS;
	return QUOTE_BY_NOBODY;
}

static int64_t clamp_time(int64_t time_us, int64_t received_us)
{
	if (time_us <= 0)
		return received_us;
	return time_us > received_us && !MUTANT("remote_post_future") ? received_us : time_us;
}

static bool has_sensitive_file(const struct vocab_object *object)
{
	for (size_t i = 0; i < object->attachment_count; i++)
		if (object->attachments[i].is_sensitive)
			return true;
	return false;
}

bool remote_post_read_fields(struct arena *arena, const struct vocab_object *object,
	const struct remote_post_reading *reading, struct remote_post_fields *ret_fields)
{
	struct remote_post_fields fields = { .kind = POST_NOTE };
	if (!find_kind(object, &fields.kind))
		return false;
	fields.created_us = clamp_time(object->published_us, reading->received_us);
	if (object->updated_us > fields.created_us && fields.created_us < reading->received_us)
		fields.edited_us = clamp_time(object->updated_us, reading->received_us);
	fields.title = text_line(arena, object->name, VOCAB_TITLE_MAX_BYTES);
	fields.html = remote_post_body(arena, object);
	/* The summary of a longer form is its abstract. */
	fields.spoiler_text = STR_LITERAL("");
	if (object->type == VOCAB_NOTE || object->type == VOCAB_QUESTION)
		fields.spoiler_text = remote_text_line_of_html(arena, object->summary, REMOTE_POST_SPOILER_MAX_BYTES);
	fields.language = language_tag_read(arena, object->language);
	fields.is_sensitive = object->is_sensitive || has_sensitive_file(object);
	read_tags(arena, object, &fields);
	read_poll(arena, object, reading->received_us, &fields.poll);
	if (fields.poll.option_count == 0 && fields.kind == POST_QUESTION)
		fields.kind = POST_NOTE;
	if (fields.kind != POST_QUESTION)
		fields.poll.option_count = 0;
	fields.quote_policy = read_quote_policy(&object->can_quote, reading->author_followers_url);
	remote_post_read_media(arena, object, &fields);
	if (reading->rejects_media && !MUTANT("remote_post_reject_media")) {
		fields.medium_count = 0;
		fields.emoji_count = 0;
	}
	*ret_fields = fields;
	return true;
}
