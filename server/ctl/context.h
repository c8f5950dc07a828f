/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What commands work with, made when they ask for it: the configuration, the database, the secret box. And the
 * way they speak: results to standard output, troubles to standard error. */
#ifndef COMPTOIR_SERVER_CTL_CONTEXT_H
#define COMPTOIR_SERVER_CTL_CONTEXT_H

#include "server/ctl/command.h"

#include "base/config.h"
#include "base/json_out.h"
#include "base/secret_box.h"
#include "storage/db.h"

/* Reads the configuration (--config, COMPTOIR_CONFIG, /etc/comptoir/comptoir.conf), then gives up root. Says what
 * is wrong and returns ERROR_CONFIGURATION. */
enum error ctl_open_config(struct invocation *invocation) MUST_CHECK;

/* Only the configuration, as it is: for commands that explain it. Does not give up root. */
enum error ctl_read_config(struct invocation *invocation) MUST_CHECK;
const struct config *ctl_config(const struct invocation *invocation);
const char *ctl_config_path(const struct invocation *invocation); /* NULL: no file */

/* Starts or joins the embedded cluster, connects as the owner. With must_fit the schema has to be ours. Says what
 * is wrong. */
enum error ctl_open_database(struct invocation *invocation, bool must_fit) MUST_CHECK;
struct db *ctl_db(const struct invocation *invocation);

/* Sets the instance up if it is not, and opens the key file. After ctl_open_database. */
enum error ctl_open_instance(struct invocation *invocation) MUST_CHECK;
const struct secret_box *ctl_secret_box(const struct invocation *invocation);

void ctl_close(struct invocation *invocation);

/* Writes "comptoir: ..." to standard error and returns error. */
enum error ctl_fail(enum error error, const char *format, ...) MUST_CHECK PRINTF_LIKE(2, 3);

/* The same with message, or with the error's own text when message is empty. */
enum error ctl_fail_with(enum error error, struct str message) MUST_CHECK;

/* Writes to standard output; ERROR_IO when that fails. */
enum error ctl_print(const struct buf *out) MUST_CHECK;

/* A table for people: columns are as wide as their widest cell. */
struct ctl_table {
	struct str *cells;
	size_t column_count;
	size_t cell_count;
	size_t capacity;
	struct arena *arena;
};
void ctl_table_init(struct ctl_table *table, struct arena *arena, size_t column_count);
void ctl_table_add(struct ctl_table *table, struct str cell);
void ctl_table_write(const struct ctl_table *table, struct buf *out);

#endif
