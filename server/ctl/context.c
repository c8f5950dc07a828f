/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Opens in the one right order: the configuration (which only root may be able to read), then no root any more,
 * then the rest. */
#include "server/ctl/context.h"

#include "server/action/instance_setup.h"
#include "server/media/launch.h"
#include "server/privileges.h"

#include "base/log.h"
#include "storage/cluster.h"
#include "storage/migrate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_CONFIG_PATH "/etc/comptoir/comptoir.conf"

struct ctl {
	const char *config_path;
	struct config *config;
	struct cluster *cluster;
	struct db *db;
	struct secret_box *secret_box;
};

static struct ctl *ctl_get(struct invocation *invocation)
{
	if (!invocation->ctl)
		invocation->ctl = memory_new(sizeof(*invocation->ctl));
	return invocation->ctl;
}

enum error ctl_fail(enum error error, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	fputs("comptoir: ", stderr);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
	va_end(arguments);
	return error;
}

enum error ctl_fail_with(enum error error, struct str message)
{
	if (message.len)
		return ctl_fail(error, "%.*s", STR_ARG(message));
	return ctl_fail(error, "%s", error_text(error));
}

enum error ctl_print(const struct buf *out)
{
	if (out->len && fwrite(out->data, 1, out->len, stdout) != out->len)
		return ERROR_IO;
	return fflush(stdout) == 0 ? ERROR_NONE : ERROR_IO;
}

static const char *find_config_path(const struct invocation *invocation)
{
	const char *path = option_value(invocation, "--config");
	if (path)
		return path;
	path = getenv("COMPTOIR_CONFIG");
	if (path && path[0])
		return path;
	return access(DEFAULT_CONFIG_PATH, F_OK) == 0 ? DEFAULT_CONFIG_PATH : NULL;
}

enum error ctl_read_config(struct invocation *invocation)
{
	struct ctl *ctl = ctl_get(invocation);
	const char *settings[COMMAND_MAX_OPTIONS];
	size_t setting_count = option_values(invocation, "--set", settings, COMMAND_MAX_OPTIONS);
	char *message = NULL;
	ctl->config_path = find_config_path(invocation);
	enum error error = config_load(ctl->config_path, settings, setting_count, &ctl->config, &message);
	if (error)
		error = ctl_fail(error, "%s", message);
	memory_free(message);
	return error;
}

enum error ctl_open_config(struct invocation *invocation)
{
	struct str message = { 0 };
	enum error error = ctl_read_config(invocation);
	if (error)
		return error;
	media_launcher_start(ctl_config(invocation));
	error = privileges_drop(ctl_config(invocation), invocation->arena, &message);
	return error ? ctl_fail_with(error, message) : ERROR_NONE;
}

const struct config *ctl_config(const struct invocation *invocation)
{
	return invocation->ctl->config;
}

const char *ctl_config_path(const struct invocation *invocation)
{
	return invocation->ctl->config_path;
}

static enum error start_cluster(struct invocation *invocation)
{
	struct ctl *ctl = invocation->ctl;
	struct str message = { 0 };
	if (!cluster_is_wanted(ctl->config))
		return ERROR_NONE;
	enum error error = privileges_check_directory(config_text(ctl->config, "data.directory"), invocation->arena, &message);
	if (error)
		return ctl_fail_with(error, message);
	if (!cluster_exists(ctl->config))
		return ctl_fail(ERROR_DATABASE, "there is no database in %s: `comptoir db init` makes one",
			config_text(ctl->config, "data.directory"));
	error = cluster_start(ctl->config, invocation->arena, &ctl->cluster, &message);
	return error ? ctl_fail_with(error, message) : ERROR_NONE;
}

enum error ctl_open_database(struct invocation *invocation, bool must_fit)
{
	struct str message = { 0 };
	enum error error = start_cluster(invocation);
	if (error)
		return error;
	struct ctl *ctl = invocation->ctl;
	ctl->db = db_new(ctl->config, DB_OWNER);
	error = db_ping(ctl->db);
	if (error)
		return ctl_fail(error == ERROR_TIMEOUT ? ERROR_DATABASE_UNREACHABLE : error,
			"the database does not answer: check database.url, and that PostgreSQL runs");
	if (!must_fit)
		return ERROR_NONE;
	error = migrate_check(ctl->db, invocation->arena, &message);
	if (error == ERROR_CONFIGURATION)
		return ctl_fail_with(ERROR_DATABASE, message);
	return error ? ctl_fail_with(error, message) : ERROR_NONE;
}

struct db *ctl_db(const struct invocation *invocation)
{
	return invocation->ctl->db;
}

enum error ctl_open_instance(struct invocation *invocation)
{
	struct ctl *ctl = invocation->ctl;
	struct str message = { 0 };
	enum error error = privileges_prepare_directory(ctl->config, invocation->arena, &message);
	if (!error)
		error = instance_setup(ctl->db, invocation->arena, ctl->config, &ctl->secret_box, &message);
	return error ? ctl_fail_with(error, message) : ERROR_NONE;
}

const struct secret_box *ctl_secret_box(const struct invocation *invocation)
{
	return invocation->ctl->secret_box;
}

void ctl_close(struct invocation *invocation)
{
	struct ctl *ctl = invocation->ctl;
	if (!ctl)
		return;
	secret_box_close(&ctl->secret_box);
	db_free(&ctl->db);
	cluster_stop(&ctl->cluster);
	config_free(&ctl->config);
	memory_free(ctl);
	invocation->ctl = NULL;
}

void ctl_table_init(struct ctl_table *table, struct arena *arena, size_t column_count)
{
	*table = (struct ctl_table){ .column_count = column_count, .arena = arena };
}

void ctl_table_add(struct ctl_table *table, struct str cell)
{
	if (table->cell_count == table->capacity) {
		size_t capacity = table->capacity ? table->capacity * 2 : 64;
		struct str *cells = arena_alloc_array(table->arena, capacity, sizeof(*cells));
		if (table->cell_count)
			memcpy(cells, table->cells, table->cell_count * sizeof(*cells));
		table->cells = cells;
		table->capacity = capacity;
	}
	table->cells[table->cell_count++] = cell;
}

/* Characters, near enough for names and addresses; what could steer a terminal is shown as '?'. */
static size_t add_cell(struct buf *out, struct str cell)
{
	size_t width = 0;
	for (size_t i = 0; i < cell.len; i++) {
		unsigned char c = (unsigned char)cell.data[i];
		width += (c & 0xc0) != 0x80;
		if (out)
			buf_add_char(out, c < 0x20 || c == 0x7f ? '?' : (char)c);
	}
	return width;
}

void ctl_table_write(const struct ctl_table *table, struct buf *out)
{
	size_t *widths = arena_alloc_array(table->arena, table->column_count, sizeof(*widths));
	for (size_t i = 0; i < table->cell_count; i++) {
		size_t width = add_cell(NULL, table->cells[i]);
		if (width > widths[i % table->column_count])
			widths[i % table->column_count] = width;
	}
	for (size_t i = 0; i < table->cell_count; i++) {
		size_t column = i % table->column_count;
		size_t width = add_cell(out, table->cells[i]);
		bool is_last = column + 1 == table->column_count;
		for (; !is_last && width < widths[column] + 2; width++)
			buf_add_char(out, ' ');
		if (is_last)
			buf_add_char(out, '\n');
	}
}
