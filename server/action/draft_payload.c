/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * JSON in a fixed order. */
#include "server/action/draft_payload.h"

#include "server/action/composition.h"
#include "server/action/deed.h"
#include "server/action/post_request.h"

#include "base/json_in.h"
#include "storage/media.h"

static const struct medium *find_medium(const struct medium *media, size_t count, int64_t id)
{
	for (size_t i = 0; i < count; i++)
		if (media[i].id == id)
			return &media[i];
	return NULL;
}

static void write_medium(struct json_out *json, const struct medium *medium)
{
	AUTO(buf) struct buf hash = { 0 };
	for (size_t i = 0; i < medium->sha256.len; i++)
		buf_add_printf(&hash, "%02x", (unsigned char)medium->sha256.data[i]);
	json_out_object_begin(json);
	json_out_key_id(json, "id", medium->id);
	json_out_key_str(json, "file", medium->name);
	json_out_key_str(json, "sha256", buf_str(&hash));
	json_out_key_str(json, "alt", medium->alt);
	json_out_key_array_begin(json, "focus");
	json_out_double(json, medium->focus_x);
	json_out_double(json, medium->focus_y);
	json_out_array_end(json);
	json_out_object_end(json);
}

static enum error write_media(struct db *db, struct arena *arena, struct json_out *json, const struct publish_request *request,
	struct draft_content *content)
{
	struct medium *media;
	size_t count = 0;
	enum error error = media_find_many(db, arena, request->media_ids, request->media_count, &media, &count);
	if (error)
		return error;
	json_out_key_array_begin(json, "media");
	for (size_t i = 0; i < request->media_count; i++) {
		const struct medium *medium = find_medium(media, count, request->media_ids[i]);
		if (!medium)
			return ERROR_UNPROCESSABLE;
		write_medium(json, medium);
		content->lacks_alt_text = content->lacks_alt_text || !str_trim(medium->alt).len;
	}
	json_out_array_end(json);
	return ERROR_NONE;
}

static bool has_link(struct str text)
{
	return str_index_of_str(text, STR_LITERAL("https://")) < text.len || str_index_of_str(text, STR_LITERAL("http://")) < text.len;
}

/* As it would be rendered: what is refused is refused now. */
static enum error check(struct db *db, struct arena *arena, const struct draft_wish *wish, struct draft_content *content,
	struct str *ret_message)
{
	const struct publish_request *request = wish->request;
	struct actor author;
	struct composition composition;
	struct post post = { 0 };
	enum error error = deed_find_doer(db, arena, wish->actor_id, &author);
	if (!error && wish->kind != DRAFT_POST)
		error = post_find(db, arena, wish->actor_id, wish->post_id, &post);
	if (!error && wish->kind == DRAFT_EDIT && post.actor_id != wish->actor_id)
		error = ERROR_NOT_FOUND;
	content->subject = (struct approval_subject){ .actor_id = wish->actor_id, .kind = wish->kind };
	if (error || wish->kind == DRAFT_BOOST)
		return error;
	if (wish->kind == DRAFT_POST)
		error = publish_check(db, arena, request, ret_message);
	const struct composition_request text = { .text = request->text, .is_markdown = request->is_markdown,
		.spoiler_text = request->spoiler_text, .language = request->language, .is_sensitive = request->is_sensitive,
		.poll = request->poll, .media_ids = request->media_ids, .media_count = request->media_count,
		.post_id = wish->kind == DRAFT_EDIT ? wish->post_id : 0 };
	if (!error)
		error = composition_make(db, arena, &author, &text, &composition, ret_message);
	if (error)
		return error;
	content->subject.tags = composition.tags;
	content->subject.tag_count = composition.tag_count;
	content->subject.language = composition.language;
	content->subject.has_media = request->media_count > 0;
	content->subject.has_link = has_link(request->text);
	content->media_ids = request->media_ids;
	content->media_count = request->media_count;
	return ERROR_NONE;
}

enum error draft_payload_make(struct db *db, struct arena *arena, const struct draft_wish *wish,
	struct draft_content *ret_content, struct str *ret_message)
{
	AUTO(buf) struct buf out = { 0 };
	struct json_out json;
	struct draft_content content = { 0 };
	enum error error = check(db, arena, wish, &content, ret_message);
	if (error)
		return error;
	json_out_init(&json, &out);
	json_out_object_begin(&json);
	json_out_key_c_string(&json, "kind", draft_kind_name(wish->kind));
	json_out_key_id(&json, "actor_id", wish->actor_id);
	if (wish->kind != DRAFT_POST)
		json_out_key_id(&json, "post_id", wish->post_id);
	if (wish->kind == DRAFT_BOOST) {
		json_out_key_c_string(&json, "visibility", post_visibility_name(wish->boost_visibility));
	} else {
		post_request_write(&json, wish->request);
		json_out_key_bool(&json, "markdown", wish->request->is_markdown);
		error = write_media(db, arena, &json, wish->request, &content);
	}
	json_out_object_end(&json);
	content.payload = arena_str(arena, buf_str(&out));
	if (!error)
		*ret_content = content;
	return error;
}

static enum error read_object(struct arena *arena, const json_t *json, struct draft_wish *wish)
{
	struct str visibility = json_in_str(json, "visibility");
	if (!draft_kind_from_name(json_in_str(json, "kind"), &wish->kind) || !str_to_int64(json_in_str(json, "actor_id"), &wish->actor_id))
		return ERROR_INTERNAL;
	if (wish->kind != DRAFT_POST && !str_to_int64(json_in_str(json, "post_id"), &wish->post_id))
		return ERROR_INTERNAL;
	if (wish->kind == DRAFT_BOOST)
		return post_visibility_from_name(visibility, &wish->boost_visibility) ? ERROR_NONE : ERROR_INTERNAL;
	struct publish_request *request = arena_alloc(arena, sizeof(*request));
	enum error error = post_request_read(arena, json, request);
	request->actor_id = wish->actor_id;
	request->is_markdown = json_is_true(json_object_get(json, "markdown"));
	wish->request = request;
	return error;
}

enum error draft_payload_read(struct arena *arena, struct str payload, struct draft_wish *ret_wish)
{
	json_t *json;
	struct draft_wish wish = { 0 };
	if (json_in_parse(payload, NULL, &json))
		return ERROR_INTERNAL;
	enum error error = read_object(arena, json, &wish);
	json_decref(json);
	if (!error)
		*ret_wish = wish;
	return error;
}
