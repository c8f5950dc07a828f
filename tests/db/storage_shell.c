/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Database connections of the program, driven line by line by tests/db:
 *
 *   comptoir-storage-shell owner|web|federation SECTION.KEY=VALUE...
 *
 * Each line of standard input is a command; each answer is one line: error name, milliseconds it took, value.
 * The command "other" makes what follows use the other one of the two connections of the process. */
#include "storage/statement.h"

#include "storage/access.h"
#include "storage/migrate.h"
#include "base/clock.h"
#include "base/config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LINE_BYTES 8192

static const struct statement current_user_is = STATEMENT("shell_user", 0,
	"select current_user::text || ' ' || current_setting('jit') || ' ' || current_setting('statement_timeout')"
	" || ' ' || current_setting('client_encoding')");
static const struct statement put = STATEMENT("shell_put", 1,
	"insert into settings (name, value) values ($1, '{}')");
static const struct statement has = STATEMENT("shell_has", 1,
	"select name from settings where name = $1");
static const struct statement rest = STATEMENT("shell_rest", 1,
	"select pg_sleep(($1::text)::double precision)::text");
static const struct statement read_all = STATEMENT("shell_read_all", 0,
	"select * from settings order by name limit 1");
static const struct statement fail = STATEMENT("shell_fail", 1,
	"select raise_sqlstate($1)::text");

struct shell {
	struct db *db;
	struct db *other;
	struct arena *arena;
	struct str value; /* what the answer ends with */
};

struct command {
	const char *name;
	enum error (*run)(struct shell *shell, struct str argument);
};

static enum error run_statement(struct shell *shell, const struct statement *statement, struct str argument)
{
	struct db_values values = { .count = 0 };
	if (statement->parameter_count)
		db_value_text(&values, argument);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(shell->db, shell->arena, statement, &values, &rows);
	if (!error && rows.count)
		shell->value = db_text(&rows, 0, 0);
	return error;
}

static enum error do_user(struct shell *shell, struct str argument)
{
	return run_statement(shell, &current_user_is, argument);
}

static enum error do_put(struct shell *shell, struct str argument)
{
	return run_statement(shell, &put, argument);
}

static enum error do_has(struct shell *shell, struct str argument)
{
	return run_statement(shell, &has, argument);
}

static enum error do_rest(struct shell *shell, struct str argument)
{
	return run_statement(shell, &rest, argument);
}

static enum error do_read_all(struct shell *shell, struct str argument)
{
	return run_statement(shell, &read_all, argument);
}

static enum error do_fail(struct shell *shell, struct str argument)
{
	return run_statement(shell, &fail, argument);
}

static enum error do_ping(struct shell *shell, struct str argument)
{
	(void)argument;
	return db_ping(shell->db);
}

static enum error do_other(struct shell *shell, struct str argument)
{
	(void)argument;
	struct db *other = shell->other;
	shell->other = shell->db;
	shell->db = other;
	return ERROR_NONE;
}

static enum error do_begin(struct shell *shell, struct str argument)
{
	(void)argument;
	return db_begin(shell->db);
}

static enum error do_commit(struct shell *shell, struct str argument)
{
	(void)argument;
	return db_commit(shell->db);
}

static enum error do_rollback(struct shell *shell, struct str argument)
{
	(void)argument;
	db_rollback(shell->db);
	return ERROR_NONE;
}

/* The argument stands for the 32 bytes of the hash. */
static enum error do_access(struct shell *shell, struct str argument)
{
	struct access access;
	enum error error = access_find(shell->db, shell->arena, argument, &access);
	if (!error)
		shell->value = access.scopes;
	return error;
}

static enum error do_timeout(struct shell *shell, struct str argument)
{
	int64_t timeout_ms;
	if (!str_to_int64(argument, &timeout_ms))
		return ERROR_BAD_REQUEST;
	db_set_statement_timeout(shell->db, timeout_ms);
	return ERROR_NONE;
}

