/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The frame of comptoir-act: opens what a deed needs, runs it, tells the result. */
#include "tests/fed/act.h"

#include "server/app.h"

#include "storage/domain.h"
#include "storage/wake.h"

#include <stdio.h>
#include <string.h>

#define ARENA_BYTES ((size_t)64 * 1024 * 1024)

struct str act_argument(const struct act *act, int index)
{
	if (index >= act->argument_count || strcmp(act->arguments[index], "-") == 0)
		return str_from("");
	return str_from(act->arguments[index]);
}

enum error act_find_actor(struct act *act, const char *text, struct actor *ret_actor)
{
	struct str handle = str_from(text);
	if (str_index_of_str(handle, str_from("://")) < handle.len)
		return actor_find_by_uri(act->db, act->arena, handle, ret_actor);
	if (handle.len && handle.data[0] == '@')
		handle = str_slice(handle, 1, handle.len);
	size_t at = str_index_of(handle, '@', 0);
	struct str username = str_slice(handle, 0, at);
	if (at < handle.len)
		return actor_find_by_handle(act->db, act->arena, username, str_slice(handle, at + 1, handle.len), ret_actor);
	struct domain primary;
	enum error error = domain_find_primary(act->db, act->arena, &primary);
	return error ? error : actor_find_by_handle(act->db, act->arena, username, primary.name, ret_actor);
}

enum error act_find_local(struct act *act, const char *text, struct actor *ret_actor)
{
	struct actor actor;
	enum error error = act_find_actor(act, text, &actor);
	if (error)
		return error;
	if (!actor.is_local)
		return ERROR_FORBIDDEN;
	*ret_actor = actor;
	return ERROR_NONE;
}

enum error act_open_federation(struct act *act)
{
	struct str message = { 0 };
	wake_stop(); /* federation_start has one of its own */
	enum error error = federation_start(act->config, act->secret_box, false, act->arena, &act->federation, &message);
	if (error && message.data)
		fprintf(stderr, "comptoir-act: %.*s\n", STR_ARG(message));
	return error;
}

static const struct act_verb *find_verb(const char *name)
{
	const struct act_verb *const tables[] = { act_actor_verbs, act_post_verbs };
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		for (const struct act_verb *verb = tables[i]; verb->name; verb++)
			if (strcmp(verb->name, name) == 0)
				return verb;
	return NULL;
}

static int usage(void)
{
	const struct act_verb *const tables[] = { act_actor_verbs, act_post_verbs };
	fputs("usage: comptoir-act CONFIG_PATH VERB ARGUMENTS...\n", stderr);
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		for (const struct act_verb *verb = tables[i]; verb->name; verb++)
			fprintf(stderr, "  %s %s\n", verb->name, verb->arguments);
	return 2;
}

static enum error open_all(struct act *act, const char *config_path)
{
	struct str text = { 0 };
	char *message = NULL;
	enum error error = config_load(config_path, NULL, 0, &act->config, &message);
	if (!error) {
		error = secret_box_open(app_key_file(act->config, act->arena), false, act->arena, &act->secret_box, &text);
		act->db = db_new(act->config, DB_WEB);
	}
	if (error)
		fprintf(stderr, "comptoir-act: %s%.*s\n", message ? message : "", STR_ARG(text));
	memory_free(message);
	return error;
}

static enum error run(struct act *act, const struct act_verb *verb)
{
	enum error error = wake_start(act->config);
	if (error)
		return error;
	error = verb->run(act);
	if (db_is_in_transaction(act->db))
		db_rollback(act->db);
	federation_stop(&act->federation);
	wake_stop();
	return error;
}

int main(int argument_count, char **arguments)
{
	const struct act_verb *verb = argument_count < 3 ? NULL : find_verb(arguments[2]);
	int count = argument_count - 3;
	if (!verb || count < verb->min_arguments || count > verb->max_arguments)
		return usage();
	AUTO(buf) struct buf out = { 0 };
	struct json_out json;
	json_out_init(&json, &out);
	json_out_object_begin(&json);
	struct act act = { .arena = arena_new(ARENA_BYTES), .argument_count = count,
		.arguments = (const char *const *)arguments + 3, .json = &json };
	enum error error = open_all(&act, arguments[1]);
	if (!error)
		error = run(&act, verb);
	json_out_key_c_string(&json, "error", error_name(error));
	json_out_object_end(&json);
	buf_add_char(&out, '\n');
	fwrite(out.data, 1, out.len, stdout);
	db_free(&act.db);
	secret_box_close(&act.secret_box);
	config_free(&act.config);
	arena_free(&act.arena);
	return error ? 1 : 0;
}
