/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * comptoir config: the configuration as it would be used, ready to be written to a file. */
#include "server/ctl/context.h"
#include "server/ctl/nouns.h"

static void write_json(const struct config *config, struct buf *out)
{
	size_t count;
	const struct config_key *keys = config_keys(&count);
	struct json_out json;
	json_out_init(&json, out);
	json_out_object_begin(&json);
	for (size_t i = 0; i < count; i++)
		json_out_key_str(&json, keys[i].name, config_value_text(config, keys[i].name));
	json_out_object_end(&json);
	buf_add_char(out, '\n');
}

/* The built-in values: neither a file nor the environment is read. */
static enum error load_defaults(struct config **ret_config)
{
	char *message = NULL;
	enum error error = config_load_defaults(ret_config, &message);
	if (error)
		error = ctl_fail(error, "%s", message);
	memory_free(message);
	return error;
}

static enum error run(struct invocation *invocation)
{
	struct config *defaults = NULL;
	bool wants_defaults = option_is_given(invocation, "--defaults");
	enum error error = wants_defaults ? load_defaults(&defaults) : ctl_read_config(invocation);
	if (error)
		return error;
	const struct config *config = wants_defaults ? defaults : ctl_config(invocation);
	AUTO(buf) struct buf out = { 0 };
	if (invocation->is_json)
		write_json(config, &out);
	else
		config_write(config, &out);
	config_free(&defaults);
	return ctl_print(&out);
}

static const struct command_option options[] = {
	{ "--defaults", NULL, "The built-in values instead of the present ones.", false },
	{ NULL, NULL, NULL, false },
};

const struct command command_config = {
	.noun = "config",
	.flags = COMMAND_HAS_JSON,
	.summary = "Writes the configuration with comments",
	.details = "Every key with its present value, its kind and its default, in the form of a configuration file.\n"
		"Values come from the file, then the environment, then --set. Passwords are written as they are.\n"
		"\nExamples:\n"
		"  comptoir config --defaults > /etc/comptoir/comptoir.conf\n"
		"  comptoir config --json\n",
	.options = options,
	.run = run,
};
