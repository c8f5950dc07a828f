/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Members over the brand API. */
#include "server/brand/members.h"

#include "server/action/membership.h"
#include "server/app.h"
#include "server/brand/organisation_json.h"
#include "server/brand/problem.h"
#include "server/mastodon/parameters.h"
#include "storage/actor.h"
#include "storage/membership_invitation.h"
#include "storage/user.h"

#include "base/time_format.h"

/* ---- who belongs to it ---- */

static enum error read_grants(struct request *request, const struct seat *seat, struct grant **ret_grants, size_t *ret_count)
{
	return grant_list(request->db, request->arena, seat->organisation.id, ret_grants, ret_count);
}

enum error handle_members_list(struct request *request, const struct seat *seat)
{
	struct membership *members;
	struct grant *grants;
	size_t member_count, grant_count;
	enum error error = membership_list(request->db, request->arena, seat->organisation.id, &members, &member_count);
	if (!error)
		error = read_grants(request, seat, &grants, &grant_count);
	if (error)
		return error;
	struct json_out *json = respond_json(request, 200);
	json_out_array_begin(json);
	for (size_t i = 0; i < member_count; i++)
		member_write_json(json, &members[i], grants, grant_count);
	json_out_array_end(json);
	return ERROR_NONE;
}

/* Of this organisation, unless they left. */
static enum error find_member(struct request *request, const struct seat *seat, struct membership *ret_membership)
{
	struct membership membership = { 0 };
	enum error error = membership_find(request->db, request->arena, seat->organisation.id, parameter_path_id(request, 0),
		&membership);
	if (error == ERROR_NOT_FOUND || (!error && membership.state == MEMBERSHIP_LEFT))
		return problem(request, PROBLEM_NOT_FOUND, (struct str){ 0 });
	if (!error)
		*ret_membership = membership;
	return error;
}

static enum error respond_member(struct request *request, const struct seat *seat, int status, int64_t membership_id)
{
	struct membership membership;
	struct grant *grants;
	size_t count;
	enum error error = membership_find(request->db, request->arena, seat->organisation.id, membership_id, &membership);
	if (!error)
		error = read_grants(request, seat, &grants, &count);
	if (!error)
		member_write_json(respond_json(request, status), &membership, grants, count);
	return error;
}

enum error handle_members_show(struct request *request, const struct seat *seat)
{
	struct membership membership;
	enum error error = find_member(request, seat, &membership);
	return error ? error : respond_member(request, seat, 200, membership.id);
}

/* "name", "@name", "name@domain" of this server. */
static enum error find_user(struct request *request, struct str handle, struct user *ret_user)
{
	struct actor actor;
	if (handle.len && handle.data[0] == '@')
		handle = str_slice(handle, 1, handle.len);
	size_t at = str_index_of(handle, '@', 0);
	struct str domain = at < handle.len ? str_slice(handle, at + 1, handle.len) : request->app->domain;
	enum error error = actor_find_local(request->db, request->arena, str_slice(handle, 0, at), domain, &actor);
	if (!error)
		error = user_find_by_actor(request->db, request->arena, actor.id, ret_user);
	if (error == ERROR_NOT_FOUND)
		return problem(request, PROBLEM_BAD_VALUE, text_get(problem_language(request), TEXT_PROBLEM_NOT_LOCAL));
	return error;
}

enum error handle_members_invite(struct request *request, const struct seat *seat)
{
	struct user user = { 0 };
	int64_t membership_id = 0;
	enum error error = seat_need(request, seat, PERMISSION_ORG_MEMBERS);
	if (!error)
		error = find_user(request, parameter_text(request, "username"), &user);
	if (!error)
		error = membership_add(request->db, request->arena, seat->organisation.id, user.id, MEMBERSHIP_INVITED, &seat->author,
			&membership_id, &request->error_message);
	return error ? error : respond_member(request, seat, 201, membership_id);
}

enum error handle_members_change(struct request *request, const struct seat *seat)
{
	struct membership membership;
	struct str state = parameter_text(request, "state");
	bool is_suspended = str_eq(state, STR_LITERAL("suspended"));
	enum error error = seat_need(request, seat, PERMISSION_ORG_MEMBERS);
	if (!error)
		error = find_member(request, seat, &membership);
	if (error)
		return error;
	if (!is_suspended && !str_eq(state, STR_LITERAL("active")))
		return problem(request, PROBLEM_BAD_VALUE, STR_LITERAL("state: active, suspended"));
	error = membership_change(request->db, request->arena, seat->organisation.id, membership.id,
		is_suspended ? MEMBERSHIP_SUSPENDED : MEMBERSHIP_ACTIVE, &seat->author, &request->error_message);
	return error ? error : respond_member(request, seat, 200, membership.id);
}

/* Members may leave; the deed looks whether they may let others go. */
enum error handle_members_leave(struct request *request, const struct seat *seat)
{
	struct membership membership;
	enum error error = find_member(request, seat, &membership);
	if (!error && membership.id != seat->membership_id)
		error = seat_need(request, seat, PERMISSION_ORG_MEMBERS);
	if (!error)
		error = membership_change(request->db, request->arena, seat->organisation.id, membership.id, MEMBERSHIP_LEFT,
			&seat->author, &request->error_message);
	if (!error)
		respond_empty(request, 204);
	return error;
}

