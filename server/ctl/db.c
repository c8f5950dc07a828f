/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * comptoir db: the database and its schema. */
#include "server/ctl/context.h"
#include "server/ctl/nouns.h"
#include "server/jobs/forget.h"

#include "federation/maintenance.h"

#include "base/clock.h"
#include "server/privileges.h"

#include "storage/cluster.h"
#include "storage/migrate.h"

#include <stdio.h>

static void print_applied(int number, const char *name)
{
	printf("applied %04d %s\n", number, name);
	fflush(stdout);
}

static enum error migrate(struct invocation *invocation)
{
	int applied = 0;
	enum error error = migrate_run(ctl_db(invocation), invocation->arena, invocation->is_json ? NULL : print_applied, &applied);
	struct str message = { 0 };
	if (!error)
		error = migrate_check(ctl_db(invocation), invocation->arena, &message);
	if (error)
		return ctl_fail_with(error == ERROR_CONFIGURATION ? ERROR_DATABASE : error, message);
	AUTO(buf) struct buf out = { 0 };
	if (invocation->is_json)
		buf_add_printf(&out, "{\"applied\":%d}\n", applied);
	else if (applied == 0)
		buf_add_c_string(&out, "the schema is up to date\n");
	return ctl_print(&out);
}

static enum error run_migrate(struct invocation *invocation)
{
	enum error error = ctl_open_config(invocation);
	if (!error)
		error = ctl_open_database(invocation, false);
	return error ? error : migrate(invocation);
}

/* The embedded cluster; a named PostgreSQL is made by its own administrator. */
static enum error make_cluster(struct invocation *invocation)
{
	struct str message = { 0 };
	const struct config *config = ctl_config(invocation);
	if (!cluster_is_wanted(config))
		return ERROR_NONE;
	enum error error = privileges_prepare_directory(config, invocation->arena, &message);
	if (!error)
		error = cluster_initialise(config, invocation->arena, &message);
	return error ? ctl_fail_with(error, message) : ERROR_NONE;
}

static enum error run_init(struct invocation *invocation)
{
	enum error error = ctl_open_config(invocation);
	if (!error)
		error = make_cluster(invocation);
	if (!error)
		error = ctl_open_database(invocation, false);
	if (!error)
		error = migrate(invocation);
	return error;
}

static const char *state_name(const struct migration_state *state)
{
	if (!state->is_applied)
		return "missing";
	return state->checksum_differs ? "changed" : "applied";
}

static void write_status_json(struct buf *out, const struct migration_state *states, size_t count, bool fits,
	bool is_embedded, struct str message)
{
	struct json_out json;
	json_out_init(&json, out);
	json_out_object_begin(&json);
	json_out_key_bool(&json, "is_embedded", is_embedded);
	json_out_key_bool(&json, "fits", fits);
	json_out_key_str(&json, "message", message);
	json_out_key_array_begin(&json, "migrations");
	for (size_t i = 0; i < count; i++) {
		json_out_object_begin(&json);
		json_out_key_int(&json, "number", states[i].number);
		json_out_key_str(&json, "name", states[i].name);
		json_out_key_c_string(&json, "state", state_name(&states[i]));
		if (states[i].is_applied)
			json_out_key_time_ms(&json, "applied_at", states[i].applied_us);
		else
			json_out_key_null(&json, "applied_at");
		json_out_object_end(&json);
	}
	json_out_array_end(&json);
	json_out_object_end(&json);
	buf_add_char(out, '\n');
}

static void write_status(struct invocation *invocation, struct buf *out, const struct migration_state *states, size_t count,
	bool is_embedded, struct str message)
{
	struct ctl_table table;
	ctl_table_init(&table, invocation->arena, 3);
	for (size_t i = 0; i < count; i++) {
		ctl_table_add(&table, arena_printf(invocation->arena, "%04d", states[i].number));
		ctl_table_add(&table, states[i].name);
		ctl_table_add(&table, str_from(state_name(&states[i])));
	}
	buf_add_printf(out, "database: %s\n", is_embedded ? "our own" : "database.url");
	ctl_table_write(&table, out);
	if (message.len)
		buf_add_printf(out, "%.*s\n", STR_ARG(message));
	else
		buf_add_c_string(out, "the schema is up to date\n");
}

