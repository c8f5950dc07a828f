/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Settings of the session travel in the start-up packet, so that a new connection costs no further round
 * trip and is in its role before the first statement. */
#include "storage/db_conninfo.h"

#include "storage/cluster.h"
#include "base/config.h"

#include <libpq-fe.h>

#include <string.h>

const char *db_role_name(enum db_role role)
{
	switch (role) {
	case DB_OWNER:
		return "comptoir";
	case DB_WEB:
		return "comptoir_web";
	case DB_FEDERATION:
		return "comptoir_federation";
	}
	memory_fatal("unknown database role");
}

static const char *find_value(const struct db_conninfo *conninfo, const char *keyword)
{
	for (int i = 0; i < conninfo->count; i++) {
		if (strcmp(conninfo->keywords[i], keyword) == 0)
			return conninfo->values[i];
	}
	return NULL;
}

static void set_value(struct db_conninfo *conninfo, const char *keyword, const char *value)
{
	int index = 0;
	while (index < conninfo->count && strcmp(conninfo->keywords[index], keyword) != 0)
		index++;
	if (index == DB_CONNINFO_MAX)
		memory_fatal("too many connection parameters");
	if (index == conninfo->count)
		conninfo->count++;
	conninfo->keywords[index] = keyword;
	conninfo->values[index] = value;
}

static void set_default(struct db_conninfo *conninfo, const char *keyword, const char *value)
{
	if (!find_value(conninfo, keyword))
		set_value(conninfo, keyword, value);
}

/* Without the string itself: libpq's messages may quote parts of it. */
static enum error read_url(const char *url, struct arena *arena, struct db_conninfo *conninfo, struct str *ret_message)
{
	PQconninfoOption *options = PQconninfoParse(url, NULL);
	if (!options) {
		*ret_message = STR_LITERAL("database.url is neither a postgresql:// address nor a list of keyword=value");
		return ERROR_CONFIGURATION;
	}
	for (const PQconninfoOption *option = options; option->keyword; option++) {
		if (option->val)
			set_value(conninfo, arena_c_string(arena, str_from(option->keyword)),
				arena_c_string(arena, str_from(option->val)));
	}
	PQconninfoFree(options);
	return ERROR_NONE;
}

static const char *session_options(const struct db_conninfo *conninfo, enum db_role role, bool becomes_role,
	int64_t statement_timeout_ms, struct arena *arena)
{
	const char *given = find_value(conninfo, "options");
	struct str role_option = { 0 };
	if (becomes_role)
		role_option = arena_printf(arena, " -c role=%s", db_role_name(role));
	/* Statements are written for one plan by index, whatever the values and the statistics of a young database say:
	 * planning each anew costs many times what running it does, and a plan made while a table was small is kept when it
	 * has grown. Migrations go through whole tables. */
	struct str plans = { 0 };
	if (role != DB_OWNER)
		plans = STR_LITERAL(" -c plan_cache_mode=force_generic_plan -c enable_seqscan=off");
	/* jit costs more than it gives on short statements; a transaction left open holds up vacuum. */
	struct str options = arena_printf(arena,
		"%s -c jit=off%.*s -c statement_timeout=%lld -c idle_in_transaction_session_timeout=60000%.*s", given ? given : "",
		STR_ARG(plans), (long long)statement_timeout_ms, STR_ARG(role_option));
	return arena_c_string(arena, options);
}

enum error db_conninfo_make(const struct config *config, enum db_role role, int64_t statement_timeout_ms,
	struct arena *arena, struct db_conninfo *ret_conninfo, struct str *ret_message)
{
	struct db_conninfo conninfo = { 0 };
	bool becomes_role = false;
	if (cluster_is_wanted(config)) {
		struct str own = cluster_connection_string(config, arena, db_role_name(role));
		enum error error = read_url(own.data, arena, &conninfo, ret_message);
		if (error)
			return error;
	} else {
		const char *url = config_text(config, "database.url");
		const char *owner_url = config_text(config, "database.owner_url");
		enum error error = read_url(role == DB_OWNER && *owner_url ? owner_url : url, arena, &conninfo, ret_message);
		if (error)
			return error;
		becomes_role = role != DB_OWNER && find_value(&conninfo, "user");
	}
	set_default(&conninfo, "user", db_role_name(role));
	set_default(&conninfo, "dbname", CLUSTER_DATABASE);
	set_default(&conninfo, "application_name", db_role_name(role));
	set_default(&conninfo, "keepalives_idle", "30");
	set_default(&conninfo, "keepalives_interval", "10");
	set_default(&conninfo, "keepalives_count", "3");
	set_default(&conninfo, "tcp_user_timeout", "15000");
	set_value(&conninfo, "client_encoding", "UTF8");
	set_value(&conninfo, "options", session_options(&conninfo, role, becomes_role, statement_timeout_ms, arena));
	*ret_conninfo = conninfo;
	return ERROR_NONE;
}
