/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Renders what a post says and carries. */
#include "server/entity/status_fragment.h"

#include "server/app.h"
#include "server/entity/emojis.h"
#include "server/entity/media_attachment.h"
#include "server/entity/preview_card.h"
#include "storage/poll.h"

#include "base/html.h"
#include "base/text_fold.h"
#include "base/url.h"

#include <string.h>

struct str status_source_text(struct arena *arena, const struct post *post)
{
	return post->text_source.data ? post->text_source : html_text(arena, post->html);
}

static void write_mentions(struct json_out *json, struct arena *arena, const struct post_details *details)
{
	json_out_key_array_begin(json, "mentions");
	for (size_t i = 0; i < details->mention_count; i++) {
		const struct post_mention *mention = &details->mentions[i];
		json_out_object_begin(json);
		json_out_key_id(json, "id", mention->actor_id);
		json_out_key_str(json, "username", mention->username);
		json_out_key_str(json, "url", mention->url);
		json_out_key_str(json, "acct", mention->is_local ? mention->username :
			arena_printf(arena, "%.*s@%.*s", STR_ARG(mention->username), STR_ARG(mention->domain)));
		json_out_object_end(json);
	}
	json_out_array_end(json);
}

static void write_tags(const struct reader *reader, struct json_out *json, const struct post_details *details)
{
	json_out_key_array_begin(json, "tags");
	for (size_t i = 0; i < details->tag_count; i++) {
		json_out_object_begin(json);
		json_out_key_str(json, "name", details->tags[i]);
		json_out_key_str(json, "url", arena_printf(reader->arena, "%.*s/tags/%.*s", STR_ARG(reader->app->base_url),
			STR_ARG(url_encode(reader->arena, details->tags[i]))));
		json_out_object_end(json);
	}
	json_out_array_end(json);
}

static void write_text_or_null(struct json_out *json, const char *key, struct str value)
{
	if (str_is_empty(value))
		json_out_key_null(json, key);
	else
		json_out_key_str(json, key, value);
}

static void add_text(struct buf *text, struct str part)
{
	if (!text || str_is_empty(part))
		return;
	if (text->len)
		buf_add_char(text, '\n');
	buf_add_str(text, part);
}

enum error status_write_media(const struct reader *reader, struct json_out *json, int64_t post_id, struct buf *text)
{
	struct medium *media;
	size_t count;

	enum error error = media_list_of_posts(reader->db, reader->arena, &post_id, 1, &media, &count);
	if (error)
		return error;
	media_attachments_write(reader->app, reader->arena, json, post_id, media, count);
	for (size_t i = 0; i < count; i++)
		add_text(text, media[i].alt);
	return ERROR_NONE;
}

static void write_application(struct json_out *json, const struct post_full *full)
{
	if (!full->application_name.data || !full->post.is_local)
		return;
	json_out_key_object_begin(json, "application");
	json_out_key_str(json, "name", full->application_name);
	write_text_or_null(json, "website", full->application_website);
	json_out_object_end(json);
}

static void write_answer(struct json_out *json, const struct post *post)
{
	if (post->in_reply_to_id)
		json_out_key_id(json, "in_reply_to_id", post->in_reply_to_id);
	else
		json_out_key_null(json, "in_reply_to_id");
	if (post->in_reply_to_id && post->in_reply_to_actor_id)
		json_out_key_id(json, "in_reply_to_account_id", post->in_reply_to_actor_id);
	else
		json_out_key_null(json, "in_reply_to_account_id");
}

/* Articles and videos have a title that apps know no place for. */
static void write_content(struct json_out *json, const struct post *post)
{
	AUTO(buf) struct buf html = { 0 };

	if (str_is_empty(post->title)) {
		json_out_key_str(json, "content", post->html.data ? post->html : STR_LITERAL(""));
		return;
	}
	buf_add_c_string(&html, "<p><strong>");
	html_escape(&html, post->title);
	buf_add_c_string(&html, "</strong></p>");
	buf_add_str(&html, post->html);
	json_out_key_str(json, "content", buf_str(&html));
}

static void write_basics(const struct reader *reader, struct json_out *json, const struct post *post, enum status_body body)
{
	json_out_key_id(json, "id", post->id);
	json_out_key_str(json, "uri", post->uri);
	json_out_key_str(json, "url", post->url);
	json_out_key_time_ms(json, "created_at", post->created_us);
	if (post->edited_us)
		json_out_key_time_ms(json, "edited_at", post->edited_us);
	else
		json_out_key_null(json, "edited_at");
	write_answer(json, post);
	json_out_key_c_string(json, "visibility", post_visibility_name(post->visibility));
	json_out_key_bool(json, "sensitive", post->is_sensitive);
	json_out_key_str(json, "spoiler_text", post->spoiler_text.data ? post->spoiler_text : STR_LITERAL(""));
	write_text_or_null(json, "language", post->language);
	if (body == STATUS_WITH_CONTENT) {
		write_content(json, post);
		json_out_key_null(json, "text");
	} else {
		json_out_key_str(json, "text", status_source_text(reader->arena, post));
	}
	json_out_key_array_begin(json, "tagged_collections");
	json_out_array_end(json);
}

static enum error add_poll_text(const struct reader *reader, const struct post *post, struct buf *text)
{
	struct poll poll;

	if (post->kind != POST_QUESTION)
		return ERROR_NONE;
	enum error error = poll_find(reader->db, reader->arena, post->id, &poll);
	if (error)
		return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
	for (size_t i = 0; i < poll.option_count; i++)
		add_text(text, poll.options[i].title);
	return ERROR_NONE;
}

/* Files go before a preview. Nothing is asked for a post without links. */
static enum error write_card(const struct reader *reader, struct json_out *json, const struct post *post, bool has_files)
{
	bool may_link = post->html.len && memmem(post->html.data, post->html.len, "<a ", 3);
	if (may_link && !has_files)
		return preview_card_write_of_post(reader, json, post->id);
	json_out_key_null(json, "card");
	return ERROR_NONE;
}

enum error status_fragment_render(const struct reader *reader, const struct post_full *full, enum status_body body,
	struct fragment *ret_fragment)
{
	AUTO(buf) struct buf out = { 0 };
	AUTO(buf) struct buf text = { 0 };
	const struct post *post = &full->post;
	const struct str texts[] = { post->html, post->spoiler_text, post->title };
	struct post_details details;
	struct json_out json;

	enum error error = post_load_details(reader->db, reader->arena, post->id, &details);
	if (error)
		return error;
	add_text(&text, post->spoiler_text);
	add_text(&text, post->title);
	add_text(&text, html_text(reader->arena, post->html));
	json_out_init(&json, &out);
	json_out_object_begin(&json);
	write_basics(reader, &json, post, body);
	write_application(&json, full);
	write_mentions(&json, reader->arena, &details);
	write_tags(reader, &json, &details);
	error = write_card(reader, &json, post, details.medium_count > 0);
	if (error)
		return error;
	if (details.medium_count) {
		error = status_write_media(reader, &json, post->id, &text);
	} else {
		json_out_key_array_begin(&json, "media_attachments");
		json_out_array_end(&json);
	}
	if (!error)
		error = emojis_write_used(reader, &json, post->is_local, post->actor_uri, texts, sizeof(texts) / sizeof(texts[0]));
	if (!error)
		error = add_poll_text(reader, post, &text);
	if (error)
		return error;
	json_out_object_end(&json);
	ret_fragment->json = arena_str(reader->arena, str_slice(buf_str(&out), 1, out.len - 1));
	ret_fragment->text = text_fold(reader->arena, buf_str(&text));
	return ERROR_NONE;
}