static enum error run_status(struct invocation *invocation)
{
	struct migration_state *states = NULL;
	size_t count = 0;
	struct str message = { 0 };
	enum error error = ctl_open_config(invocation);
	if (!error)
		error = ctl_open_database(invocation, false);
	if (error)
		return error;
	error = migrate_list(ctl_db(invocation), invocation->arena, &states, &count);
	if (error)
		return ctl_fail(error, "cannot read the state of the schema");
	enum error fits = migrate_check(ctl_db(invocation), invocation->arena, &message);

	AUTO(buf) struct buf out = { 0 };
	bool is_embedded = cluster_is_wanted(ctl_config(invocation));
	if (invocation->is_json)
		write_status_json(&out, states, count, !fits, is_embedded, message);
	else
		write_status(invocation, &out, states, count, is_embedded, message);
	error = ctl_print(&out);
	return fits == ERROR_CONFIGURATION ? ERROR_DATABASE : fits ? fits : error;
}

static enum error run_tidy(struct invocation *invocation)
{
	struct maintenance_sums sums = { 0 };
	enum error error = ctl_open_config(invocation);
	if (!error)
		error = ctl_open_database(invocation, true);
	if (error)
		return error;
	int64_t now_us = clock_now_us(), notifications = 0;
	error = maintenance_forget(ctl_config(invocation), ctl_db(invocation), invocation->arena, now_us, &sums);
	if (!error)
		error = forget_told(ctl_config(invocation), ctl_db(invocation), invocation->arena, now_us, &notifications);
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	AUTO(buf) struct buf out = { 0 };
	if (invocation->is_json) {
		struct json_out json;
		json_out_init(&json, &out);
		json_out_object_begin(&json);
		json_out_key_int(&json, "activities", sums.activities);
		json_out_key_int(&json, "deliveries", sums.deliveries);
		json_out_key_int(&json, "remote_posts", sums.remote_posts);
		json_out_key_int(&json, "notifications", notifications);
		json_out_object_end(&json);
		buf_add_char(&out, '\n');
	} else {
		buf_add_printf(&out, "forgotten: %lld activities, %lld delivery receipts, %lld posts of other servers,"
			" %lld notifications\n",
			(long long)sums.activities, (long long)sums.deliveries, (long long)sums.remote_posts, (long long)notifications);
	}
	return ctl_print(&out);
}

const struct command command_db_tidy = {
	.noun = "db",
	.verb = "tidy",
	.flags = COMMAND_HAS_JSON,
	.summary = "Forgets now what the retention settings let go",
	.details = "A running server does the same each hour, in batches that nobody waits for. Receipts become sums per server\n"
		"and month; posts of other servers go when nobody here answered, boosted, favourited or was mentioned;\n"
		"notifications when they were read.\n"
		"\nExample:\n"
		"  comptoir db tidy --set retention.remote_posts=90d\n",
	.run = run_tidy,
};

const struct command command_db_init = {
	.noun = "db",
	.verb = "init",
	.flags = COMMAND_HAS_JSON,
	.summary = "Makes the database of our own and its schema",
	.details = "Without database.url: a private PostgreSQL cluster in data.directory, reached by a Unix socket only.\n"
		"With database.url: only the schema, in a database that its administrator made.\n"
		"What is there already stays as it is.\n"
		"\nExamples:\n"
		"  comptoir db init\n"
		"  comptoir db init --set database.url='host=db.example dbname=comptoir user=comptoir'\n",
	.run = run_init,
};

const struct command command_db_migrate = {
	.noun = "db",
	.verb = "migrate",
	.flags = COMMAND_HAS_JSON,
	.summary = "Brings the schema up to date",
	.details = "Applies what is missing, each step in a transaction of its own; may be interrupted and run again, and\n"
		"run while the previous release still serves. Connects as database.owner_url if that is set.\n"
		"\nExample:\n"
		"  comptoir db migrate\n",
	.run = run_migrate,
};

const struct command command_db_status = {
	.noun = "db",
	.verb = "status",
	.flags = COMMAND_HAS_JSON,
	.summary = "Lists the migrations and tells whether the schema fits",
	.details = "Ends with 0 when the schema is exactly that of this release, else with 4.\n"
		"\nExample:\n"
		"  comptoir db status --json\n",
	.run = run_status,
};
