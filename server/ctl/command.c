/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Reads the arguments by the tables. Options may stand anywhere after the noun; "--" ends them. */
#include "server/ctl/command.h"

#include "base/mutant.h"
#include "base/suggest.h"

#include <string.h>

static const struct command_option config_options[] = {
	{ "--config", "FILE", "Configuration file; else COMPTOIR_CONFIG, else /etc/comptoir/comptoir.conf if it exists.", false },
	{ "--set", "KEY=VALUE", "Sets section.key for this run; may be repeated.", true },
	{ NULL, NULL, NULL, false },
};
static const struct command_option json_options[] = {
	{ "--json", NULL, "Writes JSON.", false },
	{ NULL, NULL, NULL, false },
};

enum exit_code exit_code_of(enum error error)
{
	/* The others are answers to requests; here they mean that it did not work. */
	static const unsigned char codes[ERROR_COUNT] = {
		[ERROR_BAD_REQUEST] = EXIT_CODE_USAGE,
		[ERROR_UNPROCESSABLE] = EXIT_CODE_USAGE,
		[ERROR_CONFIGURATION] = EXIT_CODE_CONFIGURATION,
		[ERROR_DATABASE] = EXIT_CODE_DATABASE,
		[ERROR_DATABASE_UNREACHABLE] = EXIT_CODE_DATABASE,
		[ERROR_COMMIT_UNKNOWN] = EXIT_CODE_DATABASE,
		[ERROR_NOT_FOUND] = EXIT_CODE_NOT_FOUND,
		[ERROR_CONFLICT] = EXIT_CODE_CONFLICT,
	};
	if (error == ERROR_NONE)
		return EXIT_CODE_OK;
	return codes[error] ? (enum exit_code)codes[error] : EXIT_CODE_FAILED;
}

static bool text_is(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

static enum error refuse(struct arena *arena, struct str *ret_message, const char *format, ...) PRINTF_LIKE(3, 4);
static enum error refuse(struct arena *arena, struct str *ret_message, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	*ret_message = arena_vprintf(arena, format, arguments);
	va_end(arguments);
	return ERROR_BAD_REQUEST;
}

static const struct command *find_noun(const char *noun)
{
	for (size_t i = 0; command_table[i]; i++)
		if (text_is(command_table[i]->noun, noun))
			return command_table[i];
	return NULL;
}

/* verb NULL finds the noun that stands alone. */
static const struct command *find_command(const char *noun, const char *verb)
{
	for (size_t i = 0; command_table[i]; i++)
		if (text_is(command_table[i]->noun, noun) &&
			(verb ? text_is(command_table[i]->verb, verb) : !command_table[i]->verb))
			return command_table[i];
	return NULL;
}

static enum error refuse_noun(struct arena *arena, const char *noun, struct str *ret_message)
{
	struct suggestion suggestion;
	suggestion_init(&suggestion, str_from(noun));
	for (size_t i = 0; command_table[i]; i++)
		suggestion_offer(&suggestion, command_table[i]->noun);
	if (suggestion.best)
		return refuse(arena, ret_message, "there is no command '%s'; did you mean '%s'?", noun, suggestion.best);
	return refuse(arena, ret_message, "there is no command '%s'; `comptoir help` lists them", noun);
}

static enum error refuse_verb(struct arena *arena, const char *noun, const char *verb, struct str *ret_message)
{
	struct suggestion suggestion;
	suggestion_init(&suggestion, str_from(verb));
	for (size_t i = 0; command_table[i]; i++)
		if (text_is(command_table[i]->noun, noun))
			suggestion_offer(&suggestion, command_table[i]->verb);
	if (suggestion.best)
		return refuse(arena, ret_message, "'%s' cannot '%s'; did you mean '%s'?", noun, verb, suggestion.best);
	return refuse(arena, ret_message, "'%s' cannot '%s'; `comptoir help %s` lists what it can", noun, verb, noun);
}

/* Walks the option tables that hold for a command; NULL when the name is in none. */
static const struct command_option *find_option(const struct command *command, struct str name, struct suggestion *suggestion)
{
	const struct command_option *tables[] = {
		command->options,
		command->flags & COMMAND_NO_CONFIG ? NULL : config_options,
		command->flags & COMMAND_HAS_JSON ? json_options : NULL,
	};
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		for (const struct command_option *option = tables[i]; option && option->name; option++) {
			if (str_eq(name, str_from(option->name)))
				return option;
			suggestion_offer(suggestion, option->name);
		}
	}
	return NULL;
}

