/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Decode by the one loader that the file's type names, turn upright, to sRGB, shrink, write without metadata. Animations
 * stay what they are as long as all their frames together are small enough; else their first frame is the picture. */
#include "server/media_helper/picture.h"

#include "server/media/media_limits.h"

#include <vips/vips.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define AVATAR_SIDE 400
#define HEADER_WIDTH 1500
#define HEADER_HEIGHT 500
#define BLURHASH_SIDE 32
#define MAX_FRAMES 1000
#define JPEG_QUALITY 88
#define SMALL_QUALITY 80

struct making {
	struct str bytes;
	enum media_type type;
	enum helper_shape shape;
	VipsImage *picture; /* upright, sRGB, 8 bits; frames one below the other */
	int page_height;
	int frames;
	struct helper_reply *reply;
};

/* Frees what it replaces, so that steps follow one another: false when the step has failed. */
static bool step(VipsImage **image, int failed, VipsImage *const *made)
{
	if (failed)
		return false;
	g_object_unref(*image);
	*image = *made;
	return true;
}

struct loading {
	int pages;         /* -1: all */
	int shrink;        /* of a JPEG, which costs next to nothing while it is decoded: 1, 2, 4, 8 */
	VipsAccess access; /* sequential: lines come once, from top to bottom, and are never all in memory */
};

static bool load(const struct making *making, const struct loading *loading, VipsImage **ret_image)
{
	const void *data = making->bytes.data;
	size_t len = making->bytes.len;
	int pages = loading->pages;
	switch (making->type) {
	case MEDIA_TYPE_JPEG:
		return vips_jpegload_buffer((void *)(uintptr_t)data, len, ret_image, "fail_on", VIPS_FAIL_ON_TRUNCATED, "shrink", loading->shrink,
			"access", loading->access, NULL) == 0;
	case MEDIA_TYPE_PNG:
		return vips_pngload_buffer((void *)(uintptr_t)data, len, ret_image, "fail_on", VIPS_FAIL_ON_TRUNCATED, "access", loading->access,
			NULL) == 0;
	case MEDIA_TYPE_WEBP:
		return vips_webpload_buffer((void *)(uintptr_t)data, len, ret_image, "n", pages, "fail_on", VIPS_FAIL_ON_TRUNCATED, NULL) == 0;
	case MEDIA_TYPE_GIF:
		return vips_gifload_buffer((void *)(uintptr_t)data, len, ret_image, "n", pages, "fail_on", VIPS_FAIL_ON_ERROR, NULL) == 0;
	case MEDIA_TYPE_HEIF:
		return vips_heifload_buffer((void *)(uintptr_t)data, len, ret_image, NULL) == 0;
	case MEDIA_TYPE_NONE:
	case MEDIA_TYPE_MP4:
	case MEDIA_TYPE_WEBM:
	case MEDIA_TYPE_MOV:
	case MEDIA_TYPE_MP3:
	case MEDIA_TYPE_M4A:
	case MEDIA_TYPE_OGG:
	case MEDIA_TYPE_FLAC:
	case MEDIA_TYPE_WAV:
	case MEDIA_TYPE_COUNT:
		break;
	}
	return false;
}

static uint64_t pixels_of(const VipsImage *image)
{
	return (uint64_t)vips_image_get_width(image) * (uint64_t)vips_image_get_height(image);
}

/* How the pixels are to come, now that their number is known. */
static struct loading plan_loading(const struct making *making, VipsImage *head, bool moves)
{
	struct loading loading = { .pages = moves ? -1 : 1, .shrink = 1, .access = VIPS_ACCESS_RANDOM };
	bool is_turned = vips_image_get_orientation(head) > 1;
	int side = vips_image_get_width(head) < vips_image_get_height(head) ? vips_image_get_width(head) : vips_image_get_height(head);
	int wanted_side = making->shape == HELPER_AVATAR ? AVATAR_SIDE : HEADER_WIDTH;
	if (!is_turned && (making->type == MEDIA_TYPE_JPEG || making->type == MEDIA_TYPE_PNG))
		loading.access = VIPS_ACCESS_SEQUENTIAL;
	while (making->shape != HELPER_ATTACHMENT && loading.shrink < 8 && side / (loading.shrink * 2) >= wanted_side)
		loading.shrink *= 2;
	return loading;
}

