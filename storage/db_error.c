/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The table from SQLSTATE to our errors; whatever is not in it is a fault in a statement. */
#include "storage/db_error.h"

#include <stddef.h>
#include <string.h>

struct sqlstate_meaning {
	const char *sqlstate; /* five characters, or the class: two */
	enum error error;
	bool ends_connection;
};

/* Exact codes stand before their class. */
static const struct sqlstate_meaning meanings[] = {
	{ "23505", ERROR_CONFLICT, false },             /* unique_violation */
	{ "CP403", ERROR_FORBIDDEN, false },            /* our own: release_gate */
	{ "25006", ERROR_DATABASE_UNREACHABLE, true },  /* read_only_sql_transaction: a standby after failover */
	{ "40001", ERROR_UNAVAILABLE, false },          /* serialization_failure: trying again helps */
	{ "40P01", ERROR_UNAVAILABLE, false },          /* deadlock_detected */
	{ "53100", ERROR_STORAGE_FULL, false },         /* disk_full */
	{ "58030", ERROR_STORAGE_FULL, false },         /* io_error, as PostgreSQL reports most writes to a full disk */
	{ "53200", ERROR_UNAVAILABLE, false },          /* out_of_memory */
	{ "53300", ERROR_DATABASE_UNREACHABLE, true },  /* too_many_connections */
	{ "55P03", ERROR_TIMEOUT, false },              /* lock_not_available: lock_timeout */
	{ "57014", ERROR_TIMEOUT, false },              /* query_canceled: statement_timeout */
	{ "25P03", ERROR_DATABASE_UNREACHABLE, true },  /* idle_in_transaction_session_timeout */
	{ "57P", ERROR_DATABASE_UNREACHABLE, true },    /* shutdown, crash, cannot_connect_now */
	{ "08", ERROR_DATABASE_UNREACHABLE, true },     /* connection exceptions */
};

static const struct sqlstate_meaning *find_meaning(const char *sqlstate)
{
	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++) {
		if (strncmp(sqlstate, meanings[i].sqlstate, strlen(meanings[i].sqlstate)) == 0)
			return &meanings[i];
	}
	return NULL;
}

enum error db_error_from_sqlstate(const char *sqlstate)
{
	if (!sqlstate)
		return ERROR_DATABASE_UNREACHABLE;
	const struct sqlstate_meaning *meaning = find_meaning(sqlstate);
	return meaning ? meaning->error : ERROR_DATABASE;
}

bool db_error_ends_connection(const char *sqlstate)
{
	if (!sqlstate)
		return true;
	const struct sqlstate_meaning *meaning = find_meaning(sqlstate);
	return meaning && meaning->ends_connection;
}

bool db_error_wants_prepare(const char *sqlstate, const char *source_function)
{
	if (!sqlstate)
		return false;
	if (strcmp(sqlstate, "26000") == 0)
		return true;
	return strcmp(sqlstate, "0A000") == 0 && source_function && strcmp(source_function, "RevalidateCachedQuery") == 0;
}
