/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Roles and permissions over the brand API. */
#include "server/brand/roles.h"

#include "server/action/membership.h"
#include "server/brand/organisation_json.h"
#include "server/brand/problem.h"
#include "server/mastodon/parameters.h"
#include "storage/seat_rights.h"

/* ---- roles ---- */

enum error handle_roles_list(struct request *request, const struct seat *seat)
{
	struct role *all;
	size_t count;
	enum error error = role_list(request->db, request->arena, seat->organisation.id, &all, &count);
	if (error)
		return error;
	struct json_out *json = respond_json(request, 200);
	json_out_array_begin(json);
	for (size_t i = 0; i < count; i++)
		role_write_json(json, &all[i]);
	json_out_array_end(json);
	return ERROR_NONE;
}

static enum error find_role(struct request *request, const struct seat *seat, int64_t id, struct role *ret_role)
{
	struct role *all;
	size_t count;
	enum error error = role_list(request->db, request->arena, seat->organisation.id, &all, &count);
	if (error)
		return error;
	for (size_t i = 0; i < count; i++) {
		if (all[i].id == id) {
			*ret_role = all[i];
			return ERROR_NONE;
		}
	}
	return problem(request, PROBLEM_NOT_FOUND, (struct str){ 0 });
}

static enum error read_set(struct request *request, const char *name, uint64_t *ret_set)
{
	struct str *words;
	uint64_t set = 0;
	size_t count = parameter_list(request, name, &words);
	for (size_t i = 0; i < count; i++) {
		enum permission permission;
		if (!words[i].len && count == 1)
			break; /* "permissions=": none */
		if (!permission_from_name(words[i], &permission))
			return problem(request, PROBLEM_UNKNOWN_PERMISSION, (struct str){ 0 });
		set |= PERMISSION_BIT(permission);
	}
	*ret_set = set;
	return ERROR_NONE;
}

/* Those that are there already when neither list is sent. */
static enum error read_rights(struct request *request, struct rights *rights)
{
	struct rights wanted;
	struct str *words;
	if (!parameter_list(request, "permissions", &words) && !parameter_list(request, "own_permissions", &words))
		return ERROR_NONE;
	enum error error = read_set(request, "permissions", &wanted.all);
	if (!error)
		error = read_set(request, "own_permissions", &wanted.own);
	if (!error)
		*rights = wanted;
	return error;
}

static enum error set_demand(struct request *request, const struct seat *seat, const struct role *role)
{
	bool demands = parameter_bool(request, "demands_second_factor", role->demands_second_factor);
	if (demands == role->demands_second_factor)
		return ERROR_NONE;
	return role_demand_second_factor(request->db, request->arena, seat->organisation.id, role->name, demands, &seat->author,
		&request->error_message);
}

static enum error respond_role(struct request *request, const struct seat *seat, int status, struct str name)
{
	struct role role;
	enum error error = role_find(request->db, request->arena, seat->organisation.id, name, &role);
	if (!error)
		role_write_json(respond_json(request, status), &role);
	return error;
}

enum error handle_roles_create(struct request *request, const struct seat *seat)
{
	struct role role = { .name = parameter_text(request, "name") };
	enum error error = seat_need(request, seat, PERMISSION_ORG_ROLES);
	if (!error)
		error = read_rights(request, &role.rights);
	if (!error)
		error = role_define(request->db, request->arena, seat->organisation.id, &role, &seat->author, &request->error_message);
	if (!error)
		error = set_demand(request, seat, &role);
	return error ? error : respond_role(request, seat, 201, role.name);
}

static bool changes_more_than_demand(const struct request *request)
{
	struct str *words;
	return parameter_is_there(request, "name") || parameter_list(request, "permissions", &words) ||
		parameter_list(request, "own_permissions", &words);
}

enum error handle_roles_change(struct request *request, const struct seat *seat)
{
	struct role role = { 0 };
	struct str name = parameter_text(request, "name");
	enum error error = seat_need(request, seat, PERMISSION_ORG_ROLES);
	if (!error)
		error = find_role(request, seat, parameter_path_id(request, 1), &role);
	if (!error)
		error = read_rights(request, &role.rights);
	if (error)
		return error;
	if (changes_more_than_demand(request)) {
		if (!role.organisation_id)
			return problem(request, PROBLEM_CONFLICT, (struct str){ 0 });
		if (name.data)
			role.name = name;
		error = role_redefine(request->db, request->arena, seat->organisation.id, &role, &seat->author, &request->error_message);
	}
	if (!error)
		error = set_demand(request, seat, &role);
	return error ? error : respond_role(request, seat, 200, role.name);
}