/* ---- what they may do ---- */

enum error handle_grants_list(struct request *request, const struct seat *seat)
{
	struct membership membership;
	struct grant *grants;
	size_t count;
	enum error error = find_member(request, seat, &membership);
	if (!error)
		error = read_grants(request, seat, &grants, &count);
	if (error)
		return error;
	struct json_out *json = respond_json(request, 200);
	json_out_array_begin(json);
	for (size_t i = 0; i < count; i++)
		if (grants[i].membership_id == membership.id)
			grant_write_json(json, &grants[i]);
	json_out_array_end(json);
	return ERROR_NONE;
}

static enum error read_grant(struct request *request, struct grant_wanted *wanted)
{
	struct str end = parameter_text(request, "expires_at");
	enum permission permission;
	wanted->role = parameter_text(request, "role");
	wanted->permission = parameter_text(request, "permission");
	wanted->actor_id = parameter_id(request, "actor_id");
	if ((wanted->role.len > 0) == (wanted->permission.len > 0))
		return problem(request, PROBLEM_BAD_VALUE, STR_LITERAL("role | permission"));
	if (wanted->permission.len && !permission_from_name(wanted->permission, &permission))
		return problem(request, PROBLEM_UNKNOWN_PERMISSION, (struct str){ 0 });
	if (end.len && !time_parse_rfc3339(end, &wanted->expires_us))
		return problem(request, PROBLEM_BAD_VALUE, STR_LITERAL("expires_at: 2027-01-31T12:00:00Z"));
	return ERROR_NONE;
}

enum error handle_grants_give(struct request *request, const struct seat *seat)
{
	struct membership membership;
	struct grant_wanted wanted = { 0 };
	enum error error = seat_need(request, seat, PERMISSION_ORG_ROLES);
	if (!error)
		error = find_member(request, seat, &membership);
	if (!error)
		error = read_grant(request, &wanted);
	if (error)
		return error;
	wanted.membership_id = membership.id;
	error = membership_grant(request->db, request->arena, seat->organisation.id, &wanted, &seat->author, &request->error_message);
	return error ? error : respond_member(request, seat, 201, membership.id);
}

enum error handle_grants_withdraw(struct request *request, const struct seat *seat)
{
	struct membership membership = { 0 };
	enum error error = seat_need(request, seat, PERMISSION_ORG_ROLES);
	if (!error)
		error = find_member(request, seat, &membership);
	if (!error)
		error = membership_withdraw(request->db, request->arena, seat->organisation.id, membership.id,
			parameter_path_id(request, 1), &seat->author, &request->error_message);
	return error ? error : respond_member(request, seat, 200, membership.id);
}

static enum error set_roles(struct request *request, const struct seat *seat, const struct str *roles, size_t count)
{
	struct membership membership = { 0 };
	enum error error = seat_need(request, seat, PERMISSION_ORG_ROLES);
	if (!error)
		error = find_member(request, seat, &membership);
	if (!error)
		error = membership_set_roles(request->db, request->arena, seat->organisation.id, membership.id,
			parameter_id(request, "actor_id"), roles, count, &seat->author, &request->error_message);
	return error ? error : respond_member(request, seat, 200, membership.id);
}

#define ROLES_MAX 50

enum error handle_members_set_roles(struct request *request, const struct seat *seat)
{
	struct str *roles;
	size_t count = parameter_list(request, "roles", &roles);
	if (count > ROLES_MAX)
		return problem(request, PROBLEM_BAD_VALUE, (struct str){ 0 });
	return set_roles(request, seat, roles, count);
}

enum error handle_members_clear_roles(struct request *request, const struct seat *seat)
{
	return set_roles(request, seat, NULL, 0);
}

/* ---- invitations ---- */

enum error handle_invitations_list(struct request *request, const struct seat *seat)
{
	struct membership_invitation *all = NULL;
	size_t count = 0;
	enum error error = ERROR_NONE;
	if (!request->access.standing.membership_id) /* a token for a brand account sees nothing else of its user */
		error = membership_invitation_list(request->db, request->arena, seat->user_id, &all, &count);
	if (error)
		return error;
	struct json_out *json = respond_json(request, 200);
	json_out_array_begin(json);
	for (size_t i = 0; i < count; i++) {
		json_out_object_begin(json);
		json_out_key_id(json, "id", all[i].membership_id);
		json_out_key_time_ms(json, "invited_at", all[i].invited_us);
		json_out_key(json, "organisation");
		organisation_write_json(json, &all[i].organisation);
		json_out_object_end(json);
	}
	json_out_array_end(json);
	return ERROR_NONE;
}

static enum error answer_invitation(struct request *request, const struct seat *seat, bool accepts)
{
	if (request->access.standing.membership_id)
		return problem(request, PROBLEM_NOT_FOUND, (struct str){ 0 });
	enum error error = membership_answer_invitation(request->db, request->arena, seat->user_id, parameter_path_id(request, 0),
		accepts, AUDIT_API, &request->error_message);
	if (!error)
		respond_empty(request, 204);
	return error;
}

enum error handle_invitations_accept(struct request *request, const struct seat *seat)
{
	return answer_invitation(request, seat, true);
}

enum error handle_invitations_decline(struct request *request, const struct seat *seat)
{
	return answer_invitation(request, seat, false);
}
