/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Attachments, pictures and tags. Peers agree on little here: a url is a string, a Link or an array of Links, a
 * picture may be its bare URL, one tag comes without its array (GoToSocial), a video is its own url (PeerTube). */
#include "federation/vocab_in_values.h"

#include "base/mutant.h"

#include <string.h>

static const char base83[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~";

static int32_t get_dimension(const struct vocab_reader *reader, const json_t *owner, enum vocab_property property)
{
	int64_t pixels = vocab_get_count(reader, owner, property, 0);
	return pixels <= VOCAB_DIMENSION_MAX || MUTANT("vocab_dimension") ? (int32_t)pixels : 0;
}

static struct str get_blurhash(const struct vocab_reader *reader, const json_t *owner)
{
	struct str hash = vocab_raw(vocab_get(reader, owner, PROPERTY_BLURHASH));
	if (hash.len < 6 || hash.len > VOCAB_BLURHASH_MAX_BYTES)
		return (struct str){ 0 };
	for (size_t i = 0; i < hash.len; i++) {
		if (hash.data[i] == '\0' || !strchr(base83, hash.data[i]))
			return (struct str){ 0 };
	}
	return arena_str(reader->arena, hash);
}

static double clamp_focus(double value)
{
	if (value < -1)
		return -1;
	return value <= 1 ? value : 1;
}

static void get_focus(const struct vocab_reader *reader, const json_t *owner, struct vocab_attachment *ret_attachment)
{
	const json_t *point = vocab_get(reader, owner, PROPERTY_FOCAL_POINT);
	if (json_array_size(point) != 2 || !json_is_number(json_array_get(point, 0)) ||
		!json_is_number(json_array_get(point, 1)))
		return;
	ret_attachment->has_focus = true;
	ret_attachment->focus_x = clamp_focus(json_number_value(json_array_get(point, 0)));
	ret_attachment->focus_y = clamp_focus(json_number_value(json_array_get(point, 1)));
}

static enum vocab_media_kind kind_of_type(struct str media_type)
{
	if (str_starts_with(media_type, STR_LITERAL("image/")))
		return VOCAB_MEDIA_IMAGE;
	if (str_starts_with(media_type, STR_LITERAL("video/")))
		return VOCAB_MEDIA_VIDEO;
	if (str_starts_with(media_type, STR_LITERAL("audio/")))
		return VOCAB_MEDIA_AUDIO;
	return VOCAB_MEDIA_UNKNOWN;
}

static enum vocab_media_kind kind_of(const json_t *json, struct str media_type)
{
	if (kind_of_type(media_type) != VOCAB_MEDIA_UNKNOWN)
		return kind_of_type(media_type);
	if (vocab_has_type(json, "Image"))
		return VOCAB_MEDIA_IMAGE;
	if (vocab_has_type(json, "Video"))
		return VOCAB_MEDIA_VIDEO;
	if (vocab_has_type(json, "Audio"))
		return VOCAB_MEDIA_AUDIO;
	return vocab_has_type(json, "Link") ? VOCAB_MEDIA_LINK : VOCAB_MEDIA_UNKNOWN;
}

/* The first alternative that has a good URL; a Link tells its type and size as well. */
static bool take_first_url(const struct vocab_reader *reader, const json_t *alternatives, bool may_be_http,
	struct vocab_attachment *ret_attachment)
{
	for (size_t i = 0; i < vocab_count(alternatives) && i < VOCAB_LINKS_MAX; i++) {
		const json_t *link = vocab_at(alternatives, i);
		struct str text = vocab_raw(json_is_object(link) ? vocab_get(reader, link, PROPERTY_HREF) : link);
		ret_attachment->url = vocab_url(reader, text, may_be_http);
		if (ret_attachment->url.len == 0)
			continue;
		ret_attachment->media_type = vocab_media_type(reader, vocab_get(reader, link, PROPERTY_MEDIA_TYPE));
		ret_attachment->width = get_dimension(reader, link, PROPERTY_WIDTH);
		ret_attachment->height = get_dimension(reader, link, PROPERTY_HEIGHT);
		return true;
	}
	return false;
}

/* The attachment's own word about type and size counts more than that of the Link in it. */
static void take_own_properties(const struct vocab_reader *reader, const json_t *json, size_t max_alt_bytes,
	struct vocab_attachment *attachment)
{
	struct str media_type = vocab_media_type(reader, vocab_get(reader, json, PROPERTY_MEDIA_TYPE));
	int32_t width = get_dimension(reader, json, PROPERTY_WIDTH);
	int32_t height = get_dimension(reader, json, PROPERTY_HEIGHT);
	if (media_type.len > 0)
		attachment->media_type = media_type;
	if (width > 0 && height > 0) {
		attachment->width = width;
		attachment->height = height;
	}
	attachment->kind = kind_of(json, attachment->media_type);
	attachment->name = vocab_get_text(reader, json, PROPERTY_NAME, max_alt_bytes);
	attachment->blurhash = get_blurhash(reader, json);
	attachment->is_sensitive = vocab_get_bool(reader, json, PROPERTY_SENSITIVE);
	get_focus(reader, json, attachment);
}

static struct str get_icon_url(const struct vocab_reader *reader, const json_t *json)
{
	struct vocab_attachment *icon = vocab_get_picture(reader, json, PROPERTY_ICON, 0);
	return icon ? icon->url : (struct str){ 0 };
}

static bool read_attachment(const struct vocab_reader *reader, const json_t *json, struct vocab_attachment *ret_attachment)
{
	struct vocab_attachment attachment = { 0 };
	bool is_link = vocab_has_type(json, "Link");
	const json_t *url = vocab_get(reader, json, is_link ? PROPERTY_HREF : PROPERTY_URL);

	/* PropertyValue and what else has no place to look at is no attachment. */
	if (!json_is_object(json) || !take_first_url(reader, url ? url : vocab_get(reader, json, PROPERTY_HREF), is_link, &attachment))
		return false;
	take_own_properties(reader, json, VOCAB_ALT_MAX_BYTES, &attachment);
	attachment.icon_url = get_icon_url(reader, json);
	*ret_attachment = attachment;
	return true;
}

struct vocab_attachment *vocab_get_attachments(const struct vocab_reader *reader, const json_t *owner, size_t *ret_count)
{
	const json_t *value = vocab_get(reader, owner, PROPERTY_ATTACHMENT);
	size_t count = vocab_count(value);
	size_t used = 0;

	*ret_count = 0;
	if (count == 0)
		return NULL;
	if (count > VOCAB_ATTACHMENTS_MAX && !MUTANT("vocab_attachments_limit"))
		count = VOCAB_ATTACHMENTS_MAX;
	struct vocab_attachment *attachments = arena_alloc_array(reader->arena, count, sizeof(*attachments));
	for (size_t i = 0; i < count; i++) {
		if (read_attachment(reader, vocab_at(value, i), &attachments[used]))
			used++;
	}
	*ret_count = used;
	return attachments;
}

/* The first Link to pictures, sound or moving pictures. PeerTube hides the files of a playlist in its tags. */
static const json_t *find_media_link(const struct vocab_reader *reader, const json_t *links, unsigned depth, size_t *left)
{
	for (size_t i = 0; i < vocab_count(links) && *left > 0; i++) {
		const json_t *link = vocab_at(links, i);
		(*left)--;
		if (!json_is_object(link))
			continue;
		if (kind_of_type(vocab_media_type(reader, vocab_get(reader, link, PROPERTY_MEDIA_TYPE))) != VOCAB_MEDIA_UNKNOWN)
			return link;
		const json_t *nested = depth > 0 ? find_media_link(reader, vocab_get(reader, link, PROPERTY_TAG), depth - 1, left) : NULL;
		if (nested)
			return nested;
	}
	return NULL;
}

struct vocab_attachment *vocab_get_media(const struct vocab_reader *reader, const json_t *owner)
{
	const json_t *url = vocab_get(reader, owner, PROPERTY_URL);
	size_t left = VOCAB_LINKS_MAX;
	const json_t *link = find_media_link(reader, url, 1, &left);
	struct vocab_attachment media = { 0 };

	/* Without a Link the url is the file only where the object says what file it is. */
	if (!link && kind_of_type(vocab_media_type(reader, vocab_get(reader, owner, PROPERTY_MEDIA_TYPE))) == VOCAB_MEDIA_UNKNOWN)
		return NULL;
	if (!take_first_url(reader, link ? link : url, false, &media))
		return NULL;
	struct str link_type = media.media_type;
	take_own_properties(reader, owner, VOCAB_ALT_MAX_BYTES, &media);
	if (link) { /* mediaType of the object is that of its content */
		media.media_type = link_type;
		media.kind = kind_of(owner, link_type);
	}
	media.icon_url = get_icon_url(reader, owner);
	struct vocab_attachment *copy = arena_alloc(reader->arena, sizeof(*copy));
	*copy = media;
	return copy;
}

/* json: a URL, an Image, or a Link. */
static bool read_picture(const struct vocab_reader *reader, const json_t *json, size_t max_alt_bytes,
	struct vocab_attachment *ret_picture)
{
	struct vocab_attachment picture = { 0 };
	const json_t *url = json;
	if (json_is_object(json)) {
		url = vocab_get(reader, json, PROPERTY_URL);
		if (!url)
			url = vocab_get(reader, json, PROPERTY_HREF);
	}
	if (!take_first_url(reader, url, false, &picture))
		return false;
	take_own_properties(reader, json, max_alt_bytes, &picture);
	picture.kind = VOCAB_MEDIA_IMAGE;
	*ret_picture = picture;
	return true;
}

struct vocab_attachment *vocab_get_picture(const struct vocab_reader *reader, const json_t *owner,
	enum vocab_property property, size_t max_alt_bytes)
{
	const json_t *value = vocab_get(reader, owner, property);
	struct vocab_attachment best = { .width = -1 };

	for (size_t i = 0; i < vocab_count(value) && i < VOCAB_ATTACHMENTS_MAX; i++) {
		struct vocab_attachment picture;
		if (read_picture(reader, vocab_at(value, i), max_alt_bytes, &picture) && picture.width > best.width)
			best = picture;
	}
	if (best.width < 0)
		return NULL;
	struct vocab_attachment *copy = arena_alloc(reader->arena, sizeof(*copy));
	*copy = best;
	return copy;
}

static bool is_quote_relation(struct str rel)
{
	static const struct str relations[] = {
		STR("https://misskey-hub.net/ns#_misskey_quote"), STR("https://w3id.org/fep/044f#quote"),
		STR("http://fedibird.com/ns#quoteUri"), STR("https://www.w3.org/ns/activitystreams#quoteUrl"),
	};
	for (size_t i = 0; i < sizeof(relations) / sizeof(relations[0]); i++) {
		if (str_eq(rel, relations[i]))
			return true;
	}
	return false;
}

static bool has_quote_relation(const struct vocab_reader *reader, const json_t *link)
{
	const json_t *rel = vocab_get(reader, link, PROPERTY_REL);
	for (size_t i = 0; i < vocab_count(rel) && i < VOCAB_TYPES_MAX; i++) {
		if (is_quote_relation(vocab_raw(vocab_at(rel, i))))
			return true;
	}
	return false;
}

/* FEP-e232: a Link to something that speaks ActivityPub; other Links are of no use to us. */
static bool read_link_tag(const struct vocab_reader *reader, const json_t *json, struct vocab_tag *tag)
{
	tag->kind = VOCAB_TAG_LINK;
	tag->media_type = vocab_media_type(reader, vocab_get(reader, json, PROPERTY_MEDIA_TYPE));
	tag->href = vocab_get_id(reader, json, PROPERTY_HREF, VOCAB_ID_DOCUMENT);
	tag->is_quote = has_quote_relation(reader, json);
	return tag->href.len > 0 && (str_eq(tag->media_type, STR_LITERAL("application/ld+json")) ||
		str_eq(tag->media_type, STR_LITERAL("application/activity+json")));
}

static bool read_tag(const struct vocab_reader *reader, const json_t *json, struct vocab_tag *ret_tag)
{
	struct vocab_tag tag = { .name = vocab_get_text(reader, json, PROPERTY_NAME, VOCAB_TAG_NAME_MAX_BYTES) };
	bool is_good = false;

	if (vocab_has_type(json, "Mention")) {
		tag.kind = VOCAB_TAG_MENTION;
		tag.href = vocab_get_id(reader, json, PROPERTY_HREF, VOCAB_ID_DOCUMENT);
		is_good = tag.href.len > 0;
	} else if (vocab_has_type(json, "Hashtag")) {
		tag.kind = VOCAB_TAG_HASHTAG;
		tag.href = vocab_url(reader, vocab_raw(vocab_get(reader, json, PROPERTY_HREF)), true);
		is_good = tag.name.len > 0;
	} else if (vocab_has_type(json, "Emoji")) {
		tag.kind = VOCAB_TAG_EMOJI;
		struct vocab_attachment *icon = vocab_get_picture(reader, json, PROPERTY_ICON, 0);
		is_good = icon && tag.name.len > 0;
		if (icon) {
			tag.icon_url = icon->url;
			tag.media_type = icon->media_type;
		}
		tag.id = vocab_id(reader, json, VOCAB_ID_EMBEDDED);
		tag.updated_us = vocab_get_time(reader, json, PROPERTY_UPDATED);
	} else if (vocab_has_type(json, "Link")) {
		is_good = read_link_tag(reader, json, &tag);
	}
	if (is_good)
		*ret_tag = tag;
	return is_good;
}

struct vocab_tag *vocab_get_tags(const struct vocab_reader *reader, const json_t *owner, size_t *ret_count)
{
	const json_t *value = vocab_get(reader, owner, PROPERTY_TAG);
	size_t count = vocab_count(value);
	size_t used = 0;

	*ret_count = 0;
	if (count == 0)
		return NULL;
	if (count > VOCAB_TAGS_MAX && !MUTANT("vocab_tags_limit"))
		count = VOCAB_TAGS_MAX;
	struct vocab_tag *tags = arena_alloc_array(reader->arena, count, sizeof(*tags));
	for (size_t i = 0; i < count; i++) {
		if (read_tag(reader, vocab_at(value, i), &tags[used]))
			used++;
	}
	*ret_count = used;
	return tags;
}
