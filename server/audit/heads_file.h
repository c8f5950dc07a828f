/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The heads of the audit logs in a file beside the database: who changes the database alone is found out, even when the last
 * entries were taken away. Each line is a time, an organisation, how many entries it had, and the hash of the last one. The
 * file only grows; a copy of it elsewhere is worth more still. */
#ifndef COMPTOIR_SERVER_AUDIT_HEADS_FILE_H
#define COMPTOIR_SERVER_AUDIT_HEADS_FILE_H

#include "base/config.h"
#include "storage/audit.h"

/* Of the configuration. */
struct str heads_file_path(struct arena *arena, const struct config *config) MUST_CHECK;

/* Behind what is there, and on disk when it returns. ERROR_IO, ERROR_STORAGE_FULL. */
enum error heads_file_append(const char *path, const struct audit_head *heads, size_t count) MUST_CHECK;

/* All lines. A last one that was cut off by a crash counts as none. ERROR_NOT_FOUND without file; ERROR_BAD_REQUEST when a
 * line is none: *ret_line says which (1 is the first). */
enum error heads_file_read(struct arena *arena, const char *path, struct audit_head **ret_heads, size_t *ret_count,
	size_t *ret_line) MUST_CHECK;

#endif