/* The head only; no pixel is decoded before its size was judged. */
static enum helper_status open_picture(struct making *making)
{
	static const struct loading head_only = { 1, 1, VIPS_ACCESS_RANDOM };
	VipsImage *image = NULL;
	if (!load(making, &head_only, &image))
		return HELPER_REFUSED;
	making->frames = vips_image_get_n_pages(image);
	making->page_height = vips_image_get_height(image);
	if (pixels_of(image) > MEDIA_MAX_PIXELS) {
		g_object_unref(image);
		return HELPER_TOO_LARGE;
	}
	bool moves = making->frames > 1 && making->frames <= MAX_FRAMES && making->shape == HELPER_ATTACHMENT &&
		(making->type == MEDIA_TYPE_GIF || making->type == MEDIA_TYPE_WEBP) &&
		pixels_of(image) * (uint64_t)making->frames <= 2 * (uint64_t)MEDIA_MAX_PIXELS;
	struct loading loading = plan_loading(making, image, moves);
	g_object_unref(image);
	image = NULL;
	if (!load(making, &loading, &image))
		return HELPER_REFUSED;
	making->frames = moves ? making->frames : 1;
	making->picture = image;
	return HELPER_DONE;
}

/* Colours come last, when most pixels are gone. */
static bool make_plain(struct making *making)
{
	VipsImage **image = &making->picture;
	VipsImage *made = NULL;
	if (making->frames == 1 && vips_image_get_typeof(*image, VIPS_META_ICC_NAME) &&
		vips_icc_transform(*image, &made, "srgb", "embedded", TRUE, NULL) == 0)
		(void)step(image, 0, &made);
	if (vips_image_get_interpretation(*image) != VIPS_INTERPRETATION_sRGB &&
		!step(image, vips_colourspace(*image, &made, VIPS_INTERPRETATION_sRGB, NULL), &made))
		return false;
	return vips_image_get_format(*image) == VIPS_FORMAT_UCHAR || step(image, vips_cast_uchar(*image, &made, NULL), &made);
}

static bool shape_picture(struct making *making)
{
	VipsImage **image = &making->picture;
	VipsImage *made = NULL;
	bool is_avatar = making->shape == HELPER_AVATAR;
	if (making->frames == 1 && !step(image, vips_autorot(*image, &made, NULL), &made))
		return false;
	if (making->shape != HELPER_ATTACHMENT)
		return step(image, vips_thumbnail_image(*image, &made, is_avatar ? AVATAR_SIDE : HEADER_WIDTH, "height",
			is_avatar ? AVATAR_SIDE : HEADER_HEIGHT, "crop", VIPS_INTERESTING_CENTRE, NULL), &made);
	if (making->frames > 1 || pixels_of(*image) <= MEDIA_KEPT_PIXELS)
		return true;
	double scale = sqrt((double)MEDIA_KEPT_PIXELS / (double)pixels_of(*image));
	return step(image, vips_resize(*image, &made, scale, "kernel", VIPS_KERNEL_LINEAR, NULL), &made);
}

static bool is_of_pixels(const char *field)
{
	static const char *const kept[] = { VIPS_META_PAGE_HEIGHT, VIPS_META_N_PAGES, "delay", "loop", "background" };
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		if (strcmp(kept[i], field) == 0)
			return true;
	return false;
}

/* Where and with what it was taken is nobody's business. The option "strip" of savers is not enough: that of WebP (libvips
 * 8.14) writes EXIF and XMP all the same. */
static bool forget_facts(struct making *making)
{
	VipsImage *made = NULL;
	if (!step(&making->picture, vips_copy(making->picture, &made, NULL), &made))
		return false;
	char **fields = vips_image_get_fields(making->picture);
	for (char **field = fields; *field; field++)
		if (!is_of_pixels(*field))
			(void)vips_image_remove(making->picture, *field);
	g_strfreev(fields);
	return true;
}

/* Decodes: everything before was a plan. */
static bool fix_in_memory(struct making *making)
{
	VipsImage *made = vips_image_copy_memory(making->picture);
	if (!step(&making->picture, made == NULL, &made))
		return false;
	if (making->frames == 1)
		making->page_height = vips_image_get_height(making->picture);
	return true;
}

static bool write_all(int descriptor, const void *bytes, size_t len)
{
	const char *at = bytes;
	while (len > 0) {
		ssize_t written = write(descriptor, at, len);
		if (written <= 0)
			return false;
		at += written;
		len -= (size_t)written;
	}
	return true;
}

static bool save(VipsImage *image, enum media_type type, int quality, int descriptor, uint32_t *ret_size_bytes)
{
	void *bytes = NULL;
	size_t len = 0;
	int failed = -1;
	if (type == MEDIA_TYPE_JPEG)
		failed = vips_jpegsave_buffer(image, &bytes, &len, "Q", quality, "strip", TRUE, "optimize_coding", TRUE, NULL);
	else if (type == MEDIA_TYPE_PNG)
		failed = vips_pngsave_buffer(image, &bytes, &len, "strip", TRUE, "compression", 6, NULL);
	else if (type == MEDIA_TYPE_WEBP)
		failed = vips_webpsave_buffer(image, &bytes, &len, "Q", quality, "strip", TRUE, "effort", 2, NULL);
	else if (type == MEDIA_TYPE_GIF)
		failed = vips_gifsave_buffer(image, &bytes, &len, "effort", 3, NULL);
	bool is_written = failed == 0 && len <= MEDIA_MAX_FILE_BYTES && write_all(descriptor, bytes, len);
	g_free(bytes);
	*ret_size_bytes = (uint32_t)len;
	return is_written;
}