/* Microseconds of one look-up by key, the mean of many. */
static enum error do_measure(struct shell *shell, struct str argument)
{
	int64_t rounds;
	if (!str_to_int64(argument, &rounds))
		return ERROR_BAD_REQUEST;
	int64_t started_us = clock_monotonic_us();
	for (int64_t i = 0; i < rounds; i++) {
		enum error error = run_statement(shell, &has, STR_LITERAL("nothing"));
		if (error)
			return error;
	}
	shell->value = arena_printf(shell->arena, "%" PRId64, (clock_monotonic_us() - started_us) / rounds);
	return ERROR_NONE;
}

static enum error do_migrate(struct shell *shell, struct str argument)
{
	(void)argument;
	int applied = 0;
	enum error error = migrate_run(shell->db, shell->arena, NULL, &applied);
	if (!error)
		shell->value = arena_printf(shell->arena, "%d", applied);
	return error;
}

static enum error do_check(struct shell *shell, struct str argument)
{
	(void)argument;
	return migrate_check(shell->db, shell->arena, &shell->value);
}

static enum error do_list(struct shell *shell, struct str argument)
{
	(void)argument;
	struct migration_state *states;
	size_t count;
	enum error error = migrate_list(shell->db, shell->arena, &states, &count);
	if (error)
		return error;
	struct str text = { 0 };
	for (size_t i = 0; i < count; i++)
		text = arena_printf(shell->arena, "%.*s%d:%s ", STR_ARG(text), states[i].number,
			states[i].checksum_differs ? "changed" : states[i].is_applied ? "applied" : "missing");
	shell->value = text;
	return ERROR_NONE;
}

/* Name, count of parameters and text of each statement of the program, by unit and record separators. */
static enum error do_statements(struct shell *shell, struct str argument)
{
	(void)argument;
	(void)shell;
	size_t table_count;
	const struct statement_table *const *tables = statement_registry(&table_count);
	for (size_t i = 0; i < table_count; i++) {
		for (size_t j = 0; j < tables[i]->count; j++) {
			const struct statement *statement = tables[i]->statements[j];
			printf("%s\x1f%d\x1f%s\x1e", statement->name, statement->parameter_count, statement->sql);
		}
	}
	return ERROR_NONE;
}

static const struct command commands[] = {
	{ "user", do_user }, { "put", do_put }, { "has", do_has }, { "rest", do_rest }, { "read_all", do_read_all },
	{ "fail", do_fail }, { "ping", do_ping }, { "begin", do_begin }, { "commit", do_commit },
	{ "rollback", do_rollback }, { "timeout", do_timeout }, { "measure", do_measure }, { "migrate", do_migrate },
	{ "access", do_access }, { "check", do_check }, { "list", do_list }, { "statements", do_statements },
	{ "other", do_other },
};

static void answer(struct shell *shell, char *line)
{
	struct str rest_of_line = str_from(line);
	struct str name;
	str_split_next(&rest_of_line, ' ', &name);
	struct str argument = arena_str(shell->arena, rest_of_line);
	shell->value = (struct str){ 0 };
	int64_t started_us = clock_monotonic_us();
	enum error error = ERROR_NOT_IMPLEMENTED;
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (str_eq(name, str_from(commands[i].name)))
			error = commands[i].run(shell, argument);
	}
	printf("%s\t%" PRId64 "\t%.*s\n", error_name(error), (clock_monotonic_us() - started_us) / 1000,
		STR_ARG(shell->value));
	fflush(stdout);
}

int main(int argument_count, char **arguments)
{
	if (argument_count < 2)
		return 2;
	struct config *config = NULL;
	char *message = NULL;
	if (config_load(NULL, (const char *const *)arguments + 2, (size_t)argument_count - 2, &config, &message)) {
		fprintf(stderr, "%s\n", message);
		return 2;
	}
	enum db_role role = strcmp(arguments[1], "owner") == 0 ? DB_OWNER :
			    strcmp(arguments[1], "web") == 0   ? DB_WEB :
								 DB_FEDERATION;
	struct shell shell = { .db = db_new(config, role), .other = db_new(config, role), .arena = arena_new(16 << 20) };
	char line[LINE_BYTES];
	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = 0;
		answer(&shell, line);
		arena_reset(shell.arena);
	}
	db_free(&shell.db);
	db_free(&shell.other);
	arena_free(&shell.arena);
	config_free(&config);
	return 0;
}
