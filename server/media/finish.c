/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Pictures go through one helper, sounds and films through the other. Where that is not there they have shown by their first
 * bytes what they are, and browsers get them under that type only. */
#include "server/media/finish.h"

#include "server/media/media_limits.h"

#include <openssl/evp.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define SHA256_BYTES 32

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

/* The file itself, whose hash an approval of a draft counts for. */
static enum error put_file(struct media_service *service, struct arena *arena, struct medium *medium, struct str bytes)
{
	char *hash = arena_alloc(arena, SHA256_BYTES);
	if (EVP_Digest(bytes.data, bytes.len, (unsigned char *)hash, NULL, EVP_sha256(), NULL) != 1)
		return ERROR_CRYPTO;
	medium->sha256 = (struct str){ hash, SHA256_BYTES };
	return media_store_put(service->store, arena, medium->file_name, bytes);
}

static enum error finish_picture(struct media_service *service, struct arena *arena, int descriptor, uint32_t size_bytes,
	enum media_type type, enum helper_shape shape, struct medium *medium)
{
	struct media_picture picture = { 0 };
	enum error error = media_helper_make(service->helper, descriptor, size_bytes, type, shape, &picture);
	if (error)
		return error;
	fill_in(arena, &picture, medium);
	error = put_file(service, arena, medium, picture.bytes);
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
	return put_file(service, arena, medium, bytes);
}

/* All of a file that is in memory. */
static enum error map_file(int descriptor, struct str *ret_bytes)
{
	struct stat status;
	if (fstat(descriptor, &status) != 0 || status.st_size <= 0 || status.st_size > MEDIA_MAX_FILE_BYTES)
		return ERROR_UNPROCESSABLE;
	void *map = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, descriptor, 0);
	if (map == MAP_FAILED)
		return ERROR_IO;
	ret_bytes->data = map;
	ret_bytes->len = (size_t)status.st_size;
	return ERROR_NONE;
}

static enum error store_file(struct media_service *service, struct arena *arena, int descriptor, struct medium *medium)
{
	struct str bytes = { 0 };
	enum error error = map_file(descriptor, &bytes);
	if (error)
		return error;
	medium->size_bytes += (int64_t)bytes.len;
	error = put_file(service, arena, medium, bytes);
	munmap((void *)(uintptr_t)bytes.data, bytes.len);
	return error;
}

/* The small picture of a film or a sound is made of another one. */
static enum error finish_cover(struct media_service *service, struct arena *arena, int descriptor, enum media_type type,
	struct medium *medium)
{
	struct stat status;
	struct media_picture picture = { 0 };
	struct medium seen = { .name = medium->name };
	if (fstat(descriptor, &status) != 0 || status.st_size <= 0 || status.st_size > MEDIA_MAX_IMAGE_BYTES)
		return ERROR_UNPROCESSABLE;
	enum error error = media_helper_make(service->helper, descriptor, (uint32_t)status.st_size, type, HELPER_ATTACHMENT, &picture);
	if (error)
		return error;
	fill_in(arena, &picture, &seen);
	medium->preview_name = seen.preview_name;
	medium->preview_width = seen.preview_width;
	medium->preview_height = seen.preview_height;
	medium->blurhash = seen.blurhash;
	medium->size_bytes += (int64_t)picture.small.len;
	if (medium->preview_name.data)
		error = media_store_put(service->store, arena, medium->preview_name, picture.small);
	media_picture_clear(&picture);
	return error;
}

static enum error finish_film(struct media_service *service, struct arena *arena, int descriptor, enum media_type type, struct medium *medium)
{
	struct film film;
	enum error error = film_make(service->studio, arena, descriptor, type, &film);
	if (error)
		return error;
	medium->kind = type == MEDIA_TYPE_GIF ? MEDIA_GIFV : film.facts.has_picture ? MEDIA_VIDEO : MEDIA_AUDIO;
	medium->mime_type = str_from(media_type_mime(film.type));
	medium->file_name = named(arena, medium->name, "", film.type);
	medium->width = film.facts.width;
	medium->height = film.facts.height;
	medium->duration_ms = film.facts.duration_ms;
	medium->frame_rate_milli = film.facts.frame_rate_milli;
	medium->bit_rate = film.facts.bit_rate;
	medium->size_bytes = 0;
	if (film.poster >= 0 && !medium->preview_name.data)
		error = finish_cover(service, arena, film.poster, MEDIA_TYPE_PNG, medium);
	if (!error)
		error = store_file(service, arena, film.descriptor, medium);
	film_close(&film);
	return error;
}

enum error media_finish_cover(struct media_service *service, struct arena *arena, struct str bytes, struct medium *medium)
{
	enum media_type type = media_sniff(bytes);
	if (!media_type_is_image(type) || bytes.len > MEDIA_MAX_IMAGE_BYTES)
		return ERROR_UNPROCESSABLE;
	int descriptor = memfd_create("cover", MFD_CLOEXEC);
	if (descriptor < 0)
		return ERROR_IO;
	enum error error = ERROR_IO;
	if (write(descriptor, bytes.data, bytes.len) == (ssize_t)bytes.len)
		error = finish_cover(service, arena, descriptor, type, medium);
	close(descriptor);
	return error;
}

struct finishing {
	int descriptor;
	struct str bytes;
	enum media_type type;
	enum helper_shape shape;
	enum media_origin origin;
};

static enum error finish(struct media_service *service, struct arena *arena, const struct finishing *finishing, struct medium *medium)
{
	enum media_type type = finishing->type;
	const struct medium before = *medium;
	bool is_image = media_type_is_image(type);
	if (type == MEDIA_TYPE_NONE || (finishing->shape != HELPER_ATTACHMENT && !is_image))
		return ERROR_UNPROCESSABLE;
	if (is_image && finishing->bytes.len > MEDIA_MAX_IMAGE_BYTES)
		return ERROR_CONTENT_TOO_LARGE;
	bool may_be_film = finishing->origin == MEDIA_OF_OURS && finishing->shape == HELPER_ATTACHMENT && (!is_image || type == MEDIA_TYPE_GIF);
	enum error error = may_be_film ? finish_film(service, arena, finishing->descriptor, type, medium) : ERROR_UNAVAILABLE;
	/* An animation that is no film remains a picture. */
	if (!error || error == ERROR_STORAGE_FULL || error == ERROR_IO || (error != ERROR_UNAVAILABLE && !is_image))
		return error;
	*medium = before;
	if (is_image)
		return finish_picture(service, arena, finishing->descriptor, (uint32_t)finishing->bytes.len, type, finishing->shape, medium);
	return finish_other(service, arena, finishing->bytes, type, medium);
}

enum error media_finish(struct media_service *service, struct arena *arena, int descriptor, int64_t size_bytes,
	enum helper_shape shape, enum media_origin origin, struct medium *medium)
{
	struct finishing finishing = { .descriptor = descriptor, .shape = shape, .origin = origin };
	if (size_bytes <= 0)
		return ERROR_UNPROCESSABLE;
	if (size_bytes > MEDIA_MAX_FILE_BYTES)
		return ERROR_CONTENT_TOO_LARGE;
	void *map = mmap(NULL, (size_t)size_bytes, PROT_READ, MAP_PRIVATE, descriptor, 0);
	if (map == MAP_FAILED)
		return ERROR_IO;
	finishing.bytes = (struct str){ map, (size_t)size_bytes };
	finishing.type = media_sniff(finishing.bytes);
	enum error error = finish(service, arena, &finishing, medium);
	munmap(map, (size_t)size_bytes);
	return error;
}
