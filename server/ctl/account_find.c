/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Finds accounts, and says how to find them when there is none. */
#include "server/ctl/account_find.h"

#include "storage/domain.h"

enum error account_open(struct invocation *invocation)
{
	enum error error = ctl_open_config(invocation);
	if (!error)
		error = ctl_open_database(invocation, true);
	return error ? error : ctl_open_instance(invocation);
}

struct str account_handle(struct arena *arena, const struct actor *actor)
{
	return arena_printf(arena, "@%.*s@%.*s", STR_ARG(actor->username), STR_ARG(actor->domain));
}

/* Without domain the primary one is meant. */
static enum error split_handle(struct invocation *invocation, struct str handle, struct str *ret_name, struct str *ret_domain)
{
	if (handle.len && handle.data[0] == '@')
		handle = str_slice(handle, 1, handle.len);
	size_t at = str_index_of(handle, '@', 0);
	*ret_name = str_slice(handle, 0, at);
	*ret_domain = str_slice(handle, at + 1, handle.len);
	if (at < handle.len)
		return ERROR_NONE;
	struct domain primary;
	enum error error = domain_find_primary(ctl_db(invocation), invocation->arena, &primary);
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	*ret_domain = primary.name;
	return ERROR_NONE;
}

enum error account_find_local(struct invocation *invocation, struct actor *ret_actor)
{
	struct str name;
	struct str domain;
	enum error error = split_handle(invocation, str_from(invocation->arguments[0]), &name, &domain);
	if (error)
		return error;
	error = actor_find_local(ctl_db(invocation), invocation->arena, name, domain, ret_actor);
	if (error == ERROR_NOT_FOUND)
		return ctl_fail(error, "there is no account %s here; `comptoir account list` shows them all", invocation->arguments[0]);
	return error ? ctl_fail(error, "%s", error_text(error)) : ERROR_NONE;
}

enum error account_find_any(struct invocation *invocation, const char *text, struct actor *ret_actor)
{
	struct str name;
	struct str domain;
	struct str given = str_from(text);
	enum error error = ERROR_NONE;
	if (str_index_of_str(given, STR_LITERAL("://")) < given.len) {
		error = actor_find_by_uri(ctl_db(invocation), invocation->arena, given, ret_actor);
	} else {
		error = split_handle(invocation, given, &name, &domain);
		if (error)
			return error;
		error = actor_find_by_handle(ctl_db(invocation), invocation->arena, name, domain, ret_actor);
	}
	if (error == ERROR_NOT_FOUND)
		return ctl_fail(error, "%s is not known here", text);
	return error ? ctl_fail(error, "%s", error_text(error)) : ERROR_NONE;
}
