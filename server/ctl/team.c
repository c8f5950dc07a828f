/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * comptoir team: which members conversations are given to together. */
#include "server/action/team.h"

#include "server/ctl/nouns.h"
#include "server/ctl/org_find.h"

#include "base/json_out.h"

static enum error find_team(struct invocation *invocation, const struct organisation *organisation, struct team *ret_team)
{
	const char *name = invocation->arguments[1];
	enum error error = team_find_by_name(ctl_db(invocation), invocation->arena, organisation->id, str_from(name), ret_team);
	if (error == ERROR_NOT_FOUND)
		return ctl_fail(error, "there is no team '%s'; `comptoir team list %.*s` shows them", name, STR_ARG(organisation->slug));
	return error ? ctl_fail(error, "%s", error_text(error)) : ERROR_NONE;
}

static enum error run_add(struct invocation *invocation)
{
	struct organisation organisation;
	struct str message = { 0 };
	int64_t team_id;
	enum error error = org_open(invocation, &organisation);
	if (error)
		return error;
	error = team_found(ctl_db(invocation), invocation->arena, organisation.id, str_from(invocation->arguments[1]), &ctl_author,
		&team_id, &message);
	return error ? ctl_fail_with(error, message) : ERROR_NONE;
}

static enum error run_remove(struct invocation *invocation)
{
	struct organisation organisation;
	struct team team;
	struct str message = { 0 };
	enum error error = org_open(invocation, &organisation);
	if (!error)
		error = find_team(invocation, &organisation, &team);
	if (error)
		return error;
	error = team_end(ctl_db(invocation), invocation->arena, organisation.id, team.id, &ctl_author, &message);
	return error ? ctl_fail_with(error, message) : ERROR_NONE;
}

typedef enum error (*place_deed)(struct db *db, struct arena *arena, int64_t organisation_id, int64_t team_id, int64_t membership_id,
	const struct audit_author *author, struct str *ret_message);

static enum error change_place(struct invocation *invocation, place_deed deed)
{
	struct organisation organisation;
	struct membership membership;
	struct team team;
	struct str message = { 0 };
	enum error error = org_open(invocation, &organisation);
	if (!error)
		error = find_team(invocation, &organisation, &team);
	if (!error)
		error = org_find_member(invocation, &organisation, invocation->arguments[2], &membership);
	if (error)
		return error;
	error = deed(ctl_db(invocation), invocation->arena, organisation.id, team.id, membership.id, &ctl_author, &message);
	if (error == ERROR_NOT_FOUND)
		return ctl_fail(error, "%s is not in that team, or no active member", invocation->arguments[2]);
	return error ? ctl_fail_with(error, message) : ERROR_NONE;
}

static enum error run_join(struct invocation *invocation)
{
	return change_place(invocation, team_join);
}

static enum error run_leave(struct invocation *invocation)
{
	return change_place(invocation, team_leave);
}

struct roster {
	struct team *teams;
	struct team_place *places;
	struct membership *members;
	size_t team_count, place_count, member_count;
};

static enum error read_roster(struct invocation *invocation, const struct organisation *organisation, struct roster *roster)
{
	struct db *db = ctl_db(invocation);
	enum error error = team_list(db, invocation->arena, organisation->id, &roster->teams, &roster->team_count);
	if (!error)
		error = team_list_places(db, invocation->arena, organisation->id, &roster->places, &roster->place_count);
	if (!error)
		error = membership_list(db, invocation->arena, organisation->id, &roster->members, &roster->member_count);
	return error ? ctl_fail(error, "%s", error_text(error)) : ERROR_NONE;
}

static bool is_in(const struct roster *roster, int64_t team_id, int64_t membership_id)
{
	for (size_t i = 0; i < roster->place_count; i++)
		if (roster->places[i].team_id == team_id && roster->places[i].membership_id == membership_id)
			return true;
	return false;
}

static void write_json(struct buf *out, const struct roster *roster)
{
	struct json_out json;
	json_out_init(&json, out);
	json_out_array_begin(&json);
	for (size_t i = 0; i < roster->team_count; i++) {
		json_out_object_begin(&json);
		json_out_key_id(&json, "id", roster->teams[i].id);
		json_out_key_str(&json, "name", roster->teams[i].name);
		json_out_key_array_begin(&json, "members");
		for (size_t j = 0; j < roster->member_count; j++)
			if (is_in(roster, roster->teams[i].id, roster->members[j].id))
				json_out_str(&json, roster->members[j].username);
		json_out_array_end(&json);
		json_out_object_end(&json);
	}
	json_out_array_end(&json);
	buf_add_char(out, '\n');
}

static void write_table(struct invocation *invocation, struct buf *out, const struct roster *roster)
{
	struct ctl_table table;
	ctl_table_init(&table, invocation->arena, 2);
	for (size_t i = 0; i < roster->team_count; i++) {
		struct str names = STR("");
		for (size_t j = 0; j < roster->member_count; j++)
			if (is_in(roster, roster->teams[i].id, roster->members[j].id))
				names = arena_printf(invocation->arena, "%.*s%s%.*s", STR_ARG(names), names.len ? ", " : "",
					STR_ARG(roster->members[j].username));
		ctl_table_add(&table, roster->teams[i].name);
		ctl_table_add(&table, names);
	}
	ctl_table_write(&table, out);
}

static enum error run_list(struct invocation *invocation)
{
	AUTO(buf) struct buf out = { 0 };
	struct organisation organisation;
	struct roster roster;
	enum error error = org_open(invocation, &organisation);
	if (!error)
		error = read_roster(invocation, &organisation, &roster);
	if (error)
		return error;
	if (invocation->is_json)
		write_json(&out, &roster);
	else
		write_table(invocation, &out, &roster);
	return ctl_print(&out);
}

const struct command command_team_list = {
	.noun = "team",
	.verb = "list",
	.arguments = "SLUG",
	.min_arguments = 1,
	.max_arguments = 1,
	.flags = COMMAND_HAS_JSON,
	.summary = "Lists the teams of an organisation and who is in them",
	.details = "Example:\n  comptoir team list fleurs\n",
	.run = run_list,
};

const struct command command_team_add = {
	.noun = "team",
	.verb = "add",
	.arguments = "SLUG TEAM",
	.min_arguments = 2,
	.max_arguments = 2,
	.summary = "Makes a team",
	.details = "Example:\n  comptoir team add fleurs Livraisons\n",
	.run = run_add,
};

const struct command command_team_remove = {
	.noun = "team",
	.verb = "remove",
	.arguments = "SLUG TEAM",
	.min_arguments = 2,
	.max_arguments = 2,
	.summary = "Removes a team; what was given to it is nobody's then",
	.details = "Example:\n  comptoir team remove fleurs Livraisons\n",
	.run = run_remove,
};

const struct command command_team_join = {
	.noun = "team",
	.verb = "join",
	.arguments = "SLUG TEAM NAME",
	.min_arguments = 3,
	.max_arguments = 3,
	.summary = "Puts a member into a team",
	.details = "Example:\n  comptoir team join fleurs Livraisons luc\n",
	.run = run_join,
};

const struct command command_team_leave = {
	.noun = "team",
	.verb = "leave",
	.arguments = "SLUG TEAM NAME",
	.min_arguments = 3,
	.max_arguments = 3,
	.summary = "Takes a member out of a team",
	.details = "Example:\n  comptoir team leave fleurs Livraisons luc\n",
	.run = run_leave,
};
