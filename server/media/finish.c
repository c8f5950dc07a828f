/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Pictures go through the helper; sounds and videos have shown by their first bytes what they are, and browsers get them
 * under that type only. */
#include "server/media/finish.h"

#include "server/media/media_limits.h"

#include <sys/mman.h>

static struct str named(struct arena *arena, struct str name, const char *middle, enum media_type type)
{
	return arena_printf(arena, "%.*s%s.%s", STR_ARG(name), middle, media_type_extension(type));
}

static void fill_in(struct arena *arena, const struct media_picture *picture, struct medium *medium)
{
	const struct helper_reply *facts = &picture->facts;
	enum media_type type = (enum media_type)facts->type;
	medium->kind = MEDIA_IMAGE;
	medium->mime_type = str_from(media_type_mime(type));
	medium->file_name = named(arena, medium->name, "", type);
	medium->width = (int32_t)facts->width;
	medium->height = (int32_t)facts->height;
	medium->size_bytes = (int64_t)(picture->bytes.len + picture->small.len);
	medium->blurhash = arena_str(arena, str_from(facts->blurhash));
	if (!picture->small.data)
		return;
	medium->preview_name = named(arena, medium->name, "_small", (enum media_type)facts->small_type);
	medium->preview_width = (int32_t)facts->small_width;
	medium->preview_height = (int32_t)facts->small_height;
}

static enum error finish_picture(struct media_service *service, struct arena *arena, int descriptor, uint32_t size_bytes,
	enum media_type type, enum helper_shape shape, struct medium *medium)
{
	struct media_picture picture = { 0 };
	enum error error = media_helper_make(service->helper, descriptor, size_bytes, type, shape, &picture);
	if (error)
		return error;
	fill_in(arena, &picture, medium);
	error = media_store_put(service->store, arena, medium->file_name, picture.bytes);
	if (!error && medium->preview_name.data)
		error = media_store_put(service->store, arena, medium->preview_name, picture.small);
	media_picture_clear(&picture);
	return error;
}

static enum error finish_other(struct media_service *service, struct arena *arena, struct str bytes, enum media_type type,
	struct medium *medium)
{
	medium->kind = media_type_is_audio(type) ? MEDIA_AUDIO : MEDIA_VIDEO;
	medium->mime_type = str_from(media_type_mime(type));
	medium->file_name = named(arena, medium->name, "", type);
	medium->size_bytes = (int64_t)bytes.len;
	return media_store_put(service->store, arena, medium->file_name, bytes);
}

enum error media_finish(struct media_service *service, struct arena *arena, int descriptor, int64_t size_bytes,
	enum helper_shape shape, struct medium *medium)
{
	if (size_bytes <= 0)
		return ERROR_UNPROCESSABLE;
	if (size_bytes > MEDIA_MAX_FILE_BYTES)
		return ERROR_CONTENT_TOO_LARGE;
	void *map = mmap(NULL, (size_t)size_bytes, PROT_READ, MAP_PRIVATE, descriptor, 0);
	if (map == MAP_FAILED)
		return ERROR_IO;
	struct str bytes = { map, (size_t)size_bytes };
	enum media_type type = media_sniff(bytes);
	enum error error;
	if (type == MEDIA_TYPE_NONE || (shape != HELPER_ATTACHMENT && !media_type_is_image(type)))
		error = ERROR_UNPROCESSABLE;
	else if (media_type_is_image(type))
		error = size_bytes > MEDIA_MAX_IMAGE_BYTES ? ERROR_CONTENT_TOO_LARGE :
			finish_picture(service, arena, descriptor, (uint32_t)size_bytes, type, shape, medium);
	else
		error = finish_other(service, arena, bytes, type, medium);
	munmap(map, (size_t)size_bytes);
	return error;
}
