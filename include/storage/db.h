/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * One blocking connection to PostgreSQL and what runs on it. A worker thread owns one; it is never shared.
 *
 * A statement is a named constant (struct statement) prepared on its first use per connection. Values go
 * and come in binary form. Results live in the arena given to the call; nothing is freed by hand.
 *
 *   static const struct statement find_user = STATEMENT("find_user",
 *           "select id, email from users where id = $1"); // users_pkey
 *
 * A connection that dies is opened again at the next call with backoff and jitter; inside a transaction
 * the transaction fails with ERROR_DATABASE_UNREACHABLE. Connections of one role share what they know of an outage:
 * while it lasts, calls outside a transaction fail at once with that error. A connection that dies while COMMIT
 * is under way gives ERROR_COMMIT_UNKNOWN: look the write up by its own key before doing it again.
 *
 * A single statement outside a transaction commits by itself; if it writes and its connection dies under it,
 * that is ERROR_COMMIT_UNKNOWN too. Besides: ERROR_CONFLICT for what must be unique, ERROR_TIMEOUT past the time
 * limit (the server's, or ours when the server does not answer at all), ERROR_STORAGE_FULL, ERROR_UNAVAILABLE
 * when trying again helps (deadlock, serialisation), ERROR_DATABASE for faults of our own. Each is logged here,
 * once; after any of them in a transaction only db_rollback helps.
 *
 * Roles. In the embedded cluster, and with a database.url that names no user, the connection logs in as the
 * role itself (comptoir, comptoir_web, comptoir_federation). A database.url with a user logs in as that user,
 * who must be a member of both roles, and becomes the role by a start-up option (-c role=...), so that
 * current_user is the role from the first statement on. The first form is the stronger wall: no statement
 * can lead back to the owner. DB_OWNER uses database.owner_url if there is one, and never changes role. */
#ifndef COMPTOIR_STORAGE_DB_H
#define COMPTOIR_STORAGE_DB_H

#include "base/arena.h"
#include "base/error.h"

enum db_role {
	DB_OWNER,      /* migrations and the command line only */
	DB_WEB,        /* role comptoir_web: API and job workers */
	DB_FEDERATION, /* role comptoir_federation: inbox workers and delivery; no select on private tables */
};

struct db;
struct config;

/* Does not connect yet. config must outlive it. */
struct db *db_new(const struct config *config, enum db_role role) MUST_CHECK;
void db_free(struct db **db); /* accepts NULL */

enum db_role db_role_of(const struct db *db);

/* For pools whose statements may take longer or must end sooner than database.statement_timeout; takes effect
 * at the next connection or statement. DB_OWNER has no limit of its own. */
void db_set_statement_timeout(struct db *db, int64_t timeout_ms);

/* Connects if need be and asks the server; each within about database.connect_timeout. */
enum error db_ping(struct db *db) MUST_CHECK;

/* Transactions do not nest. It is the first statement that begins one. A handler that returns with one open has it rolled back by its worker. */
enum error db_begin(struct db *db) MUST_CHECK;
enum error db_commit(struct db *db) MUST_CHECK;
void db_rollback(struct db *db);
bool db_is_in_transaction(const struct db *db);

/* How many statements other than select this connection has begun: unchanged means that nothing was written. */
uint64_t db_write_count(const struct db *db);

/* Time spent waiting for the database since the last call, for the request's log line. */
int64_t db_take_elapsed_us(struct db *db);

#endif
