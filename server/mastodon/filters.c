/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Filters, version 2. */
#include "server/mastodon/filters.h"

#include "server/entity/filter_entity.h"
#include "server/mastodon/parameters.h"

#include "base/clock.h"
#include "storage/id.h"

#define MAX_CHANGES 100 /* keywords of one request */
#define MAX_EXPIRES_S INT64_C(315360000) /* ten years */

enum error filter_read_common(struct request *request, struct filter *filter)
{
	struct str *contexts;
	size_t count = parameter_list(request, "context", &contexts);
	if (count) {
		filter->contexts = 0;
		for (size_t i = 0; i < count; i++) {
			unsigned bit;
			if (!filter_context_from_name(contexts[i], &bit))
				return refuse(request, "Validation failed: Context None or invalid context supplied");
			filter->contexts |= bit;
		}
	}
	if (!filter->contexts)
		return refuse(request, "Validation failed: Context can't be blank, Context None or invalid context supplied");
	if (parameter_is_there(request, "expires_in")) {
		int64_t seconds = parameter_int(request, "expires_in", 0, 0, MAX_EXPIRES_S);
		filter->expires_us = seconds ? clock_now_us() + seconds * 1000000 : 0;
	}
	return ERROR_NONE;
}

enum error filter_check_keyword(struct request *request, struct str *keyword)
{
	*keyword = str_trim(*keyword);
	if (!keyword->len)
		return refuse(request, "Validation failed: Keyword can't be blank");
	if (str_count_characters(*keyword) > FILTER_KEYWORD_MAX_CHARACTERS)
		return refuse(request, "Validation failed: Keyword is too long (maximum is 512 characters)");
	return ERROR_NONE;
}

enum error filter_refuse_too_many(struct request *request, enum error error)
{
	if (error != ERROR_UNPROCESSABLE || request->error_message.data)
		return error;
	return refuse(request, "Validation failed: You have reached the maximum number of filters");
}

static enum error find_filter(struct request *request, struct filter *ret_filter)
{
	return filter_find(request->db, request->arena, request->access.actor_id, parameter_path_id(request, 0), ret_filter);
}

enum error handle_filters(struct request *request)
{
	struct filter *filters;
	size_t count;
	enum error error = filter_list(request->db, request->arena, request->access.actor_id, &filters, &count);
	if (error)
		return error;
	struct json_out *json = respond_json(request, 200);
	json_out_array_begin(json);
	for (size_t i = 0; i < count; i++)
		filter_write(json, &filters[i]);
	json_out_array_end(json);
	return ERROR_NONE;
}

enum error handle_filter(struct request *request)
{
	struct filter filter;
	enum error error = find_filter(request, &filter);
	if (!error)
		filter_write(respond_json(request, 200), &filter);
	return error;
}

static enum error read_filter(struct request *request, struct filter *filter)
{
	struct str title = parameter_text(request, "title"), action = parameter_text(request, "filter_action");
	if (title.data)
		filter->title = str_trim(title);
	if (!filter->title.len)
		return refuse(request, "Validation failed: Title can't be blank");
	if (str_count_characters(filter->title) > FILTER_TITLE_MAX_CHARACTERS)
		return refuse(request, "Validation failed: Title is too long (maximum is 512 characters)");
	if (action.len && !filter_action_from_name(action, &filter->action))
		return refuse(request, "Validation failed: Action is not included in the list");
	return filter_read_common(request, filter);
}

/* "true", "1"...: what the API calls true. */
static bool is_true(struct str word)
{
	static const struct str no[] = { STR("0"), STR("f"), STR("F"), STR("false"), STR("FALSE"), STR("off"), STR("OFF") };
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		if (str_eq(word, no[i]))
			return false;
	return word.len > 0;
}

static enum error change_keyword(struct request *request, int64_t filter_id, const struct parameter_member *member)
{
	int64_t actor_id = request->access.actor_id;
	struct filter_keyword keyword = { .is_whole_word = true };
	struct str id = parameter_member_value(member, "id"), text = parameter_member_value(member, "keyword");
	struct str whole_word = parameter_member_value(member, "whole_word");
	if (id.len) {
		if (!str_to_int64(id, &keyword.id))
			return ERROR_NOT_FOUND;
		enum error error = filter_keyword_find(request->db, request->arena, actor_id, keyword.id, &keyword);
		if (!error && keyword.filter_id != filter_id)
			error = ERROR_NOT_FOUND;
		if (error)
			return error;
		if (is_true(parameter_member_value(member, "_destroy")))
			return filter_keyword_delete(request->db, request->arena, actor_id, keyword.id);
	}
	if (text.data)
		keyword.keyword = text;
	if (whole_word.data)
		keyword.is_whole_word = is_true(whole_word);
	enum error error = filter_check_keyword(request, &keyword.keyword);
	if (error)
		return error;
	if (keyword.id)
		return filter_keyword_update(request->db, request->arena, actor_id, &keyword);
	keyword.id = id_new();
	keyword.filter_id = filter_id;
	return filter_keyword_add(request->db, request->arena, actor_id, &keyword);
}

/* The filter with its keywords: all of it or nothing. */
static enum error save(struct request *request, struct filter *filter, bool is_new)
{
	struct parameter_member *members;
	size_t count = parameter_members(request, "keywords_attributes", MAX_CHANGES, &members);
	int64_t actor_id = request->access.actor_id;
	enum error error = db_begin(request->db);
	if (error)
		return error;
	error = is_new ? filter_create(request->db, request->arena, actor_id, filter) :
		filter_update(request->db, request->arena, actor_id, filter);
	for (size_t i = 0; !error && i < count; i++)
		error = change_keyword(request, filter->id, &members[i]);
	if (!error)
		error = filter_find(request->db, request->arena, actor_id, filter->id, filter);
	if (!error)
		return db_commit(request->db);
	db_rollback(request->db);
	return filter_refuse_too_many(request, error);
}

