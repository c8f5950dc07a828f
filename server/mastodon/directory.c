/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The directory of profiles, and suggestions. */
#include "server/mastodon/directory.h"

#include "server/entity/account.h"
#include "server/mastodon/parameters.h"
#include "storage/directory.h"

#define PAGE_DEFAULT 40
#define PAGE_MAX 80

enum error handle_directory(struct request *request)
{
	struct directory_query query = {
		.reader_id = request->access.actor_id,
		.is_local_only = parameter_bool(request, "local", false),
		.by_age = str_eq(parameter_text(request, "order"), STR_LITERAL("new")),
	};
	int64_t *ids;
	size_t count;
	parameter_offset(request, PAGE_DEFAULT, PAGE_MAX, &query.offset, &query.limit);
	enum error error = directory_list(request->db, request->arena, &query, &ids, &count);
	return error ? error : account_respond_array(request, ids, count);
}

static enum error load_suggestions(struct request *request, struct suggestion **ret_suggestions, int64_t **ret_ids,
	size_t *ret_count)
{
	int limit = (int)parameter_int(request, "limit", PAGE_DEFAULT, 1, PAGE_MAX);
	enum error error = suggestion_list(request->db, request->arena, request->access.actor_id, limit, ret_suggestions, ret_count);
	if (error)
		return error;
	int64_t *ids = arena_alloc_array(request->arena, *ret_count, sizeof(*ids));
	for (size_t i = 0; i < *ret_count; i++)
		ids[i] = (*ret_suggestions)[i].actor_id;
	*ret_ids = ids;
	return ERROR_NONE;
}

enum error handle_suggestions_v1(struct request *request)
{
	struct suggestion *suggestions;
	int64_t *ids;
	size_t count;
	enum error error = load_suggestions(request, &suggestions, &ids, &count);
	return error ? error : account_respond_array(request, ids, count);
}

static void write_suggestion(struct json_out *json, const struct account_set *accounts, const struct suggestion *suggestion)
{
	json_out_object_begin(json);
	json_out_key_c_string(json, "source", suggestion->is_friend_of_friends ? "past_interactions" : "global");
	json_out_key_array_begin(json, "sources");
	if (suggestion->is_friend_of_friends)
		json_out_c_string(json, "friends_of_friends");
	if (suggestion->is_popular)
		json_out_c_string(json, "most_followed");
	json_out_array_end(json);
	json_out_key(json, "account");
	account_set_write(accounts, json, suggestion->actor_id);
	json_out_object_end(json);
}

enum error handle_suggestions(struct request *request)
{
	struct suggestion *suggestions;
	struct account_set *accounts;
	int64_t *ids;
	size_t count;
	enum error error = load_suggestions(request, &suggestions, &ids, &count);
	if (error)
		return error;
	const struct reader reader = reader_of(request, FILTER_NONE);
	error = account_set_load(&reader, ids, count, &accounts);
	if (error)
		return error;
	struct json_out *json = respond_json(request, 200);
	json_out_array_begin(json);
	for (size_t i = 0; i < count; i++)
		if (account_set_has(accounts, ids[i]))
			write_suggestion(json, accounts, &suggestions[i]);
	json_out_array_end(json);
	return ERROR_NONE;
}

enum error handle_suggestion_dismiss(struct request *request)
{
	enum error error = suggestion_dismiss(request->db, request->arena, request->access.actor_id, parameter_path_id(request, 0));
	return error ? error : respond_empty_object(request);
}
