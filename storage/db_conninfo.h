/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What libpq is told to connect with: the operator's connection string, completed by what we rely on. */
#ifndef COMPTOIR_STORAGE_DB_CONNINFO_H
#define COMPTOIR_STORAGE_DB_CONNINFO_H

#include "storage/db.h"

#define DB_CONNINFO_MAX 64

struct db_conninfo {
	int count;
	const char *keywords[DB_CONNINFO_MAX + 1]; /* ends with NULL, as PQconnectStartParams wants it */
	const char *values[DB_CONNINFO_MAX + 1];
};

/* The database role's name: "comptoir" (of the embedded cluster), "comptoir_web", "comptoir_federation". */
const char *db_role_name(enum db_role role);

/* Strings live in the arena. statement_timeout_ms 0: none. ERROR_CONFIGURATION when database.url is not a
 * connection string; *ret_message says why, without the string, which may hold a password. */
enum error db_conninfo_make(const struct config *config, enum db_role role, int64_t statement_timeout_ms,
	struct arena *arena, struct db_conninfo *ret_conninfo, struct str *ret_message) MUST_CHECK;

#endif