enum error handle_roles_delete(struct request *request, const struct seat *seat)
{
	struct role role = { 0 };
	enum error error = seat_need(request, seat, PERMISSION_ORG_ROLES);
	if (!error)
		error = find_role(request, seat, parameter_path_id(request, 1), &role);
	if (error)
		return error;
	if (!role.organisation_id)
		return problem(request, PROBLEM_CONFLICT, (struct str){ 0 });
	error = role_undefine(request->db, request->arena, seat->organisation.id, role.name, &seat->author, &request->error_message);
	if (!error)
		respond_empty(request, 204);
	return error;
}

/* ---- permissions ---- */

static const enum text meanings[PERMISSION_COUNT] = {
#define PERMISSION(name, word) [PERMISSION_##name] = TEXT_PERMISSION_##name,
	PERMISSIONS(PERMISSION)
#undef PERMISSION
};

enum error handle_permissions_list(struct request *request, const struct seat *seat)
{
	(void)seat;
	struct json_out *json = respond_json(request, 200);
	json_out_array_begin(json);
	for (int i = 0; i < PERMISSION_COUNT; i++) {
		json_out_object_begin(json);
		json_out_key_c_string(json, "name", permission_name((enum permission)i));
		json_out_key_object_begin(json, "description");
		json_out_key_str(json, "en", text_get(LANGUAGE_ENGLISH, meanings[i]));
		json_out_key_str(json, "fr", text_get(LANGUAGE_FRENCH, meanings[i]));
		json_out_object_end(json);
		json_out_object_end(json);
	}
	json_out_array_end(json);
	return ERROR_NONE;
}

static void write_rights(struct json_out *json, struct rights rights)
{
	permissions_write_json(json, "permissions", rights.all);
	permissions_write_json(json, "own_permissions", rights.own & ~rights.all);
}

struct asked {
	int64_t actor_id;        /* 0: every account */
	int64_t organisation_id; /* 0: every one */
};

static enum error write_standing(struct request *request, struct json_out *json, const struct organisation *organisation,
	const struct asked *asked)
{
	struct standing standing;
	struct account_rights *accounts;
	size_t count;
	enum error error = seat_rights_find(request->db, request->arena, request->access.user_id, organisation->id, &standing,
		&accounts, &count);
	if (error || !standing.membership_id)
		return error;
	json_out_object_begin(json);
	json_out_key(json, "organisation");
	organisation_write_json(json, organisation);
	json_out_key_id(json, "member_id", standing.membership_id);
	write_rights(json, standing.rights);
	json_out_key_array_begin(json, "accounts");
	for (size_t i = 0; i < count; i++) {
		if (asked->actor_id && accounts[i].actor_id != asked->actor_id)
			continue;
		json_out_object_begin(json);
		json_out_key_id(json, "id", accounts[i].actor_id);
		write_rights(json, accounts[i].rights);
		json_out_object_end(json);
	}
	json_out_array_end(json);
	json_out_object_end(json);
	return ERROR_NONE;
}

#define STANDINGS_MAX 100

enum error handle_me_permissions(struct request *request, const struct seat *seat)
{
	struct organisation *all;
	struct brand_account account = { 0 };
	struct asked asked = { .actor_id = parameter_id(request, "actor") };
	size_t count;
	bool is_found = false;
	if (request->access.standing.membership_id) {
		if (asked.actor_id && asked.actor_id != request->access.actor_id)
			return problem(request, PROBLEM_NOT_FOUND, (struct str){ 0 });
		asked.actor_id = request->access.actor_id;
	}
	enum error error = organisation_list_of_user(request->db, request->arena, seat->user_id, &all, &count);
	if (!error && asked.actor_id)
		error = brand_account_find(request->db, request->arena, asked.actor_id, &account);
	if (error)
		return error;
	asked.organisation_id = account.organisation_id;
	struct json_out *json = respond_json(request, 200);
	json_out_array_begin(json);
	for (size_t i = 0; i < count && i < STANDINGS_MAX && !error; i++) {
		if (asked.organisation_id && all[i].id != asked.organisation_id)
			continue;
		is_found = true;
		error = write_standing(request, json, &all[i], &asked);
	}
	if (!error && asked.actor_id && !is_found)
		return problem(request, PROBLEM_NOT_FOUND, (struct str){ 0 });
	if (!error)
		json_out_array_end(json);
	return error;
}
