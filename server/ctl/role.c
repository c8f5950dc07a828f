/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * comptoir role: the roles, and the matrix of what each allows. */
#include "server/action/membership.h"
#include "server/ctl/account_find.h"
#include "server/ctl/nouns.h"
#include "server/ctl/org_find.h"

#include "base/json_out.h"

/* Of an organisation when one is named, else those that come with the program. */
static enum error load_roles(struct invocation *invocation, struct role **ret_roles, size_t *ret_count)
{
	struct organisation organisation = { 0 };
	enum error error = invocation->argument_count ? org_open(invocation, &organisation) : account_open(invocation);
	if (error)
		return error;
	error = role_list(ctl_db(invocation), invocation->arena, organisation.id, ret_roles, ret_count);
	return error ? ctl_fail(error, "%s", error_text(error)) : ERROR_NONE;
}

static void write_json(struct buf *out, const struct role *roles, size_t count)
{
	struct json_out json;
	json_out_init(&json, out);
	json_out_array_begin(&json);
	for (size_t i = 0; i < count; i++) {
		json_out_object_begin(&json);
		json_out_key_str(&json, "name", roles[i].name);
		json_out_key_bool(&json, "is_own", roles[i].organisation_id != 0);
		json_out_key_bool(&json, "demands_second_factor", roles[i].demands_second_factor);
		json_out_key(&json, "permissions");
		json_out_object_begin(&json);
		for (int p = 0; p < PERMISSION_COUNT; p++)
			if (rights_allow_own(roles[i].rights, (enum permission)p))
				json_out_key_c_string(&json, permission_name((enum permission)p),
					rights_allow(roles[i].rights, (enum permission)p) ? "all" : "own");
		json_out_object_end(&json);
		json_out_object_end(&json);
	}
	json_out_array_end(&json);
	buf_add_char(out, '\n');
}

static void write_matrix(struct invocation *invocation, struct buf *out, const struct role *roles, size_t count)
{
	struct ctl_table table;
	ctl_table_init(&table, invocation->arena, count + 1);
	ctl_table_add(&table, STR_LITERAL("permission"));
	for (size_t i = 0; i < count; i++)
		ctl_table_add(&table, roles[i].demands_second_factor ? arena_printf(invocation->arena, "%.*s*",
			STR_ARG(roles[i].name)) : roles[i].name);
	for (int p = 0; p < PERMISSION_COUNT; p++) {
		ctl_table_add(&table, str_from(permission_name((enum permission)p)));
		for (size_t i = 0; i < count; i++)
			ctl_table_add(&table, rights_allow(roles[i].rights, (enum permission)p) ? STR_LITERAL("yes") :
				rights_allow_own(roles[i].rights, (enum permission)p) ? STR_LITERAL("own") : STR_LITERAL("-"));
	}
	ctl_table_write(&table, out);
	buf_add_c_string(out, "own: only what the member made, or what is assigned to them. *: only with a second factor.\n");
}

static enum error run_list(struct invocation *invocation)
{
	AUTO(buf) struct buf out = { 0 };
	struct role *roles;
	size_t count;
	enum error error = load_roles(invocation, &roles, &count);
	if (error)
		return error;
	if (invocation->is_json)
		write_json(&out, roles, count);
	else
		write_matrix(invocation, &out, roles, count);
	return ctl_print(&out);
}

static enum error read_permissions(struct invocation *invocation, const char *option, uint64_t *ret_set)
{
	struct str words = str_from(option_value(invocation, option)), word;
	while (str_split_next(&words, ',', &word)) {
		enum permission permission;
		if (!permission_from_name(word, &permission))
			return ctl_fail(ERROR_BAD_REQUEST, "there is no permission '%.*s'; `comptoir role list` shows them all",
				STR_ARG(word));
		*ret_set |= PERMISSION_BIT(permission);
	}
	return ERROR_NONE;
}

