/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Cards. What is unknown is "" as Mastodon has it, but for the members that may be null. */
#include "server/entity/preview_card.h"

#include "server/entity/account.h"
#include "server/entity/tag.h"
#include "server/media/proxy.h"

#include "base/html.h"

static struct str or_empty(struct str text)
{
	return text.data ? text : STR_LITERAL("");
}

static void write_text_or_null(struct json_out *json, const char *key, struct str text)
{
	if (str_is_empty(text))
		json_out_key_null(json, key);
	else
		json_out_key_str(json, key, text);
}

static struct str frame_of(struct arena *arena, const struct preview *preview)
{
	AUTO(buf) struct buf html = { 0 };
	if ((preview->kind != PREVIEW_VIDEO && preview->kind != PREVIEW_RICH) ||
		!str_starts_with(preview->embed_url, STR_LITERAL("https://")))
		return STR_LITERAL("");
	buf_add_c_string(&html, "<iframe src=\"");
	html_escape(&html, preview->embed_url);
	buf_add_c_string(&html, "\"");
	if (preview->width && preview->height)
		buf_add_printf(&html, " width=\"%d\" height=\"%d\"", (int)preview->width, (int)preview->height);
	buf_add_c_string(&html, " allowfullscreen=\"\" sandbox=\"allow-scripts allow-same-origin allow-popups allow-presentation\""
		" referrerpolicy=\"strict-origin-when-cross-origin\"></iframe>");
	return arena_str(arena, buf_str(&html));
}

static void write_authors(struct json_out *json, const struct preview *preview, const struct account_set *creators)
{
	bool has_creator = preview->creator_id && account_set_has(creators, preview->creator_id);
	const struct actor *creator = has_creator ? account_set_actor(creators, preview->creator_id) : NULL;
	bool is_shown = creator && !creator->is_suspended;
	json_out_key_array_begin(json, "authors");
	if (is_shown || !str_is_empty(preview->author_name) || !str_is_empty(preview->author_url)) {
		json_out_object_begin(json);
		json_out_key_str(json, "name", or_empty(preview->author_name));
		json_out_key_str(json, "url", or_empty(preview->author_url));
		json_out_key(json, "account");
		if (is_shown)
			account_set_write(creators, json, preview->creator_id);
		else
			json_out_null(json);
		json_out_object_end(json);
	}
	json_out_array_end(json);
}

static void write_picture(const struct reader *reader, struct json_out *json, const struct preview *preview)
{
	write_text_or_null(json, "image", media_proxy_url(reader->app, reader->arena, preview->image_url, MEDIA_ORIGINAL));
	json_out_key_str(json, "image_description", or_empty(preview->image_description));
	write_text_or_null(json, "blurhash", preview->image_url.data ? preview->blurhash : (struct str){ 0 });
	/* Of a photo this is the picture itself. */
	struct str embed = preview->kind == PREVIEW_PHOTO ?
		media_proxy_url(reader->app, reader->arena, preview->embed_url, MEDIA_ORIGINAL) : preview->embed_url;
	json_out_key_str(json, "embed_url", or_empty(embed));
}

static void write_members(const struct reader *reader, struct json_out *json, const struct preview *preview,
	const struct account_set *creators)
{
	json_out_key_str(json, "url", preview->url);
	json_out_key_str(json, "title", or_empty(preview->title));
	json_out_key_str(json, "description", or_empty(preview->description));
	write_text_or_null(json, "language", preview->language);
	json_out_key_c_string(json, "type", preview_kind_name(preview->kind));
	json_out_key_str(json, "author_name", or_empty(preview->author_name));
	json_out_key_str(json, "author_url", or_empty(preview->author_url));
	write_authors(json, preview, creators);
	json_out_key_str(json, "provider_name", or_empty(preview->provider_name));
	json_out_key_str(json, "provider_url", or_empty(preview->provider_url));
	json_out_key_str(json, "html", frame_of(reader->arena, preview));
	json_out_key_int(json, "width", preview->width);
	json_out_key_int(json, "height", preview->height);
	write_picture(reader, json, preview);
	if (preview->published_us)
		json_out_key_time_ms(json, "published_at", preview->published_us);
	else
		json_out_key_null(json, "published_at");
}

enum error preview_card_write_of_post(const struct reader *reader, struct json_out *json, int64_t post_id)
{
	struct preview preview;
	struct account_set *creators = NULL;
	enum error error = preview_find_of_post(reader->db, reader->arena, post_id, &preview);
	if (error == ERROR_NOT_FOUND) {
		json_out_key_null(json, "card");
		return ERROR_NONE;
	}
	if (!error)
		error = account_set_load(reader, &preview.creator_id, preview.creator_id ? 1 : 0, &creators);
	if (error)
		return error;
	json_out_key_object_begin(json, "card");
	write_members(reader, json, &preview, creators);
	json_out_object_end(json);
	return ERROR_NONE;
}

enum error preview_card_write_trends(const struct reader *reader, struct json_out *json, const struct preview_trend *trends,
	size_t count)
{
	struct account_set *creators;
	size_t creator_count = 0;
	int64_t *ids = arena_alloc_array(reader->arena, count + 1, sizeof(*ids));
	for (size_t i = 0; i < count; i++)
		if (trends[i].preview.creator_id)
			ids[creator_count++] = trends[i].preview.creator_id;
	enum error error = account_set_load(reader, ids, creator_count, &creators);
	if (error)
		return error;
	json_out_array_begin(json);
	for (size_t i = 0; i < count; i++) {
		json_out_object_begin(json);
		write_members(reader, json, &trends[i].preview, creators);
		tag_write_history(reader, json, trends[i].newest_day_us, trends[i].uses, trends[i].accounts);
		json_out_object_end(json);
	}
	json_out_array_end(json);
	return ERROR_NONE;
}