static bool write_blurhash(const struct making *making, VipsImage *preview)
{
	VipsImage *small = NULL, *flat = NULL;
	size_t len = 0;
	unsigned char *pixels = NULL;
	if (vips_thumbnail_image(preview, &small, BLURHASH_SIDE, "height", BLURHASH_SIDE, "size", VIPS_SIZE_FORCE, NULL) != 0)
		return false;
	if (!vips_image_hasalpha(small) || step(&small, vips_flatten(small, &flat, NULL), &flat))
		pixels = vips_image_write_to_memory(small, &len);
	bool is_whole = pixels && len == BLURHASH_SIDE * BLURHASH_SIDE * 3;
	if (is_whole)
		blurhash_encode(pixels, BLURHASH_SIDE, BLURHASH_SIDE, making->reply->blurhash);
	g_free(pixels);
	g_object_unref(small);
	return is_whole;
}

/* In memory, since both the small file and the blurhash are made of it. Its own few pixels are worth a good kernel, the many
 * of the whole are not: they are averaged in blocks first. */
static bool make_preview(const struct making *making, VipsImage **ret_preview)
{
	VipsImage *frame = NULL, *small = NULL;
	if (vips_extract_area(making->picture, &frame, 0, 0, vips_image_get_width(making->picture), making->page_height, NULL) != 0)
		return false;
	double scale = fmin(1, sqrt((double)MEDIA_PREVIEW_PIXELS / (double)pixels_of(frame)));
	bool is_planned = step(&frame, vips_resize(frame, &small, scale, "gap", 1.5, NULL), &small);
	if (is_planned)
		*ret_preview = vips_image_copy_memory(frame);
	g_object_unref(frame);
	return is_planned && *ret_preview;
}

static bool write_small(const struct making *making, VipsImage *preview, int descriptor)
{
	struct helper_reply *reply = making->reply;
	reply->small_type = vips_image_hasalpha(preview) ? MEDIA_TYPE_PNG : MEDIA_TYPE_JPEG;
	reply->small_width = (uint32_t)vips_image_get_width(preview);
	reply->small_height = (uint32_t)vips_image_get_height(preview);
	return save(preview, (enum media_type)reply->small_type, SMALL_QUALITY, descriptor, &reply->small_size_bytes);
}

/* What browsers know stays what it is. */
static enum media_type type_on_the_way_out(const struct making *making)
{
	if (making->frames > 1 || making->type == MEDIA_TYPE_JPEG || making->type == MEDIA_TYPE_PNG || making->type == MEDIA_TYPE_WEBP)
		return making->type;
	return vips_image_hasalpha(making->picture) ? MEDIA_TYPE_PNG : MEDIA_TYPE_JPEG;
}

static bool write_picture(const struct making *making, int picture_descriptor, int small_descriptor)
{
	struct helper_reply *reply = making->reply;
	VipsImage *preview = NULL;
	enum media_type type = type_on_the_way_out(making);
	if (!make_preview(making, &preview))
		return false;
	reply->type = type;
	reply->width = (uint32_t)vips_image_get_width(making->picture);
	reply->height = (uint32_t)making->page_height;
	reply->frames = (uint32_t)making->frames;
	bool is_written = save(making->picture, type, JPEG_QUALITY, picture_descriptor, &reply->size_bytes) &&
		write_blurhash(making, preview) &&
		(making->shape != HELPER_ATTACHMENT || write_small(making, preview, small_descriptor));
	g_object_unref(preview);
	return is_written;
}

void picture_make(struct str bytes, const struct helper_request *request, int picture_descriptor, int small_descriptor,
	struct helper_reply *ret_reply)
{
	*ret_reply = (struct helper_reply){ .magic = HELPER_MAGIC };
	struct making making = {
		.bytes = bytes, .type = (enum media_type)request->type, .shape = (enum helper_shape)request->shape, .reply = ret_reply,
	};
	enum helper_status status = open_picture(&making);
	if (status == HELPER_DONE && (!shape_picture(&making) || !make_plain(&making) || !forget_facts(&making) ||
		!fix_in_memory(&making) || !write_picture(&making, picture_descriptor, small_descriptor)))
		status = HELPER_REFUSED;
	ret_reply->status = status;
	if (making.picture)
		g_object_unref(making.picture);
	vips_error_clear();
}

bool picture_start(const char *program)
{
	/* Pictures wait in memory, never in a file, and what is odd about them is nobody's news. */
	if (setenv("VIPS_DISC_THRESHOLD", "4g", 1) || setenv("VIPS_WARNING", "0", 1) || VIPS_INIT(program))
		return false;
	vips_block_untrusted_set(TRUE);
	vips_concurrency_set(2);
	vips_cache_set_max(0);
	return true;
}
