/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * comptoir serve. */
#include "server/ctl/context.h"
#include "server/ctl/nouns.h"
#include "server/http/limits.h"
#include "server/roles.h"

#include "base/log.h"

static void configure_log(const struct config *config)
{
	enum log_level level = LOG_LEVEL_INFO;
	bool is_json = str_eq(str_from(config_text(config, "log.format")), str_from("json"));
	bool is_known = log_level_from_text(str_from(config_text(config, "log.level")), &level);
	if (is_known) /* config_check.c has seen to it */
		log_configure(is_json ? LOG_FORMAT_JSON : LOG_FORMAT_HUMAN, level);
}

static enum error run(struct invocation *invocation)
{
	if (option_is_given(invocation, "--list-limits")) {
		AUTO(buf) struct buf out = { 0 };
		limits_write_table(&out);
		return ctl_print(&out);
	}
	unsigned roles = ROLE_ALL;
	const char *role = option_value(invocation, "--role");
	if (role && !roles_from_text(str_from(role), &roles))
		return ctl_fail(ERROR_BAD_REQUEST, "--role is all, web or federation, not '%s'", role);
	enum error error = ctl_open_config(invocation);
	if (error)
		return error;
	configure_log(ctl_config(invocation));

	struct str message = { 0 };
	error = roles_run(ctl_config(invocation), roles, invocation->arena, &message);
	if (error) {
		struct str detail = message.len ? message : str_from(error_text(error));
		log_event(LOG_LEVEL_ERROR, "server_failed", LOG_TEXT("error", error_name(error)), LOG_STR("detail", detail),
			LOG_TEXT("config", ctl_config_path(invocation)));
	}
	return error;
}

static const struct command_option options[] = {
	{ "--role", "ROLE", "What this process runs: all (default), web or federation.", false },
	{ "--list-limits", NULL, "Lists the rate limits and ends.", false },
	{ NULL, NULL, NULL, false },
};

const struct command command_serve = {
	.noun = "serve",
	.summary = "Runs the server in the foreground",
	.details = "Without database.url it starts the database of its own that `comptoir db init` made, brings its\n"
		"schema up to date and stops it at the end; another PostgreSQL is only checked (see `comptoir db migrate`).\n"
		"While the database is away it goes on, answers 503 and tries again.\n"
		"Started by root it becomes service.user first. SIGTERM and SIGINT let requests under way finish; a second\n"
		"one ends it at once. The log goes to standard error; systemd is told when it is ready.\n"
		"\nExamples:\n"
		"  comptoir serve\n"
		"  comptoir serve --config /srv/comptoir.conf --set log.format=human\n",
	.options = options,
	.run = run,
};
