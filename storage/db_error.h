/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What PostgreSQL's error codes (SQLSTATE) mean to us. */
#ifndef COMPTOIR_STORAGE_DB_ERROR_H
#define COMPTOIR_STORAGE_DB_ERROR_H

#include "base/error.h"

#include <stdbool.h>

/* sqlstate NULL: the connection broke and the server said nothing. */
enum error db_error_from_sqlstate(const char *sqlstate);

/* Whether the connection is of no more use after this error: the server is ending it, or it has become a
 * standby that takes no writes. */
bool db_error_ends_connection(const char *sqlstate);

/* Whether a prepared statement has to be prepared anew: its tables changed, or a pooler forgot it.
 * source_function is PG_DIAG_SOURCE_FUNCTION, which no locale changes. */
bool db_error_wants_prepare(const char *sqlstate, const char *source_function);

#endif
