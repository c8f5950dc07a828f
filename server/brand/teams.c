/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Teams over the brand API. */
#include "server/brand/teams.h"

#include "server/action/team.h"
#include "server/brand/organisation_json.h"
#include "server/brand/problem.h"
#include "server/mastodon/parameters.h"

enum error handle_teams_list(struct request *request, const struct seat *seat)
{
	struct team *teams;
	struct team_place *places;
	size_t team_count, place_count;
	enum error error = team_list(request->db, request->arena, seat->organisation.id, &teams, &team_count);
	if (!error)
		error = team_list_places(request->db, request->arena, seat->organisation.id, &places, &place_count);
	if (error)
		return error;
	struct json_out *json = respond_json(request, 200);
	json_out_array_begin(json);
	for (size_t i = 0; i < team_count; i++)
		team_write_json(json, &teams[i], places, place_count);
	json_out_array_end(json);
	return ERROR_NONE;
}

static enum error respond_team(struct request *request, const struct seat *seat, int status, int64_t team_id)
{
	struct team team;
	struct team_place *places;
	size_t count;
	enum error error = team_find(request->db, request->arena, seat->organisation.id, team_id, &team);
	if (!error)
		error = team_list_places(request->db, request->arena, seat->organisation.id, &places, &count);
	if (!error)
		team_write_json(respond_json(request, status), &team, places, count);
	return error;
}

enum error handle_teams_create(struct request *request, const struct seat *seat)
{
	int64_t team_id = 0;
	enum error error = seat_need(request, seat, PERMISSION_ORG_MEMBERS);
	if (!error)
		error = team_found(request->db, request->arena, seat->organisation.id, parameter_text(request, "name"), &seat->author,
			&team_id, &request->error_message);
	return error ? error : respond_team(request, seat, 201, team_id);
}

enum error handle_teams_change(struct request *request, const struct seat *seat)
{
	int64_t team_id = parameter_path_id(request, 1);
	enum error error = seat_need(request, seat, PERMISSION_ORG_MEMBERS);
	if (!error)
		error = team_change_name(request->db, request->arena, seat->organisation.id, team_id, parameter_text(request, "name"),
			&seat->author, &request->error_message);
	return error ? error : respond_team(request, seat, 200, team_id);
}

enum error handle_teams_delete(struct request *request, const struct seat *seat)
{
	enum error error = seat_need(request, seat, PERMISSION_ORG_MEMBERS);
	if (!error)
		error = team_end(request->db, request->arena, seat->organisation.id, parameter_path_id(request, 1), &seat->author,
			&request->error_message);
	if (!error)
		respond_empty(request, 204);
	return error;
}

enum error handle_teams_join(struct request *request, const struct seat *seat)
{
	int64_t team_id = parameter_path_id(request, 1);
	enum error error = seat_need(request, seat, PERMISSION_ORG_MEMBERS);
	if (!error)
		error = team_join(request->db, request->arena, seat->organisation.id, team_id, parameter_id(request, "member_id"),
			&seat->author, &request->error_message);
	return error ? error : respond_team(request, seat, 200, team_id);
}

/* Members leave by themselves. */
enum error handle_teams_leave(struct request *request, const struct seat *seat)
{
	int64_t team_id = parameter_path_id(request, 1), membership_id = parameter_path_id(request, 2);
	enum error error = membership_id == seat->membership_id ? ERROR_NONE : seat_need(request, seat, PERMISSION_ORG_MEMBERS);
	if (!error)
		error = team_leave(request->db, request->arena, seat->organisation.id, team_id, membership_id, &seat->author,
			&request->error_message);
	return error ? error : respond_team(request, seat, 200, team_id);
}
