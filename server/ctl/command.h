/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The command line: one flat set of nouns, most with verbs, described by tables (one file per noun) from which
 * arguments are read, refused with a suggestion, and explained by help texts. */
#ifndef COMPTOIR_SERVER_CTL_COMMAND_H
#define COMPTOIR_SERVER_CTL_COMMAND_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"

#define COMMAND_MAX_ARGUMENTS 8
#define COMMAND_MAX_OPTIONS 64 /* given, with repetitions */

/* Documented in every help text; scripts rely on them. */
enum exit_code {
	EXIT_CODE_OK = 0,
	EXIT_CODE_FAILED = 1,
	EXIT_CODE_USAGE = 2,
	EXIT_CODE_CONFIGURATION = 3,
	EXIT_CODE_DATABASE = 4,
	EXIT_CODE_NOT_FOUND = 5,
	EXIT_CODE_CONFLICT = 6,
};
enum exit_code exit_code_of(enum error error);

struct invocation;

struct command_option {
	const char *name;       /* "--email" */
	const char *value_name; /* "ADDRESS"; NULL: takes no value */
	const char *help;
	bool may_repeat;
};

#define COMMAND_HAS_JSON 1u   /* takes --json */
#define COMMAND_NO_CONFIG 2u  /* takes neither --config nor --set */

struct command {
	const char *noun;      /* "account" */
	const char *verb;      /* "create"; NULL when the noun stands alone */
	const char *arguments; /* "NAME [OTHER]" for the usage line; NULL for none */
	unsigned min_arguments, max_arguments;
	unsigned flags;
	const char *summary;   /* half a line */
	const char *details;   /* paragraphs and examples; may be NULL */
	const struct command_option *options; /* ends with a name of NULL; NULL for none */
	enum error (*run)(struct invocation *invocation);
};

/* All commands, in the order of `comptoir help`. The last one has a noun of NULL. */
extern const struct command *const command_table[];

struct given_option {
	const struct command_option *option;
	const char *value; /* "" for an option without value */
};

/* A command line that was understood. Strings are those of argv. */
struct invocation {
	struct arena *arena;
	const struct command *command; /* NULL with wants_help or wants_version on their own */
	const char *help_noun;         /* what help was asked about; NULL for all */
	const char *help_verb;
	bool wants_help;
	bool wants_version;
	bool is_json;
	const char *arguments[COMMAND_MAX_ARGUMENTS];
	unsigned argument_count;
	struct given_option options[COMMAND_MAX_OPTIONS];
	unsigned option_count;
	struct ctl *ctl; /* context.h: configuration, database; made on demand */
};

/* ERROR_BAD_REQUEST with a sentence (arena) for the user when the arguments make no sense. arguments are those
 * of main without the program's name. */
enum error command_parse(struct arena *arena, int count, const char *const *arguments, struct invocation *ret_invocation,
	struct str *ret_message) MUST_CHECK;

/* The value of an option, "" when it stands there without value, or NULL when it was not given. */
const char *option_value(const struct invocation *invocation, const char *name);
bool option_is_given(const struct invocation *invocation, const char *name);

/* All values of an option that may repeat, in order; returns how many. */
size_t option_values(const struct invocation *invocation, const char *name, const char **ret_values, size_t limit);

/* Appends the help for everything, a noun, or one command. ERROR_NOT_FOUND when there is no such thing. */
enum error command_write_help(struct buf *out, const char *noun, const char *verb) MUST_CHECK;

#endif