enum error handle_filter_create(struct request *request)
{
	struct filter filter = { .id = id_new(), .action = FILTER_WARN };
	enum error error = read_filter(request, &filter);
	if (!error)
		error = save(request, &filter, true);
	if (!error)
		filter_write(respond_json(request, 200), &filter);
	return error;
}

enum error handle_filter_update(struct request *request)
{
	struct filter filter;
	enum error error = find_filter(request, &filter);
	if (!error)
		error = read_filter(request, &filter);
	if (!error)
		error = save(request, &filter, false);
	if (!error)
		filter_write(respond_json(request, 200), &filter);
	return error;
}

enum error handle_filter_delete(struct request *request)
{
	enum error error = filter_delete(request->db, request->arena, request->access.actor_id, parameter_path_id(request, 0));
	return error ? error : respond_empty_object(request);
}

enum error handle_filter_keywords(struct request *request)
{
	struct filter filter;
	enum error error = find_filter(request, &filter);
	if (error)
		return error;
	struct json_out *json = respond_json(request, 200);
	json_out_array_begin(json);
	for (size_t i = 0; i < filter.keyword_count; i++)
		filter_keyword_write(json, &filter.keywords[i]);
	json_out_array_end(json);
	return ERROR_NONE;
}

static enum error read_keyword(struct request *request, struct filter_keyword *keyword)
{
	struct str text = parameter_text(request, "keyword");
	if (text.data)
		keyword->keyword = text;
	keyword->is_whole_word = parameter_bool(request, "whole_word", keyword->is_whole_word);
	return filter_check_keyword(request, &keyword->keyword);
}

enum error handle_filter_keyword_add(struct request *request)
{
	struct filter filter;
	struct filter_keyword keyword = { .id = id_new(), .is_whole_word = true };
	enum error error = find_filter(request, &filter);
	if (!error)
		error = read_keyword(request, &keyword);
	if (error)
		return error;
	keyword.filter_id = filter.id;
	error = filter_keyword_add(request->db, request->arena, request->access.actor_id, &keyword);
	if (!error)
		filter_keyword_write(respond_json(request, 200), &keyword);
	return filter_refuse_too_many(request, error);
}

static enum error find_keyword(struct request *request, struct filter_keyword *ret_keyword)
{
	return filter_keyword_find(request->db, request->arena, request->access.actor_id, parameter_path_id(request, 0),
		ret_keyword);
}

enum error handle_filter_keyword(struct request *request)
{
	struct filter_keyword keyword;
	enum error error = find_keyword(request, &keyword);
	if (!error)
		filter_keyword_write(respond_json(request, 200), &keyword);
	return error;
}

enum error handle_filter_keyword_update(struct request *request)
{
	struct filter_keyword keyword;
	enum error error = find_keyword(request, &keyword);
	if (!error)
		error = read_keyword(request, &keyword);
	if (error)
		return error;
	error = filter_keyword_update(request->db, request->arena, request->access.actor_id, &keyword);
	if (!error)
		filter_keyword_write(respond_json(request, 200), &keyword);
	return filter_refuse_too_many(request, error);
}

enum error handle_filter_keyword_delete(struct request *request)
{
	enum error error = filter_keyword_delete(request->db, request->arena, request->access.actor_id,
		parameter_path_id(request, 0));
	return error ? error : respond_empty_object(request);
}

enum error handle_filter_statuses(struct request *request)
{
	struct filter filter;
	enum error error = find_filter(request, &filter);
	if (error)
		return error;
	struct json_out *json = respond_json(request, 200);
	json_out_array_begin(json);
	for (size_t i = 0; i < filter.post_count; i++)
		filter_post_write(json, &filter.posts[i]);
	json_out_array_end(json);
	return ERROR_NONE;
}

enum error handle_filter_status_add(struct request *request)
{
	struct filter filter;
	enum error error = find_filter(request, &filter);
	if (error)
		return error;
	const struct filter_post post = { .id = id_new(), .filter_id = filter.id, .post_id = parameter_id(request, "status_id") };
	error = filter_post_add(request->db, request->arena, request->access.actor_id, &post);
	if (error == ERROR_CONFLICT)
		return refuse(request, "Validation failed: Status has already been taken");
	if (!error)
		filter_post_write(respond_json(request, 200), &post);
	return filter_refuse_too_many(request, error);
}

static enum error find_post(struct request *request, struct filter_post *ret_post)
{
	return filter_post_find(request->db, request->arena, request->access.actor_id, parameter_path_id(request, 0), ret_post);
}

enum error handle_filter_status(struct request *request)
{
	struct filter_post post;
	enum error error = find_post(request, &post);
	if (!error)
		filter_post_write(respond_json(request, 200), &post);
	return error;
}

/* Answers what is gone, as Mastodon does. */
enum error handle_filter_status_delete(struct request *request)
{
	struct filter_post post;
	enum error error = find_post(request, &post);
	if (!error)
		error = filter_post_delete(request->db, request->arena, request->access.actor_id, post.id);
	if (!error)
		filter_post_write(respond_json(request, 200), &post);
	return error;
}