static enum error run_create(struct invocation *invocation)
{
	struct organisation organisation;
	struct role role = { .name = str_from(invocation->arguments[1]) };
	struct str message = { 0 };
	enum error error = read_permissions(invocation, "--permissions", &role.rights.all);
	if (!error)
		error = read_permissions(invocation, "--own", &role.rights.own);
	if (!error && !role.rights.all && !role.rights.own)
		error = ctl_fail(ERROR_BAD_REQUEST, "give --permissions; `comptoir role list` shows them all");
	if (!error)
		error = org_open(invocation, &organisation);
	if (error)
		return error;
	error = role_define(ctl_db(invocation), invocation->arena, organisation.id, &role, &ctl_author, &message);
	return error ? ctl_fail_with(error, message) : ERROR_NONE;
}

static enum error say_role(struct invocation *invocation, enum error error, struct str message)
{
	if (error == ERROR_NOT_FOUND)
		return ctl_fail(error, "there is no role '%s'; `comptoir role list %s` shows them", invocation->arguments[1],
			invocation->arguments[0]);
	return error ? ctl_fail_with(error, message) : ERROR_NONE;
}

static enum error run_remove(struct invocation *invocation)
{
	struct organisation organisation;
	struct str message = { 0 };
	enum error error = org_open(invocation, &organisation);
	if (error)
		return error;
	error = role_undefine(ctl_db(invocation), invocation->arena, organisation.id, str_from(invocation->arguments[1]), &ctl_author,
		&message);
	return say_role(invocation, error, message);
}

static enum error demand(struct invocation *invocation, bool demands)
{
	struct organisation organisation;
	struct str message = { 0 };
	enum error error = org_open(invocation, &organisation);
	if (error)
		return error;
	error = role_demand_second_factor(ctl_db(invocation), invocation->arena, organisation.id, str_from(invocation->arguments[1]),
		demands, &ctl_author, &message);
	return say_role(invocation, error, message);
}

static enum error run_demand(struct invocation *invocation)
{
	return demand(invocation, true);
}

static enum error run_waive(struct invocation *invocation)
{
	return demand(invocation, false);
}

const struct command command_role_list = {
	.noun = "role",
	.verb = "list",
	.arguments = "[SLUG]",
	.max_arguments = 1,
	.flags = COMMAND_HAS_JSON,
	.summary = "Prints what each role allows",
	.details = "Without SLUG the roles that come with the program.\n\nExample:\n  comptoir role list fleurs\n",
	.run = run_list,
};

static const struct command_option create_options[] = {
	{ "--permissions", "LIST", "With commas between.", false },
	{ "--own", "LIST", "What counts for the member's own things only.", false },
	{ NULL, NULL, NULL, false },
};

const struct command command_role_create = {
	.noun = "role",
	.verb = "create",
	.arguments = "SLUG ROLE",
	.min_arguments = 2,
	.max_arguments = 2,
	.summary = "Adds a role to an organisation",
	.details = "Example:\n  comptoir role create fleurs night-shift --permissions inbox.read,inbox.reply --own inbox.assign\n",
	.options = create_options,
	.run = run_create,
};

const struct command command_role_remove = {
	.noun = "role",
	.verb = "remove",
	.arguments = "SLUG ROLE",
	.min_arguments = 2,
	.max_arguments = 2,
	.summary = "Removes a role of an organisation's own from all who have it",
	.details = "Example:\n  comptoir role remove fleurs night-shift\n",
	.run = run_remove,
};

const struct command command_role_demand = {
	.noun = "role",
	.verb = "demand-second-factor",
	.arguments = "SLUG ROLE",
	.min_arguments = 2,
	.max_arguments = 2,
	.summary = "Lets a role count only for members whose second factor is on",
	.details = "Example:\n  comptoir role demand-second-factor fleurs owner\n",
	.run = run_demand,
};

const struct command command_role_waive = {
	.noun = "role",
	.verb = "waive-second-factor",
	.arguments = "SLUG ROLE",
	.min_arguments = 2,
	.max_arguments = 2,
	.summary = "Lets a role count for all members who have it",
	.details = "Example:\n  comptoir role waive-second-factor fleurs owner\n",
	.run = run_waive,
};