/* The words after the noun, one at a time. */
struct words {
	const char *const *next;
	const char *const *end;
};

static enum error take_option(struct invocation *invocation, const char *word, struct words *words, struct str *ret_message)
{
	struct arena *arena = invocation->arena;
	struct str text = str_from(word);
	size_t equals = str_index_of(text, '=', 0);
	struct str name = str_slice(text, 0, equals);
	struct suggestion suggestion;
	suggestion_init(&suggestion, name);
	suggestion_offer(&suggestion, "--help");
	const struct command_option *option = find_option(invocation->command, name, &suggestion);
	if (!option && MUTANT("command_unknown_option"))
		return ERROR_NONE;
	if (!option && suggestion.best)
		return refuse(arena, ret_message, "unknown option '%.*s'; did you mean '%s'?", STR_ARG(name), suggestion.best);
	if (!option)
		return refuse(arena, ret_message, "unknown option '%.*s'", STR_ARG(name));
	if (!option->may_repeat && option_is_given(invocation, option->name))
		return refuse(arena, ret_message, "%s is given twice", option->name);
	if (invocation->option_count == COMMAND_MAX_OPTIONS)
		return refuse(arena, ret_message, "more than %d options", COMMAND_MAX_OPTIONS);

	const char *value = "";
	bool has_value = equals < text.len;
	if (!option->value_name && has_value)
		return refuse(arena, ret_message, "%s takes no value", option->name);
	if (option->value_name && has_value)
		value = word + equals + 1;
	else if (option->value_name && (words->next == words->end || strncmp(*words->next, "--", 2) == 0))
		return refuse(arena, ret_message, "%s needs a value: %s %s", option->name, option->name, option->value_name);
	else if (option->value_name)
		value = *words->next++;
	invocation->options[invocation->option_count++] = (struct given_option){ option, value };
	invocation->is_json = invocation->is_json || option == json_options;
	return ERROR_NONE;
}

static enum error take_words(struct invocation *invocation, struct words words, struct str *ret_message)
{
	const struct command *command = invocation->command;
	bool options_ended = false;
	while (words.next < words.end) {
		const char *word = *words.next++;
		enum error error = ERROR_NONE;
		if (!options_ended && text_is(word, "--")) {
			options_ended = true;
		} else if (!options_ended && word[0] == '-' && word[1] != '\0') {
			error = take_option(invocation, word, &words, ret_message);
		} else if (invocation->argument_count == command->max_arguments) {
			error = refuse(invocation->arena, ret_message, "'%s' is one word too many", word);
		} else {
			invocation->arguments[invocation->argument_count++] = word;
		}
		if (error)
			return error;
	}
	if (invocation->argument_count < command->min_arguments)
		return refuse(invocation->arena, ret_message, "something is missing: comptoir %s%s%s %s", command->noun,
			command->verb ? " " : "", command->verb ? command->verb : "", command->arguments);
	return ERROR_NONE;
}

static bool is_help(const char *word)
{
	return text_is(word, "--help") || text_is(word, "-h");
}

/* Help wins over whatever else is wrong with the line. */
static bool asks_for_help(struct words words)
{
	for (; words.next < words.end && !text_is(*words.next, "--"); words.next++)
		if (is_help(*words.next))
			return true;
	return false;
}

