/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * comptoir org change and delete. */
#include "server/action/organisation.h"

#include "server/ctl/nouns.h"
#include "server/ctl/org_find.h"

static void take(const struct invocation *invocation, const char *option, struct str *value)
{
	const char *given = option_value(invocation, option);
	if (given)
		*value = str_from(given);
}

static enum error run_change(struct invocation *invocation)
{
	struct organisation organisation;
	struct str message = { 0 };
	enum error error = org_open(invocation, &organisation);
	if (error)
		return error;
	take(invocation, "--name", &organisation.name);
	take(invocation, "--kind", &organisation.kind);
	take(invocation, "--country", &organisation.country);
	take(invocation, "--language", &organisation.locale);
	take(invocation, "--time-zone", &organisation.time_zone);
	if (!organisation.country.len)
		organisation.country = (struct str){ 0 };
	error = organisation_change(ctl_db(invocation), invocation->arena, &organisation, &ctl_author, &message);
	return error ? ctl_fail_with(error, message) : ERROR_NONE;
}

static enum error run_delete(struct invocation *invocation)
{
	struct organisation organisation;
	enum error error = org_open(invocation, &organisation);
	if (error)
		return error;
	if (!option_is_given(invocation, "--yes"))
		return ctl_fail(ERROR_BAD_REQUEST, "this cannot be undone: add --yes to delete %.*s with its accounts and all they wrote",
			STR_ARG(organisation.slug));
	error = organisation_end(ctl_db(invocation), invocation->arena, organisation.id, &ctl_author);
	return error ? ctl_fail(error, "%s", error_text(error)) : ERROR_NONE;
}

static const struct command_option change_options[] = {
	{ "--name", "TEXT", "What it is called.", false },
	{ "--kind", "KIND", "company, association, public_body, education, ngo or other.", false },
	{ "--language", "LANGUAGE", "en or fr.", false },
	{ "--country", "CODE", "Two capitals, as FR; empty for none.", false },
	{ "--time-zone", "ZONE", "Of its business hours and calendar.", false },
	{ NULL, NULL, NULL, false },
};

const struct command command_org_change = {
	.noun = "org",
	.verb = "change",
	.arguments = "SLUG",
	.min_arguments = 1,
	.max_arguments = 1,
	.summary = "Changes what an organisation says of itself",
	.details = "What is not given stays.\n\nExample:\n  comptoir org change fleurs --time-zone America/Martinique\n",
	.options = change_options,
	.run = run_change,
};

static const struct command_option delete_options[] = {
	{ "--yes", NULL, "Says that you mean it.", false },
	{ NULL, NULL, NULL, false },
};

const struct command command_org_delete = {
	.noun = "org",
	.verb = "delete",
	.arguments = "SLUG",
	.min_arguments = 1,
	.max_arguments = 1,
	.summary = "Deletes an organisation, its accounts and all they wrote",
	.details = "Every server that may know the accounts is told. The audit log stays.\n\nExample:\n  comptoir org delete fleurs --yes\n",
	.options = delete_options,
	.run = run_delete,
};
