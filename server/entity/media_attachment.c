/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Files that are ours stand under /media/ with their names; a pending one has no URL, which is how apps know that they
 * have to ask again. */
#include "server/entity/media_attachment.h"

#include "server/app.h"
#include "server/media/proxy.h"

static struct str own_url(const struct app *app, struct arena *arena, struct str file_name)
{
	if (!file_name.data)
		return (struct str){ 0 };
	return arena_printf(arena, "%.*s/media/%.*s", STR_ARG(app->base_url), STR_ARG(file_name));
}

static void write_text_or_null(struct json_out *json, const char *key, struct str text)
{
	if (text.data)
		json_out_key_str(json, key, text);
	else
		json_out_key_null(json, key);
}

static void write_number(struct json_out *json, const char *key, double number)
{
	json_out_key(json, key);
	json_out_double(json, number);
}

static void write_size(struct json_out *json, struct arena *arena, int32_t width, int32_t height)
{
	json_out_key_int(json, "width", width);
	json_out_key_int(json, "height", height);
	json_out_key_str(json, "size", arena_printf(arena, "%dx%d", width, height));
	write_number(json, "aspect", (double)width / height);
}

static bool moves(const struct medium *medium)
{
	return medium->kind == MEDIA_VIDEO || medium->kind == MEDIA_GIFV;
}

static int greatest_divisor(int one, int other)
{
	return other ? greatest_divisor(other, one % other) : one;
}

/* Videos tell their size in another form than pictures do. */
static void write_original(struct json_out *json, struct arena *arena, const struct medium *medium)
{
	json_out_key_object_begin(json, "original");
	if (medium->width && moves(medium)) {
		json_out_key_int(json, "width", medium->width);
		json_out_key_int(json, "height", medium->height);
	} else if (medium->width && medium->kind != MEDIA_AUDIO) {
		write_size(json, arena, medium->width, medium->height);
	}
	if (medium->frame_rate_milli) {
		int divisor = greatest_divisor(medium->frame_rate_milli, 1000);
		json_out_key_str(json, "frame_rate", arena_printf(arena, "%d/%d", medium->frame_rate_milli / divisor, 1000 / divisor));
	}
	if (medium->duration_ms)
		write_number(json, "duration", (double)medium->duration_ms / 1000);
	if (medium->bit_rate)
		json_out_key_int(json, "bitrate", medium->bit_rate);
	json_out_object_end(json);
}

static void write_meta(struct json_out *json, struct arena *arena, const struct medium *medium)
{
	json_out_key_object_begin(json, "meta");
	if (medium->state == MEDIA_READY || medium->width || medium->duration_ms)
		write_original(json, arena, medium);
	if (medium->preview_width) {
		json_out_key_object_begin(json, "small");
		write_size(json, arena, medium->preview_width, medium->preview_height);
		json_out_object_end(json);
	}
	json_out_key_object_begin(json, "focus");
	write_number(json, "x", medium->focus_x);
	write_number(json, "y", medium->focus_y);
	json_out_object_end(json);
	json_out_object_end(json);
}

void media_attachment_write(const struct app *app, struct arena *arena, struct json_out *json, const struct medium *medium)
{
	bool is_remote = medium->remote_url.data;
	struct str url = is_remote ? media_proxy_url(app, arena, medium->remote_url, MEDIA_ORIGINAL) : own_url(app, arena, medium->file_name);
	struct str preview_url = own_url(app, arena, medium->preview_name);
	if (is_remote && medium->kind == MEDIA_IMAGE)
		preview_url = media_proxy_url(app, arena, medium->remote_url, MEDIA_SMALL);
	json_out_object_begin(json);
	json_out_key_id(json, "id", medium->id);
	json_out_key_c_string(json, "type", media_kind_name(medium->kind));
	write_text_or_null(json, "url", url);
	write_text_or_null(json, "preview_url", preview_url);
	write_text_or_null(json, "remote_url", medium->remote_url);
	json_out_key_null(json, "preview_remote_url");
	json_out_key_null(json, "text_url");
	write_meta(json, arena, medium);
	write_text_or_null(json, "description", medium->alt.len ? medium->alt : (struct str){ 0 });
	write_text_or_null(json, "blurhash", medium->blurhash);
	json_out_object_end(json);
}

void media_attachments_write(const struct app *app, struct arena *arena, struct json_out *json, int64_t post_id,
	const struct medium *media, size_t count)
{
	json_out_key_array_begin(json, "media_attachments");
	for (size_t i = 0; i < count; i++)
		if (media[i].post_id == post_id)
			media_attachment_write(app, arena, json, &media[i]);
	json_out_array_end(json);
}
