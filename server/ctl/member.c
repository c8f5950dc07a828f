/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * comptoir member: who belongs to an organisation, and what each may do. */
#include "server/action/membership.h"
#include "server/ctl/nouns.h"
#include "server/ctl/org_find.h"

#include "base/json_out.h"
#include "base/time_format.h"

static enum error read_grant(struct invocation *invocation, const struct organisation *organisation, struct grant_wanted *ret_wanted)
{
	struct grant_wanted wanted = {
		.role = str_from(option_value(invocation, "--role")),
		.permission = str_from(option_value(invocation, "--permission")),
	};
	if (wanted.role.len && wanted.permission.len)
		return ctl_fail(ERROR_BAD_REQUEST, "give either --role or --permission");
	enum error error = org_read_time(option_value(invocation, "--until"), &wanted.expires_us);
	if (!error)
		error = org_find_account(invocation, organisation, option_value(invocation, "--account"), &wanted.actor_id);
	if (!error)
		*ret_wanted = wanted;
	return error;
}

static enum error run_add(struct invocation *invocation)
{
	struct organisation organisation;
	struct grant_wanted wanted;
	struct str message = { 0 };
	int64_t user_id;
	enum error error = org_open(invocation, &organisation);
	if (!error)
		error = read_grant(invocation, &organisation, &wanted);
	if (!error)
		error = org_find_user(invocation, invocation->arguments[1], &user_id);
	if (error)
		return error;
	error = membership_add(ctl_db(invocation), invocation->arena, organisation.id, user_id, MEMBERSHIP_ACTIVE, &ctl_author,
		&wanted.membership_id, &message);
	if (!error && (wanted.role.len || wanted.permission.len))
		error = membership_grant(ctl_db(invocation), invocation->arena, organisation.id, &wanted, &ctl_author, &message);
	return error ? ctl_fail_with(error, message) : ERROR_NONE;
}

static enum error change(struct invocation *invocation, enum membership_state state)
{
	struct organisation organisation;
	struct membership membership;
	struct str message = { 0 };
	enum error error = org_open(invocation, &organisation);
	if (!error)
		error = org_find_member(invocation, &organisation, invocation->arguments[1], &membership);
	if (error)
		return error;
	error = membership_change(ctl_db(invocation), invocation->arena, organisation.id, membership.id, state, &ctl_author, &message);
	return error ? ctl_fail_with(error, message) : ERROR_NONE;
}

static enum error run_remove(struct invocation *invocation)
{
	return change(invocation, MEMBERSHIP_LEFT);
}

static enum error run_suspend(struct invocation *invocation)
{
	return change(invocation, MEMBERSHIP_SUSPENDED);
}

static enum error run_restore(struct invocation *invocation)
{
	return change(invocation, MEMBERSHIP_ACTIVE);
}

static enum error run_grant(struct invocation *invocation)
{
	struct organisation organisation;
	struct membership membership;
	struct grant_wanted wanted;
	struct str message = { 0 };
	enum error error = org_open(invocation, &organisation);
	if (!error)
		error = org_find_member(invocation, &organisation, invocation->arguments[1], &membership);
	if (!error)
		error = read_grant(invocation, &organisation, &wanted);
	if (error)
		return error;
	if (!wanted.role.len && !wanted.permission.len)
		return ctl_fail(ERROR_BAD_REQUEST, "give --role or --permission; `comptoir role list` shows both");
	wanted.membership_id = membership.id;
	error = membership_grant(ctl_db(invocation), invocation->arena, organisation.id, &wanted, &ctl_author, &message);
	return error ? ctl_fail_with(error, message) : ERROR_NONE;
}

static bool is_meant(const struct grant *grant, const struct grant_wanted *wanted, int64_t membership_id)
{
	struct str name = grant->permission.data ? grant->permission : grant->role_name;
	struct str meant = grant->permission.data ? wanted->permission : wanted->role;
	return grant->membership_id == membership_id && str_eq(name, meant) && grant->actor_id == wanted->actor_id;
}