static enum error parse_help(struct invocation *invocation, int count, const char *const *arguments, struct str *ret_message)
{
	invocation->wants_help = true;
	if (count > 0 && !find_noun(arguments[0]))
		return refuse_noun(invocation->arena, arguments[0], ret_message);
	if (count > 1 && !find_command(arguments[0], arguments[1]))
		return refuse_verb(invocation->arena, arguments[0], arguments[1], ret_message);
	if (count > 2)
		return refuse(invocation->arena, ret_message, "help takes a command: comptoir help [NOUN [VERB]]");
	invocation->help_noun = count > 0 ? arguments[0] : NULL;
	invocation->help_verb = count > 1 ? arguments[1] : NULL;
	return ERROR_NONE;
}

static bool takes_value(const char *noun, const char *word)
{
	struct suggestion unused;
	suggestion_init(&unused, str_from(""));
	for (size_t i = 0; command_table[i]; i++) {
		if (!text_is(command_table[i]->noun, noun))
			continue;
		const struct command_option *option = find_option(command_table[i], str_from(word), &unused);
		if (option)
			return option->value_name != NULL;
	}
	return false;
}

/* Takes the verb out of the words: the first that is neither an option nor an option's value. NULL when there
 * is none; *words then stays as it was. */
static const char *take_verb(struct arena *arena, const char *noun, struct words *words)
{
	size_t count = (size_t)(words->end - words->next), verb = 0;
	while (verb < count && words->next[verb][0] == '-' && !text_is(words->next[verb], "--"))
		verb += takes_value(noun, words->next[verb]) ? 2 : 1;
	if (verb >= count || words->next[verb][0] == '-')
		return NULL;
	const char *text = words->next[verb];
	const char **rest = arena_alloc_array(arena, count, sizeof(*rest));
	for (size_t i = 0, j = 0; i < count; i++)
		if (i != verb)
			rest[j++] = words->next[i];
	words->next = rest;
	words->end = rest + count - 1;
	return text;
}

enum error command_parse(struct arena *arena, int count, const char *const *arguments, struct invocation *ret_invocation,
	struct str *ret_message)
{
	struct invocation *invocation = ret_invocation;
	*invocation = (struct invocation){ .arena = arena };
	if (count == 0)
		return refuse(arena, ret_message, "a command is missing");
	const char *noun = arguments[0];
	if (is_help(noun) || text_is(noun, "help")) {
		bool is_about_itself = count > 1 && is_help(arguments[1]);
		return parse_help(invocation, is_about_itself ? 0 : count - 1, arguments + 1, ret_message);
	}
	if (text_is(noun, "--version") || text_is(noun, "-V")) {
		invocation->wants_version = true;
		invocation->is_json = count == 2 && text_is(arguments[1], "--json");
		return count == 1 || invocation->is_json ? ERROR_NONE : refuse(arena, ret_message, "--version stands alone or with --json");
	}
	if (noun[0] == '-')
		return refuse(arena, ret_message, "the command comes first, options after it: comptoir COMMAND %s ...", noun);
	if (!find_noun(noun))
		return refuse_noun(arena, noun, ret_message);

	struct words words = { arguments + 1, arguments + count };
	invocation->command = find_command(noun, NULL);
	const char *verb = invocation->command ? NULL : take_verb(arena, noun, &words);
	if (verb) {
		invocation->command = find_command(noun, verb);
		if (!invocation->command)
			return refuse_verb(arena, noun, verb, ret_message);
	}
	if (asks_for_help(words)) {
		invocation->wants_help = true;
		invocation->help_noun = noun;
		invocation->help_verb = invocation->command ? invocation->command->verb : NULL;
		return ERROR_NONE;
	}
	if (!invocation->command)
		return refuse(arena, ret_message, "what should '%s' do? `comptoir help %s` lists what it can", noun, noun);
	return take_words(invocation, words, ret_message);
}

