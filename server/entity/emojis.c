/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Emojis belong to the server whose people write them, so the same shortcode is another picture elsewhere. */
#include "server/entity/emojis.h"

#include "server/app.h"
#include "server/media/proxy.h"

#include "base/url.h"

#define MAX_USED 64 /* of one post or account; later ones stay text */
#define SHORTCODE_MAX_BYTES 200

struct used {
	struct str codes[MAX_USED];
	size_t count;
};

static bool is_code_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

static void add_code(struct used *used, struct str code)
{
	for (size_t i = 0; i < used->count; i++)
		if (str_eq(used->codes[i], code))
			return;
	if (used->count < MAX_USED)
		used->codes[used->count++] = code;
}

/* The colon that ends one may begin the next when there was no shortcode between them. */
static void find_codes(struct str text, struct used *used)
{
	size_t at = str_index_of(text, ':', 0);
	while (at < text.len) {
		size_t end = at + 1;
		while (end < text.len && is_code_char(text.data[end]))
			end++;
		bool is_closed = end < text.len && text.data[end] == ':' && end > at + 1 && end - at - 1 <= SHORTCODE_MAX_BYTES;
		if (is_closed)
			add_code(used, str_slice(text, at + 1, end));
		at = str_index_of(text, ':', is_closed ? end + 1 : end);
	}
}

void emoji_write(const struct reader *reader, struct json_out *json, const struct emoji *emoji)
{
	struct str url = media_proxy_url(reader->app, reader->arena, emoji->image_url, MEDIA_ORIGINAL);

	/* Without a picture that can be shown it stays text: one empty URL fails whole timelines in some apps. */
	if (!url.data)
		return;
	json_out_object_begin(json);
	json_out_key_str(json, "shortcode", emoji->shortcode);
	json_out_key_str(json, "url", url);
	json_out_key_str(json, "static_url", url);
	json_out_key_bool(json, "visible_in_picker", true);
	json_out_key_null(json, "category");
	json_out_object_end(json);
}

enum error emojis_write_used(const struct reader *reader, struct json_out *json, bool is_local, struct str author_uri,
	const struct str *texts, size_t text_count)
{
	struct used used = { .count = 0 };
	struct emoji *emojis = NULL;
	struct url url;
	size_t count = 0;

	for (size_t i = 0; i < text_count; i++)
		find_codes(texts[i], &used);
	if (used.count && (is_local || url_parse(reader->arena, author_uri, &url))) {
		enum error error = emoji_find_many(reader->db, reader->arena, is_local ? reader->app->authority : url.authority,
			used.codes, used.count, &emojis, &count);
		if (error)
			return error;
	}
	json_out_key_array_begin(json, "emojis");
	for (size_t i = 0; i < count; i++)
		emoji_write(reader, json, &emojis[i]);
	json_out_array_end(json);
	return ERROR_NONE;
}
