/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The command line as people mistype it. */
#include "server/ctl/command.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define WORDS_MAX 12

static struct arena *arena;

static int make_arena(void **state)
{
	(void)state;
	arena = arena_new(1 << 20);
	return 0;
}

static int free_arena(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

/* Words of line, split at spaces. */
static enum error parse(const char *line, struct invocation *ret_invocation, const char **ret_message)
{
	const char *words[WORDS_MAX];
	int count = 0;
	struct str rest = str_from(line), word, message = { 0 };
	while (line[0] && count < WORDS_MAX && str_split_next(&rest, ' ', &word))
		words[count++] = arena_c_string(arena, word);
	enum error error = command_parse(arena, count, words, ret_invocation, &message);
	*ret_message = message.data ? arena_c_string(arena, message) : "";
	return error;
}

static void mistakes_are_refused_with_a_suggestion(void **state)
{
	(void)state;
	static const struct {
		const char *line;
		const char *wanted;
	} cases[] = {
		{ "", "a command is missing" },
		{ "srve", "did you mean 'serve'?" },
		{ "zzzzzz", "`comptoir help` lists them" },
		{ "--config x serve", "the command comes first" },
		{ "--version now", "--version stands alone" },
		{ "account", "`comptoir help account` lists what it can" },
		{ "account creat x", "did you mean 'create'?" },
		{ "account zzzzzzzz", "`comptoir help account` lists what it can" },
		{ "account create", "something is missing: comptoir account create NAME" },
		{ "account create a b", "'b' is one word too many" },
		{ "account create a --emial x", "unknown option '--emial'; did you mean '--email'?" },
		{ "account create a --zzzzzzzzz", "unknown option '--zzzzzzzzz'" },
		{ "account create a -x", "unknown option '-x'" },
		{ "account create a --email", "--email needs a value: --email ADDRESS" },
		{ "account create a --email --json", "--email needs a value" },
		{ "account create a --email b --email c", "--email is given twice" },
		{ "account create a --json=yes", "--json takes no value" },
		{ "serve extra", "'extra' is one word too many" },
		{ "serve --json", "unknown option '--json'" },
		{ "help nothing", "there is no command 'nothing'" },
		{ "help account nothing", "'account' cannot 'nothing'" },
		{ "help account create now", "help takes a command" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct invocation invocation;
		const char *message;
		enum error error = parse(cases[i].line, &invocation, &message);
		if (error != ERROR_BAD_REQUEST || !strstr(message, cases[i].wanted))
			print_error("'%s' gave '%s'\n", cases[i].line, message);
		assert_int_equal(error, ERROR_BAD_REQUEST);
		assert_non_null(strstr(message, cases[i].wanted));
	}
}

static void options_stand_anywhere_after_the_noun(void **state)
{
	(void)state;
	static const char *const lines[] = {
		"account create marie --email m@x.example --json --set a.b=1 --set c.d=2",
		"account --json --email m@x.example --set a.b=1 create --set c.d=2 marie",
		"account --email=m@x.example create --json marie --set=a.b=1 --set=c.d=2",
		"account create --email m@x.example --json --set a.b=1 --set c.d=2 -- marie",
	};
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct invocation invocation;
		const char *message, *settings[4];
		assert_int_equal(parse(lines[i], &invocation, &message), ERROR_NONE);
		assert_string_equal(invocation.command->verb, "create");
		assert_int_equal(invocation.argument_count, 1);
		assert_string_equal(invocation.arguments[0], "marie");
		assert_string_equal(option_value(&invocation, "--email"), "m@x.example");
		assert_true(invocation.is_json);
		assert_false(option_is_given(&invocation, "--role"));
		assert_int_equal(option_values(&invocation, "--set", settings, 4), 2);
		assert_string_equal(settings[0], "a.b=1");
		assert_string_equal(settings[1], "c.d=2");
	}
}

static void after_two_hyphens_a_word_is_a_word(void **state)
{
	(void)state;
	struct invocation invocation;
	const char *message;
	assert_int_equal(parse("account show -- --help", &invocation, &message), ERROR_NONE);
	assert_string_equal(invocation.arguments[0], "--help");
	assert_false(invocation.wants_help);
}

static void help_is_found_in_every_place(void **state)
{
	(void)state;
	static const struct {
		const char *line, *noun, *verb;
	} cases[] = {
		{ "help", NULL, NULL }, { "--help", NULL, NULL }, { "-h", NULL, NULL }, { "help --help", NULL, NULL },
		{ "help account", "account", NULL }, { "help account create", "account", "create" },
		{ "account --help", "account", NULL }, { "account create --help", "account", "create" },
		{ "account create --wrong -h", "account", "create" }, { "serve -h", "serve", NULL },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct invocation invocation;
		const char *message;
		assert_int_equal(parse(cases[i].line, &invocation, &message), ERROR_NONE);
		assert_true(invocation.wants_help);
		assert_true(str_eq(str_from(invocation.help_noun), str_from(cases[i].noun)));
		assert_true(str_eq(str_from(invocation.help_verb), str_from(cases[i].verb)));
		AUTO(buf) struct buf out = { 0 };
		assert_int_equal(command_write_help(&out, invocation.help_noun, invocation.help_verb), ERROR_NONE);
		assert_true(str_index_of_str(buf_str(&out), str_from("Exit codes:")) < out.len);
	}
	struct invocation invocation;
	const char *message;
	assert_int_equal(parse("--version", &invocation, &message), ERROR_NONE);
	assert_true(invocation.wants_version);
}

static void the_table_of_commands_is_complete(void **state)
{
	(void)state;
	for (size_t i = 0; command_table[i]; i++) {
		const struct command *command = command_table[i];
		assert_non_null(command->noun);
		assert_non_null(command->summary);
		assert_non_null(command->run);
		assert_true(command->summary[strlen(command->summary) - 1] != '.');
		assert_true(command->max_arguments <= COMMAND_MAX_ARGUMENTS);
		assert_int_equal(command->max_arguments > 0, command->arguments != NULL);
		for (size_t j = 0; j < i; j++)
			assert_false(str_eq(str_from(command_table[j]->noun), str_from(command->noun)) &&
				(!command_table[j]->verb || !command->verb || strcmp(command_table[j]->verb, command->verb) == 0));
		for (const struct command_option *option = command->options; option && option->name; option++) {
			assert_true(strncmp(option->name, "--", 2) == 0);
			assert_non_null(option->help);
		}
	}
}

static void errors_have_documented_exit_codes(void **state)
{
	(void)state;
	static const struct {
		enum error error;
		int code;
	} cases[] = {
		{ ERROR_NONE, 0 }, { ERROR_IO, 1 }, { ERROR_INTERNAL, 1 }, { ERROR_BAD_REQUEST, 2 }, { ERROR_UNPROCESSABLE, 2 },
		{ ERROR_CONFIGURATION, 3 }, { ERROR_DATABASE, 4 }, { ERROR_DATABASE_UNREACHABLE, 4 }, { ERROR_COMMIT_UNKNOWN, 4 },
		{ ERROR_NOT_FOUND, 5 }, { ERROR_CONFLICT, 6 },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(exit_code_of(cases[i].error), cases[i].code);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mistakes_are_refused_with_a_suggestion),
		cmocka_unit_test(options_stand_anywhere_after_the_noun),
		cmocka_unit_test(after_two_hyphens_a_word_is_a_word),
		cmocka_unit_test(help_is_found_in_every_place),
		cmocka_unit_test(the_table_of_commands_is_complete),
		cmocka_unit_test(errors_have_documented_exit_codes),
	};
	return cmocka_run_group_tests(tests, make_arena, free_arena);
}