const char *option_value(const struct invocation *invocation, const char *name)
{
	for (unsigned i = 0; i < invocation->option_count; i++)
		if (text_is(invocation->options[i].option->name, name))
			return invocation->options[i].value;
	return NULL;
}

bool option_is_given(const struct invocation *invocation, const char *name)
{
	return option_value(invocation, name) != NULL;
}

size_t option_values(const struct invocation *invocation, const char *name, const char **ret_values, size_t limit)
{
	size_t count = 0;
	for (unsigned i = 0; i < invocation->option_count && count < limit; i++)
		if (text_is(invocation->options[i].option->name, name))
			ret_values[count++] = invocation->options[i].value;
	return count;
}

static void write_usage(struct buf *out, const struct command *command)
{
	buf_add_printf(out, "comptoir %s", command->noun);
	if (command->verb)
		buf_add_printf(out, " %s", command->verb);
	if (command->arguments)
		buf_add_printf(out, " %s", command->arguments);
}

static void write_options(struct buf *out, const struct command_option *options)
{
	for (; options && options->name; options++) {
		size_t start = out->len;
		buf_add_printf(out, "  %s%s%s", options->name, options->value_name ? " " : "",
			options->value_name ? options->value_name : "");
		while (out->len - start < 28)
			buf_add_char(out, ' ');
		buf_add_printf(out, "%s\n", options->help);
	}
}

static void write_exit_codes(struct buf *out)
{
	buf_add_c_string(out,
		"\nExit codes:\n"
		"  0 ok   1 failed   2 wrong usage   3 configuration   4 database   5 not found   6 conflict\n");
}

static void write_command_help(struct buf *out, const struct command *command)
{
	buf_add_c_string(out, "Usage: ");
	write_usage(out, command);
	buf_add_printf(out, " [options]\n\n%s.\n", command->summary);
	if (command->details)
		buf_add_printf(out, "\n%s", command->details);
	buf_add_c_string(out, "\nOptions:\n");
	write_options(out, command->options);
	if (command->flags & COMMAND_HAS_JSON)
		write_options(out, json_options);
	if (!(command->flags & COMMAND_NO_CONFIG))
		write_options(out, config_options);
	buf_add_c_string(out, "  -h, --help                Writes this text.\n");
	write_exit_codes(out);
}

static void write_summary_line(struct buf *out, const struct command *command)
{
	size_t start = out->len;
	buf_add_c_string(out, "  ");
	write_usage(out, command);
	while (out->len - start < 40)
		buf_add_char(out, ' ');
	buf_add_printf(out, " %s\n", command->summary);
}

static void write_list(struct buf *out, const char *noun)
{
	buf_add_printf(out, "Usage: comptoir %s %s\n\n", noun ? noun : "COMMAND", "[options]");
	if (!noun)
		buf_add_c_string(out, "A federated social server for companies and their customers.\n\n");
	for (size_t i = 0; command_table[i]; i++)
		if (!noun || text_is(command_table[i]->noun, noun))
			write_summary_line(out, command_table[i]);
	if (!noun)
		buf_add_c_string(out,
			"  comptoir help [NOUN [VERB]]            Explains a command\n"
			"  comptoir --version [--json]            Versions of the program and its libraries\n");
	buf_add_printf(out,
		"\nOptions may stand anywhere after the command. Each command explains itself with --help.\n"
		"Every key of the configuration can also be given as an environment variable COMPTOIR_SECTION_KEY.\n");
	write_exit_codes(out);
}

enum error command_write_help(struct buf *out, const char *noun, const char *verb)
{
	if (noun && !find_noun(noun))
		return ERROR_NOT_FOUND;
	const struct command *command = noun ? find_command(noun, verb) : NULL;
	if (noun && verb && !command)
		return ERROR_NOT_FOUND;
	if (command)
		write_command_help(out, command);
	else
		write_list(out, noun);
	return ERROR_NONE;
}