static enum error run_withdraw(struct invocation *invocation)
{
	struct organisation organisation;
	struct membership membership;
	struct grant_wanted wanted;
	struct grant *grants;
	size_t count;
	struct str message = { 0 };
	enum error error = org_open(invocation, &organisation);
	if (!error)
		error = org_find_member(invocation, &organisation, invocation->arguments[1], &membership);
	if (!error)
		error = read_grant(invocation, &organisation, &wanted);
	if (error)
		return error;
	error = grant_list(ctl_db(invocation), invocation->arena, organisation.id, &grants, &count);
	for (size_t i = 0; i < count && !error; i++) {
		if (!is_meant(&grants[i], &wanted, membership.id))
			continue;
		error = membership_withdraw(ctl_db(invocation), invocation->arena, organisation.id, membership.id, grants[i].id,
			&ctl_author, &message);
		return error ? ctl_fail_with(error, message) : ERROR_NONE;
	}
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	return ctl_fail(ERROR_NOT_FOUND, "%s was not given that; `comptoir member list %s` shows what was", invocation->arguments[1],
		invocation->arguments[0]);
}

static struct str describe(struct arena *arena, const struct grant *grant)
{
	struct str text = grant->permission.data ? grant->permission : grant->role_name;
	if (grant->actor_id)
		text = arena_printf(arena, "%.*s for %lld", STR_ARG(text), (long long)grant->actor_id);
	if (grant->expires_us)
		text = arena_printf(arena, "%.*s until %.*s", STR_ARG(text), STR_ARG(time_iso8601_ms(arena, grant->expires_us)));
	if (grant->waits_for_second_factor)
		text = arena_printf(arena, "%.*s (waits for the second factor)", STR_ARG(text));
	return text;
}

static void write_table(struct invocation *invocation, struct buf *out, const struct membership *members, size_t member_count,
	const struct grant *grants, size_t grant_count)
{
	struct ctl_table table;
	struct arena *arena = invocation->arena;
	ctl_table_init(&table, arena, 3);
	for (size_t i = 0; i < member_count; i++) {
		struct str rights = { 0 };
		for (size_t j = 0; j < grant_count; j++)
			if (grants[j].membership_id == members[i].id)
				rights = rights.len ? arena_printf(arena, "%.*s, %.*s", STR_ARG(rights),
					STR_ARG(describe(arena, &grants[j]))) : describe(arena, &grants[j]);
		ctl_table_add(&table, arena_printf(arena, "@%.*s@%.*s", STR_ARG(members[i].username), STR_ARG(members[i].domain)));
		ctl_table_add(&table, str_from(membership_state_name(members[i].state)));
		ctl_table_add(&table, rights.len ? rights : STR_LITERAL("-"));
	}
	ctl_table_write(&table, out);
}

static void write_grant_json(struct json_out *json, const struct grant *grant)
{
	json_out_object_begin(json);
	json_out_key_id(json, "id", grant->id);
	json_out_key_str(json, grant->permission.data ? "permission" : "role",
		grant->permission.data ? grant->permission : grant->role_name);
	if (grant->actor_id)
		json_out_key_id(json, "account_id", grant->actor_id);
	if (grant->expires_us)
		json_out_key_time_ms(json, "expires_at", grant->expires_us);
	json_out_key_bool(json, "waits_for_second_factor", grant->waits_for_second_factor);
	json_out_object_end(json);
}

static void write_json(struct buf *out, const struct membership *members, size_t member_count, const struct grant *grants,
	size_t grant_count)
{
	struct json_out json;
	json_out_init(&json, out);
	json_out_array_begin(&json);
	for (size_t i = 0; i < member_count; i++) {
		json_out_object_begin(&json);
		json_out_key_id(&json, "id", members[i].id);
		json_out_key_str(&json, "username", members[i].username);
		json_out_key_str(&json, "domain", members[i].domain);
		json_out_key_c_string(&json, "state", membership_state_name(members[i].state));
		json_out_key_bool(&json, "has_second_factor", members[i].has_second_factor);
		json_out_key(&json, "grants");
		json_out_array_begin(&json);
		for (size_t j = 0; j < grant_count; j++)
			if (grants[j].membership_id == members[i].id)
				write_grant_json(&json, &grants[j]);
		json_out_array_end(&json);
		json_out_object_end(&json);
	}
	json_out_array_end(&json);
	buf_add_char(out, '\n');
}

