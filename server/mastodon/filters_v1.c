/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Filters, version 1: a keyword with the filter it belongs to. Its id is that of the keyword. */
#include "server/mastodon/filters.h"

#include "server/entity/filter_entity.h"
#include "server/mastodon/parameters.h"

#include "storage/id.h"

enum error handle_filters_v1(struct request *request)
{
	struct filter *filters;
	size_t count;
	enum error error = filter_list(request->db, request->arena, request->access.actor_id, &filters, &count);
	if (error)
		return error;
	struct json_out *json = respond_json(request, 200);
	json_out_array_begin(json);
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < filters[i].keyword_count; k++)
			filter_write_v1(json, &filters[i], &filters[i].keywords[k]);
	json_out_array_end(json);
	return ERROR_NONE;
}

static enum error find(struct request *request, struct filter *ret_filter, struct filter_keyword *ret_keyword)
{
	enum error error = filter_keyword_find(request->db, request->arena, request->access.actor_id,
		parameter_path_id(request, 0), ret_keyword);
	return error ? error : filter_find(request->db, request->arena, request->access.actor_id, ret_keyword->filter_id, ret_filter);
}

enum error handle_filter_v1(struct request *request)
{
	struct filter filter;
	struct filter_keyword keyword;
	enum error error = find(request, &filter, &keyword);
	if (!error)
		filter_write_v1(respond_json(request, 200), &filter, &keyword);
	return error;
}

static enum error read(struct request *request, struct filter *filter, struct filter_keyword *keyword)
{
	struct str phrase = parameter_text(request, "phrase");
	if (phrase.data)
		keyword->keyword = phrase;
	keyword->is_whole_word = parameter_bool(request, "whole_word", keyword->is_whole_word);
	if (parameter_is_there(request, "irreversible"))
		filter->action = parameter_bool(request, "irreversible", false) ? FILTER_HIDE : FILTER_WARN;
	enum error error = filter_check_keyword(request, &keyword->keyword);
	return error ? error : filter_read_common(request, filter);
}

static enum error save(struct request *request, const struct filter *filter, const struct filter_keyword *keyword, bool is_new)
{
	int64_t actor_id = request->access.actor_id;
	enum error error = db_begin(request->db);
	if (error)
		return error;
	error = is_new ? filter_create(request->db, request->arena, actor_id, filter) :
		filter_update(request->db, request->arena, actor_id, filter);
	if (!error)
		error = is_new ? filter_keyword_add(request->db, request->arena, actor_id, keyword) :
			filter_keyword_update(request->db, request->arena, actor_id, keyword);
	if (!error)
		return db_commit(request->db);
	db_rollback(request->db);
	return filter_refuse_too_many(request, error);
}

enum error handle_filter_create_v1(struct request *request)
{
	struct filter filter = { .id = id_new() };
	struct filter_keyword keyword = { .id = id_new(), .filter_id = filter.id };
	enum error error = read(request, &filter, &keyword);
	filter.title = keyword.keyword;
	if (!error)
		error = save(request, &filter, &keyword, true);
	if (!error)
		filter_write_v1(respond_json(request, 200), &filter, &keyword);
	return error;
}

static bool changes_filter(const struct filter *before, const struct filter *after)
{
	return before->contexts != after->contexts || before->action != after->action || before->expires_us != after->expires_us;
}

/* What other keywords share is changed by version 2 only. */
enum error handle_filter_update_v1(struct request *request)
{
	struct filter filter;
	struct filter_keyword keyword;
	enum error error = find(request, &filter, &keyword);
	if (error)
		return error;
	const struct filter before = filter;
	error = read(request, &filter, &keyword);
	if (error)
		return error;
	if (filter.keyword_count > 1 && changes_filter(&before, &filter))
		return refuse(request, "Validation failed: These parameters cannot be changed from this application because they"
			" apply to more than one filter keyword. Use a more recent application or the web interface.");
	error = save(request, &filter, &keyword, false);
	if (!error)
		filter_write_v1(respond_json(request, 200), &filter, &keyword);
	return error;
}

/* With its last keyword goes a filter that names no posts. */
enum error handle_filter_delete_v1(struct request *request)
{
	struct filter filter;
	struct filter_keyword keyword;
	int64_t actor_id = request->access.actor_id;
	enum error error = find(request, &filter, &keyword);
	if (error)
		return error;
	if (filter.keyword_count == 1 && !filter.post_count)
		error = filter_delete(request->db, request->arena, actor_id, filter.id);
	else
		error = filter_keyword_delete(request->db, request->arena, actor_id, keyword.id);
	return error ? error : respond_empty_object(request);
}
