/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Lists and who is on them. */
#include "server/mastodon/lists.h"

#include "server/entity/account.h"
#include "server/mastodon/parameters.h"

#include "storage/id.h"

#define PAGE_DEFAULT 40
#define PAGE_MAX 80

static void write_list(struct json_out *json, const struct contact_list *list)
{
	json_out_object_begin(json);
	json_out_key_id(json, "id", list->id);
	json_out_key_str(json, "title", list->title);
	json_out_key_c_string(json, "replies_policy", replies_policy_name(list->replies));
	json_out_key_bool(json, "exclusive", list->is_exclusive);
	json_out_object_end(json);
}

void lists_write(struct json_out *json, const struct contact_list *lists, size_t count)
{
	json_out_array_begin(json);
	for (size_t i = 0; i < count; i++)
		write_list(json, &lists[i]);
	json_out_array_end(json);
}

enum error handle_lists(struct request *request)
{
	struct contact_list *lists;
	size_t count;
	enum error error = contact_list_list(request->db, request->arena, request->access.actor_id, 0, &lists, &count);
	if (!error)
		lists_write(respond_json(request, 200), lists, count);
	return error;
}

static enum error find_list(struct request *request, struct contact_list *ret_list)
{
	return contact_list_find(request->db, request->arena, request->access.actor_id, parameter_path_id(request, 0), ret_list);
}

enum error handle_list(struct request *request)
{
	struct contact_list list;
	enum error error = find_list(request, &list);
	if (!error)
		write_list(respond_json(request, 200), &list);
	return error;
}

/* What was said replaces what list holds. */
static enum error read_list(struct request *request, struct contact_list *list)
{
	struct str title = parameter_text(request, "title");
	struct str policy = parameter_text(request, "replies_policy");
	if (title.data)
		list->title = str_trim(title);
	if (!list->title.len)
		return refuse(request, "Validation failed: Title can't be blank");
	if (str_count_characters(list->title) > CONTACT_LIST_TITLE_MAX_CHARACTERS)
		return refuse(request, "Validation failed: Title is too long (maximum is 255 characters)");
	if (policy.data && !replies_policy_from_name(policy, &list->replies))
		return refuse(request, "Validation failed: Replies policy is not included in the list");
	list->is_exclusive = parameter_bool(request, "exclusive", list->is_exclusive);
	return ERROR_NONE;
}

enum error handle_list_create(struct request *request)
{
	struct contact_list list = { .id = id_new(), .owner_id = request->access.actor_id, .replies = REPLIES_TO_LIST };
	enum error error = read_list(request, &list);
	if (error)
		return error;
	error = contact_list_create(request->db, request->arena, &list);
	if (error == ERROR_UNPROCESSABLE)
		return refuse(request, "Validation failed: You have reached the maximum number of lists");
	if (!error)
		write_list(respond_json(request, 200), &list);
	return error;
}

enum error handle_list_update(struct request *request)
{
	struct contact_list list;
	enum error error = find_list(request, &list);
	if (!error)
		error = read_list(request, &list);
	if (!error)
		error = contact_list_update(request->db, request->arena, &list);
	if (!error)
		write_list(respond_json(request, 200), &list);
	return error;
}

enum error handle_list_delete(struct request *request)
{
	enum error error = contact_list_delete(request->db, request->arena, request->access.actor_id, parameter_path_id(request, 0));
	return error ? error : respond_empty_object(request);
}

/* limit=0 asks for all of them. */
enum error handle_list_accounts(struct request *request)
{
	struct contact_list list;
	struct contact_list_member *members;
	struct id_page page;
	size_t count;
	parameter_page(request, PAGE_DEFAULT, PAGE_MAX, &page);
	if (str_eq(parameter_text(request, "limit"), STR_LITERAL("0")))
		page.limit = CONTACT_LIST_CHANGE_MAX;
	enum error error = find_list(request, &list);
	if (!error)
		error = contact_list_members(request->db, request->arena, list.id, &page, &members, &count);
	if (error)
		return error;
	int64_t *ids = arena_alloc_array(request->arena, count, sizeof(*ids));
	for (size_t i = 0; i < count; i++)
		ids[i] = members[i].actor_id;
	if (count)
		respond_link(request, count, members[0].id, members[count - 1].id, count == (size_t)page.limit);
	return account_respond_array(request, ids, count);
}

enum error handle_list_accounts_add(struct request *request)
{
	int64_t *ids;
	size_t count = parameter_ids(request, "account_ids", CONTACT_LIST_CHANGE_MAX, &ids);
	enum error error = contact_list_add_members(request->db, request->arena, request->access.actor_id,
		parameter_path_id(request, 0), ids, count);
	if (error == ERROR_CONFLICT)
		return refuse(request, "Validation failed: Account has already been taken");
	return error ? error : respond_empty_object(request);
}

enum error handle_list_accounts_remove(struct request *request)
{
	int64_t *ids;
	size_t count = parameter_ids(request, "account_ids", CONTACT_LIST_CHANGE_MAX, &ids);
	enum error error = contact_list_remove_members(request->db, request->arena, request->access.actor_id,
		parameter_path_id(request, 0), ids, count);
	return error ? error : respond_empty_object(request);
}
