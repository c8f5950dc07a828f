/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Hashtags. */
#include "server/mastodon/tags.h"

#include "server/action/feature_tag.h"
#include "server/entity/tag.h"
#include "server/mastodon/parameters.h"

#include "base/hashtag.h"
#include "base/text_fold.h"
#include "base/utf8.h"
#include "storage/actor.h"

#define FOLLOWED_DEFAULT 100
#define FOLLOWED_MAX 200
#define SUGGESTED 10

struct str tag_name_of(struct arena *arena, struct str text)
{
	struct str name = hashtag_key(arena, str_slice(text, str_starts_with(text, STR_LITERAL("#")) ? 1 : 0, text.len));
	bool has_letter = false;
	for (size_t at = 0; at < name.len;) {
		uint32_t code_point;
		size_t len = utf8_read(name.data + at, name.len - at, &code_point);
		/* U+00B7 and U+30FB stand within words. */
		if (!len || !(text_is_word_character(code_point) || code_point == 0xB7 || code_point == 0x30FB))
			return (struct str){ 0 };
		has_letter |= code_point < '0' || code_point > '9';
		at += len;
	}
	return has_letter ? name : (struct str){ 0 };
}

static enum error respond_tag(struct request *request, struct str name)
{
	struct tag_view *tag;
	const struct reader reader = reader_of(request, FILTER_NONE);
	enum error error = tag_view_list(request->db, request->arena, reader.actor_id, &name, 1, &tag);
	if (!error)
		tag_write(&reader, respond_json(request, 200), tag);
	return error;
}

static enum error read_name(struct request *request, struct str *ret_name)
{
	struct str name = tag_name_of(request->arena, request_value(request, 0));
	if (!name.len)
		return ERROR_NOT_FOUND;
	*ret_name = name;
	return ERROR_NONE;
}

enum error handle_tag(struct request *request)
{
	struct str name;
	enum error error = read_name(request, &name);
	return error ? error : respond_tag(request, name);
}

static enum error change_tag(struct request *request,
	enum error (*change)(struct db *db, struct arena *arena, int64_t actor_id, struct str name))
{
	struct str name;
	enum error error = read_name(request, &name);
	if (!error)
		error = change(request->db, request->arena, request->access.actor_id, name);
	if (error == ERROR_UNPROCESSABLE)
		return refuse(request, "Validation failed: You have reached the maximum number of hashtags");
	return error ? error : respond_tag(request, name);
}

enum error handle_tag_follow(struct request *request)
{
	return change_tag(request, tag_follow);
}

enum error handle_tag_unfollow(struct request *request)
{
	return change_tag(request, tag_unfollow);
}

enum error handle_tag_feature(struct request *request)
{
	return change_tag(request, feature_tag);
}

enum error handle_tag_unfeature(struct request *request)
{
	return change_tag(request, unfeature_tag);
}

static enum error respond_tags(struct request *request, const struct str *names, size_t count)
{
	struct tag_view *tags;
	const struct reader reader = reader_of(request, FILTER_NONE);
	enum error error = tag_view_list(request->db, request->arena, reader.actor_id, names, count, &tags);
	if (error)
		return error;
	struct json_out *json = respond_json(request, 200);
	json_out_array_begin(json);
	for (size_t i = 0; i < count; i++)
		tag_write(&reader, json, &tags[i]);
	json_out_array_end(json);
	return ERROR_NONE;
}

enum error handle_followed_tags(struct request *request)
{
	struct tag_follow_item *items;
	struct id_page page;
	size_t count;
	parameter_page(request, FOLLOWED_DEFAULT, FOLLOWED_MAX, &page);
	enum error error = tag_follow_list(request->db, request->arena, request->access.actor_id, &page, &items, &count);
	if (error)
		return error;
	struct str *names = arena_alloc_array(request->arena, count, sizeof(*names));
	for (size_t i = 0; i < count; i++)
		names[i] = items[i].name;
	if (count)
		respond_link(request, count, items[0].id, items[count - 1].id, count == (size_t)page.limit);
	return respond_tags(request, names, count);
}

static enum error respond_featured(struct request *request, int64_t actor_id)
{
	struct featured_tag *tags;
	size_t count;
	const struct reader reader = reader_of(request, FILTER_NONE);
	enum error error = tag_list_featured(request->db, request->arena, actor_id, &tags, &count);
	if (error)
		return error;
	struct json_out *json = respond_json(request, 200);
	json_out_array_begin(json);
	for (size_t i = 0; i < count; i++)
		featured_tag_write(&reader, json, &tags[i]);
	json_out_array_end(json);
	return ERROR_NONE;
}

enum error handle_own_featured_tags(struct request *request)
{
	return respond_featured(request, request->access.actor_id);
}

enum error handle_account_featured_tags(struct request *request)
{
	struct actor actor;
	enum error error = actor_find_by_id(request->db, request->arena, parameter_path_id(request, 0), &actor);
	if (!error && actor.is_suspended)
		error = ERROR_NOT_FOUND;
	return error ? error : respond_featured(request, actor.id);
}

enum error handle_featured_tag_add(struct request *request)
{
	struct str name = tag_name_of(request->arena, parameter_text(request, "name"));
	struct featured_tag *tags;
	size_t count;
	if (!name.len)
		return refuse(request, "Validation failed: Tag is invalid");
	enum error error = feature_tag(request->db, request->arena, request->access.actor_id, name);
	if (error == ERROR_UNPROCESSABLE)
		return refuse(request, "Validation failed: You have already featured the maximum number of hashtags");
	if (!error)
		error = tag_list_featured(request->db, request->arena, request->access.actor_id, &tags, &count);
	if (error)
		return error;
	const struct reader reader = reader_of(request, FILTER_NONE);
	for (size_t i = 0; i < count; i++) {
		if (str_eq(tags[i].name, name)) {
			featured_tag_write(&reader, respond_json(request, 200), &tags[i]);
			return ERROR_NONE;
		}
	}
	return ERROR_NOT_FOUND;
}

enum error handle_featured_tag_remove(struct request *request)
{
	struct featured_tag *tags;
	size_t count;
	int64_t id = parameter_path_id(request, 0);
	enum error error = tag_list_featured(request->db, request->arena, request->access.actor_id, &tags, &count);
	if (error)
		return error;
	for (size_t i = 0; i < count; i++) {
		if (tags[i].id != id)
			continue;
		error = unfeature_tag(request->db, request->arena, request->access.actor_id, tags[i].name);
		return error ? error : respond_empty_object(request);
	}
	return ERROR_NOT_FOUND;
}

enum error handle_featured_tag_suggestions(struct request *request)
{
	struct str *names;
	size_t count;
	enum error error = tag_list_used(request->db, request->arena, request->access.actor_id, SUGGESTED, &names, &count);
	return error ? error : respond_tags(request, names, count);
}
