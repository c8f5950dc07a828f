/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * comptoir account move, and the aliases without which nobody can move here. */
#include "server/action/account_end.h"
#include "server/action/profile.h"
#include "server/ctl/account_find.h"
#include "server/ctl/nouns.h"

#include "federation/federation.h"
#include "federation/resolve.h"

#include "storage/wake.h"

#include <string.h>

static enum error read_other(struct invocation *invocation, struct federation *federation, const char *text,
	struct actor *ret_actor)
{
	struct db *db = ctl_db(invocation);
	struct str given = str_from(text);
	enum error error = ERROR_NONE;
	if (str_index_of_str(given, STR_LITERAL("://")) == given.len) {
		error = resolve_handle(federation, db, invocation->arena, given, ret_actor);
		if (!error && ret_actor->is_local)
			return ERROR_NONE;
		given = ret_actor->uri;
	}
	return error ? error : resolve_actor(federation, db, invocation->arena, given, 0, ret_actor);
}

/* The actor as its own server describes it now. A name without domain is one of ours. */
static enum error resolve_other(struct invocation *invocation, const char *text, struct actor *ret_actor)
{
	struct federation *federation = NULL;
	struct str message = { 0 };
	if (!strchr(text, '/') && !strchr(text[0] ? text + 1 : text, '@'))
		return account_find_any(invocation, text, ret_actor);
	enum error error =
		federation_start(ctl_config(invocation), ctl_secret_box(invocation), false, invocation->arena, &federation, &message);
	if (error)
		return ctl_fail_with(error, message);
	error = read_other(invocation, federation, text, ret_actor);
	federation_stop(&federation);
	return error ? ctl_fail(error, "%s could not be read: %s", text, error_text(error)) : ERROR_NONE;
}

static enum error run_move(struct invocation *invocation)
{
	struct actor actor;
	struct actor target;
	struct str message = { 0 };
	const char *to = option_value(invocation, "--to");
	if (!to)
		return ctl_fail(ERROR_BAD_REQUEST, "--to says where to: NAME@DOMAIN or an id");
	enum error error = account_open(invocation);
	if (!error)
		error = account_find_local(invocation, &actor);
	if (!error)
		error = resolve_other(invocation, to, &target);
	if (!error && !option_is_given(invocation, "--yes"))
		error = ctl_fail(ERROR_BAD_REQUEST, "this cannot be undone: add --yes to send the followers of %.*s to %.*s",
			STR_ARG(account_handle(invocation->arena, &actor)), STR_ARG(account_handle(invocation->arena, &target)));
	if (!error)
		error = wake_start(ctl_config(invocation));
	if (error)
		return error;
	error = account_move(ctl_db(invocation), invocation->arena, actor.id, target.id, &message);
	wake_stop();
	if (error)
		return ctl_fail_with(error, message);
	AUTO(buf) struct buf out = { 0 };
	buf_add_printf(&out, "%.*s has moved to %.*s\n", STR_ARG(account_handle(invocation->arena, &actor)),
		STR_ARG(account_handle(invocation->arena, &target)));
	return ctl_print(&out);
}

/* An id as it is; a handle by the account behind it. */
static enum error alias_uri(struct invocation *invocation, struct str *ret_uri)
{
	struct actor other;
	struct str given = str_from(invocation->arguments[1]);
	if (str_index_of_str(given, STR_LITERAL("://")) < given.len) {
		*ret_uri = given;
		return ERROR_NONE;
	}
	enum error error = resolve_other(invocation, invocation->arguments[1], &other);
	if (!error)
		*ret_uri = other.uri;
	return error;
}

