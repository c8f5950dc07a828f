/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The files of a post: its attachments, what a video, audio, image or document itself is, and the title picture of what
 * has one. Nothing is fetched here; a file of a type that we cannot show is left out. */
#include "federation/remote_post_fields.h"

#include "federation/remote_text.h"

#define MIN_BLURHASH_BYTES 6
#define MAX_MEDIA_TYPE_BYTES 127

static struct str type_prefix(enum vocab_media_kind kind)
{
	switch (kind) {
	case VOCAB_MEDIA_IMAGE:
		return STR_LITERAL("image/");
	case VOCAB_MEDIA_VIDEO:
		return STR_LITERAL("video/");
	case VOCAB_MEDIA_AUDIO:
		return STR_LITERAL("audio/");
	case VOCAB_MEDIA_UNKNOWN:
	case VOCAB_MEDIA_LINK:
		break;
	}
	return (struct str){ 0 };
}

/* As it says when that fits the kind, else the kind's most usual one: whoever copies the file looks at its bytes. */
static struct str type_of(const struct vocab_attachment *attachment)
{
	if (str_starts_with(attachment->media_type, type_prefix(attachment->kind)) &&
		attachment->media_type.len <= MAX_MEDIA_TYPE_BYTES)
		return attachment->media_type;
	if (attachment->kind == VOCAB_MEDIA_IMAGE)
		return STR_LITERAL("image/jpeg");
	return attachment->kind == VOCAB_MEDIA_VIDEO ? STR_LITERAL("video/mp4") : STR_LITERAL("audio/mpeg");
}

static void add_medium(struct arena *arena, struct remote_post_fields *fields, const struct vocab_attachment *attachment)
{
	if (!attachment || type_prefix(attachment->kind).len == 0 || attachment->url.len == 0)
		return;
	if (fields->medium_count >= POST_MAX_MEDIA)
		return;
	for (size_t i = 0; i < fields->medium_count; i++)
		if (str_eq(fields->media[i].url, attachment->url))
			return;
	bool has_blurhash = attachment->blurhash.len >= MIN_BLURHASH_BYTES &&
		attachment->blurhash.len <= REMOTE_POST_MAX_BLURHASH_BYTES;
	fields->media[fields->medium_count++] = (struct post_medium){
		.media_type = type_of(attachment),
		.url = attachment->url,
		.alt = arena_str(arena, attachment->name),
		.blurhash = has_blurhash ? attachment->blurhash : (struct str){ 0 },
		.width = attachment->width,
		.height = attachment->height,
		.focus_x = attachment->has_focus ? attachment->focus_x : 0,
		.focus_y = attachment->has_focus ? attachment->focus_y : 0,
	};
}

void remote_post_read_media(struct arena *arena, const struct vocab_object *object, struct remote_post_fields *fields)
{
	fields->media = arena_alloc_array(arena, VOCAB_ATTACHMENTS_MAX + 2, sizeof(*fields->media));
	add_medium(arena, fields, object->media);
	for (size_t i = 0; i < object->attachment_count; i++)
		add_medium(arena, fields, &object->attachments[i]);
	/* A video has its thumbnail elsewhere, a note has no title picture. */
	if (object->media == NULL && object->type != VOCAB_NOTE && object->type != VOCAB_QUESTION)
		add_medium(arena, fields, object->image);
}
