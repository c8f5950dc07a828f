/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Finds what the commands of organisations are about, and says how to find it when it is not there. */
#include "server/ctl/org_find.h"

#include "server/ctl/account_find.h"
#include "storage/user.h"

#include "base/time_format.h"

#include <stdio.h>

const struct audit_author ctl_author = { .door = AUDIT_COMMAND };

enum error org_open(struct invocation *invocation, struct organisation *ret_organisation)
{
	enum error error = account_open(invocation);
	if (error)
		return error;
	error = organisation_find_by_slug(ctl_db(invocation), invocation->arena, str_from(invocation->arguments[0]), ret_organisation);
	if (error == ERROR_NOT_FOUND)
		return ctl_fail(error, "there is no organisation '%s'; `comptoir org list` shows them all", invocation->arguments[0]);
	return error ? ctl_fail(error, "%s", error_text(error)) : ERROR_NONE;
}

enum error org_find_user(struct invocation *invocation, const char *text, int64_t *ret_user_id)
{
	struct actor actor;
	struct user user;
	enum error error = account_find_any(invocation, text, &actor);
	if (error)
		return error;
	error = user_find_by_actor(ctl_db(invocation), invocation->arena, actor.id, &user);
	if (error == ERROR_NOT_FOUND)
		return ctl_fail(error, "nobody logs in as %s: members are people of this server", text);
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	*ret_user_id = user.id;
	return ERROR_NONE;
}

enum error org_find_member(struct invocation *invocation, const struct organisation *organisation, const char *text,
	struct membership *ret_membership)
{
	int64_t user_id;
	struct membership membership;
	enum error error = org_find_user(invocation, text, &user_id);
	if (error)
		return error;
	error = membership_find_by_user(ctl_db(invocation), invocation->arena, organisation->id, user_id, &membership);
	if (!error && membership.state == MEMBERSHIP_LEFT)
		error = ERROR_NOT_FOUND;
	if (error == ERROR_NOT_FOUND)
		return ctl_fail(error, "%s is no member of %.*s; `comptoir member list %.*s` shows them", text,
			STR_ARG(organisation->slug), STR_ARG(organisation->slug));
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	*ret_membership = membership;
	return ERROR_NONE;
}

enum error org_find_account(struct invocation *invocation, const struct organisation *organisation, const char *text,
	int64_t *ret_actor_id)
{
	struct actor actor;
	struct brand_account account;
	*ret_actor_id = 0;
	if (!text)
		return ERROR_NONE;
	enum error error = account_find_any(invocation, text, &actor);
	if (error)
		return error;
	error = brand_account_find(ctl_db(invocation), invocation->arena, actor.id, &account);
	if (!error && account.organisation_id != organisation->id)
		error = ERROR_NOT_FOUND;
	if (error == ERROR_NOT_FOUND)
		return ctl_fail(error, "%s is no account of %.*s; `comptoir org show %.*s` shows them", text,
			STR_ARG(organisation->slug), STR_ARG(organisation->slug));
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	*ret_actor_id = account.actor_id;
	return ERROR_NONE;
}

enum error org_read_time(const char *text, int64_t *ret_time_us)
{
	char whole[40];
	*ret_time_us = 0;
	if (!text)
		return ERROR_NONE;
	if (time_parse_rfc3339(str_from(text), ret_time_us))
		return ERROR_NONE;
	int length = snprintf(whole, sizeof(whole), "%sT23:59:59Z", text);
	if (length > 0 && (size_t)length < sizeof(whole) && time_parse_rfc3339(str_from(whole), ret_time_us))
		return ERROR_NONE;
	return ctl_fail(ERROR_BAD_REQUEST, "'%s' is no time: a day as 2027-01-31, or 2027-01-31T18:00:00+01:00", text);
}