static enum error run_list(struct invocation *invocation)
{
	AUTO(buf) struct buf out = { 0 };
	struct organisation organisation;
	struct membership *members;
	struct grant *grants;
	size_t member_count, grant_count;
	enum error error = org_open(invocation, &organisation);
	if (error)
		return error;
	error = membership_list(ctl_db(invocation), invocation->arena, organisation.id, &members, &member_count);
	if (!error)
		error = grant_list(ctl_db(invocation), invocation->arena, organisation.id, &grants, &grant_count);
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	if (invocation->is_json)
		write_json(&out, members, member_count, grants, grant_count);
	else
		write_table(invocation, &out, members, member_count, grants, grant_count);
	return ctl_print(&out);
}

static const struct command_option grant_options[] = {
	{ "--role", "ROLE", "A role by its name.", false },
	{ "--permission", "PERMISSION", "One permission by its name, as account.speak.", false },
	{ "--account", "NAME", "For this account only.", false },
	{ "--until", "TIME", "When it ends; default: never.", false },
	{ NULL, NULL, NULL, false },
};

static const struct command_option withdraw_options[] = {
	{ "--role", "ROLE", "A role by its name.", false },
	{ "--permission", "PERMISSION", "One permission by its name.", false },
	{ "--account", "NAME", "What was given for this account only.", false },
	{ NULL, NULL, NULL, false },
};

#define MEMBER_COMMAND(name, verb_word, run_function, summary_text, details_text, option_list)          \
	const struct command command_member_##name = {                                                  \
		.noun = "member",                                                                       \
		.verb = verb_word,                                                                      \
		.arguments = "SLUG NAME",                                                               \
		.min_arguments = 2,                                                                     \
		.max_arguments = 2,                                                                     \
		.summary = summary_text,                                                                \
		.details = details_text,                                                                \
		.options = option_list,                                                                 \
		.run = run_function,                                                                    \
	}

MEMBER_COMMAND(add, "add", run_add, "Makes a person of this server a member",
	"Example:\n  comptoir member add fleurs luc --role writer --until 2027-01-31\n", grant_options);
MEMBER_COMMAND(remove, "remove", run_remove, "Ends a membership and all that was given with it",
	"Takes effect at once: the next request of an app that speaks for the organisation is refused.\n"
	"\nExample:\n  comptoir member remove fleurs luc\n", NULL);
MEMBER_COMMAND(suspend, "suspend", run_suspend, "Makes a membership rest, with all that was given with it",
	"Example:\n  comptoir member suspend fleurs luc\n", NULL);
MEMBER_COMMAND(restore, "restore", run_restore, "Ends the rest of a membership",
	"Example:\n  comptoir member restore fleurs luc\n", NULL);
MEMBER_COMMAND(grant, "grant", run_grant, "Gives a member a role or a permission",
	"Examples:\n  comptoir member grant fleurs luc --role agent\n"
	"  comptoir member grant fleurs luc --permission account.speak --account fleurs-support --until 2027-01-31\n",
	grant_options);
MEMBER_COMMAND(withdraw, "withdraw", run_withdraw, "Takes a role or a permission from a member",
	"Example:\n  comptoir member withdraw fleurs luc --role agent\n", withdraw_options);

const struct command command_member_list = {
	.noun = "member",
	.verb = "list",
	.arguments = "SLUG",
	.min_arguments = 1,
	.max_arguments = 1,
	.flags = COMMAND_HAS_JSON,
	.summary = "Lists the members and what each was given",
	.details = "Example:\n  comptoir member list fleurs\n",
	.run = run_list,
};
