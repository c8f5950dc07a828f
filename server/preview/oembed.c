/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Answers of oEmbed endpoints. */
#include "server/preview/oembed.h"

#include "server/preview/preview_page.h"
#include "server/preview/preview_text.h"

#include "base/html_entities.h"
#include "base/html_tokenizer.h"
#include "base/json_in.h"

static const struct json_limits limits = {
	.max_bytes = (size_t)128 * 1024,
	.max_depth = 8,
	.max_values = 500,
	.max_string_bytes = (size_t)64 * 1024,
};

/* Some write it as text, or "100%". */
static int32_t pixels(const json_t *json, const char *key)
{
	int64_t number = 0;
	if (!json_in_int64(json, key, &number) && !str_to_int64(json_in_str(json, key), &number))
		return 0;
	return number > 0 && number <= PREVIEW_MAX_PIXELS ? (int32_t)number : 0;
}

static struct str find_frame(struct arena *arena, struct str html)
{
	AUTO(buf) struct buf out = { 0 };
	struct html_tokenizer tokenizer = { .input = html };
	struct html_token token;
	while (html_token_next(&tokenizer, &token)) {
		struct str attributes = token.attributes;
		struct html_attribute attribute;
		if (token.kind != HTML_START_TAG || !str_eq_nocase(token.name, STR_LITERAL("iframe")))
			continue;
		while (html_attribute_next(&attributes, &attribute)) {
			if (!str_eq_nocase(attribute.name, STR_LITERAL("src")))
				continue;
			html_decode_attribute(&out, str_slice(attribute.value, 0, URL_MAX_BYTES));
			return arena_str(arena, buf_str(&out));
		}
	}
	return (struct str){ 0 };
}

static bool read_photo(struct arena *arena, const struct url *url, const json_t *json, struct preview *preview)
{
	struct url picture;
	if (!preview_resolve(arena, url, json_in_str(json, "url"), &picture) || !str_eq(picture.scheme, STR_LITERAL("https")))
		return false;
	preview->kind = PREVIEW_PHOTO;
	preview->embed_url = picture.text;
	preview->image_url = picture.text;
	return true;
}

static void replace_text(struct arena *arena, const json_t *json, const char *key, struct str *text)
{
	struct str said = preview_text(arena, json_in_str(json, key), PREVIEW_TEXT_MAX, false);
	if (said.len)
		*text = said;
}

static void replace_url(struct arena *arena, const struct url *base, const json_t *json, const char *key, struct str *text)
{
	struct url url;
	if (preview_resolve(arena, base, json_in_str(json, key), &url))
		*text = url.text;
}

bool oembed_read(struct arena *arena, const struct url *url, struct str text, struct preview *preview)
{
	json_auto_t *json = NULL;
	struct preview changed = *preview;
	if (json_in_parse(text, &limits, &json))
		return false;
	struct str type = json_in_str(json, "type");
	if (str_eq(type, STR_LITERAL("photo"))) {
		if (!read_photo(arena, url, json, &changed))
			return false;
	} else if (str_eq(type, STR_LITERAL("video"))) {
		struct str frame = find_frame(arena, json_in_str(json, "html"));
		if (!frame.len || !preview_set_embed(arena, url, frame, &changed))
			return false;
		replace_url(arena, url, json, "thumbnail_url", &changed.image_url);
	} else {
		return false;
	}
	changed.width = pixels(json, "width");
	changed.height = pixels(json, "height");
	replace_text(arena, json, "title", &changed.title);
	replace_text(arena, json, "author_name", &changed.author_name);
	replace_url(arena, url, json, "author_url", &changed.author_url);
	replace_text(arena, json, "provider_name", &changed.provider_name);
	replace_url(arena, url, json, "provider_url", &changed.provider_url);
	*preview = changed;
	return true;
}