static enum error change_alias(struct invocation *invocation, bool is_added)
{
	struct actor actor;
	struct str uri;
	enum error error = account_open(invocation);
	if (!error)
		error = account_find_local(invocation, &actor);
	if (!error)
		error = alias_uri(invocation, &uri);
	if (!error)
		error = wake_start(ctl_config(invocation));
	if (error)
		return error;
	error = is_added ? profile_add_alias(ctl_db(invocation), invocation->arena, actor.id, uri)
			 : profile_remove_alias(ctl_db(invocation), invocation->arena, actor.id, uri);
	wake_stop();
	if (error == ERROR_UNPROCESSABLE)
		return ctl_fail(error, "an alias is the id (https://...) of another account, and there are at most %d",
			ACTOR_ALSO_KNOWN_AS_MAX);
	if (error == ERROR_NOT_FOUND)
		return ctl_fail(error, "the account has no alias %.*s", STR_ARG(uri));
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	AUTO(buf) struct buf out = { 0 };
	buf_add_printf(&out, "%.*s is %s also known as %.*s\n", STR_ARG(account_handle(invocation->arena, &actor)),
		is_added ? "now" : "no longer", STR_ARG(uri));
	return ctl_print(&out);
}

static enum error run_add_alias(struct invocation *invocation)
{
	return change_alias(invocation, true);
}

static enum error run_remove_alias(struct invocation *invocation)
{
	return change_alias(invocation, false);
}

static enum error run_list_aliases(struct invocation *invocation)
{
	struct actor actor;
	const struct str *uris = NULL;
	enum error error = account_open(invocation);
	if (!error)
		error = account_find_local(invocation, &actor);
	if (error)
		return error;
	size_t count = profile_list_aliases(invocation->arena, &actor, &uris);
	AUTO(buf) struct buf out = { 0 };
	struct json_out json;
	struct ctl_table table;
	if (invocation->is_json) {
		json_out_init(&json, &out);
		json_out_array_begin(&json);
		for (size_t i = 0; i < count; i++)
			json_out_str(&json, uris[i]);
		json_out_array_end(&json);
		buf_add_char(&out, '\n');
		return ctl_print(&out);
	}
	ctl_table_init(&table, invocation->arena, 1);
	for (size_t i = 0; i < count; i++)
		ctl_table_add(&table, uris[i]);
	ctl_table_write(&table, &out);
	return ctl_print(&out);
}

static const struct command_option move_options[] = {
	{ "--to", "HANDLE", "Where to: NAME@DOMAIN, or the id of the account (https://...).", false },
	{ "--yes", NULL, "Says that you mean it.", false },
	{ NULL, NULL, NULL, false },
};

const struct command command_account_move = {
	.noun = "account",
	.verb = "move",
	.arguments = "NAME[@DOMAIN]",
	.min_arguments = 1,
	.max_arguments = 1,
	.summary = "Tells the followers of an account that it speaks elsewhere now",
	.details = "The other account must name this one among its aliases. Followers whose servers understand it follow the\n"
		"other one instead. Posts stay here. Once in 30 days.\n"
		"\nExample:\n"
		"  comptoir account move marie --to marie@elsewhere.example --yes\n",
	.options = move_options,
	.run = run_move,
};

const struct command command_account_add_alias = {
	.noun = "account",
	.verb = "add-alias",
	.arguments = "NAME[@DOMAIN] OTHER",
	.min_arguments = 2,
	.max_arguments = 2,
	.summary = "Lets another account of the same person move here",
	.details = "OTHER is its id (https://...) or NAME@DOMAIN.\n"
		"\nExample:\n"
		"  comptoir account add-alias marie https://elsewhere.example/users/marie\n",
	.run = run_add_alias,
};

const struct command command_account_remove_alias = {
	.noun = "account",
	.verb = "remove-alias",
	.arguments = "NAME[@DOMAIN] OTHER",
	.min_arguments = 2,
	.max_arguments = 2,
	.summary = "Takes an alias back",
	.details = "Example:\n  comptoir account remove-alias marie https://elsewhere.example/users/marie\n",
	.run = run_remove_alias,
};

const struct command command_account_list_aliases = {
	.noun = "account",
	.verb = "list-aliases",
	.arguments = "NAME[@DOMAIN]",
	.min_arguments = 1,
	.max_arguments = 1,
	.flags = COMMAND_HAS_JSON,
	.summary = "Lists the ids under which an account is known elsewhere",
	.details = "Example:\n  comptoir account list-aliases marie --json\n",
	.run = run_list_aliases,
};
