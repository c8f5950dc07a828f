/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * One blocking connection. libpq itself runs non-blocking, and every wait has a deadline of ours: a server that
 * is stopped or cut off answers nothing, not even the statement timeout that it was given.
 *
 * A connection is opened when something is to be run and none is there. An attempt that fails, and a statement
 * without an answer, are followed by a pause that all connections of the role keep (db_outage.h); calls during the
 * pause fail at once. A transaction whose connection is gone stays failed until it is rolled back. */
#include "storage/statement.h"

#include "storage/db_conninfo.h"
#include "storage/db_error.h"
#include "storage/db_notify.h"
#include "storage/db_outage.h"
#include "storage/event_wire.h"
#include "storage/wake.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/log.h"
#include "base/mutant.h"

#include <libpq-fe.h>

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define CONNINFO_LIMIT_BYTES 65536
/* What the server's own statement timeout has left to speak up in. */
#define DEADLINE_GRACE_MS 500
#define NO_DEADLINE INT64_MAX

enum wait_result { WAIT_DONE, WAIT_LOST, WAIT_TIMED_OUT };

struct db {
	const struct config *config;
	enum db_role role;
	PGconn *connection; /* NULL while there is none */
	bool is_in_transaction;
	bool must_begin;              /* the open transaction begins with its first statement */
	enum error transaction_error; /* why the open transaction can only be rolled back */
	bool must_forget_prepared;    /* statements have to be prepared anew after the transaction */
	bool has_answered;            /* this connection has run a statement */
	bool server_said_goodbye;
	bool was_reported;            /* the outage is in the log */
	unsigned failures;            /* attempts to connect that failed in a row */
	unsigned connections;         /* opened so far */
	unsigned rings_on_commit;     /* bits 1u << enum wake_kind */
	struct event *events_on_commit;
	size_t event_count, event_capacity;
	bool is_probing;              /* the other connections wait for what this call finds out */
	int64_t elapsed_us;
	uint64_t write_count;
	int64_t statement_timeout_ms;         /* 0 for none */
	int64_t session_statement_timeout_ms; /* as the connection has it */
	int64_t wait_limit_ms;                /* goes before the statement timeout; 0 for none */
	const struct statement **prepared;    /* open addressing by address */
	size_t prepared_capacity;             /* a power of two */
	size_t prepared_count;
};

static const struct statement set_timeout = STATEMENT("db_set_timeout", 1,
	"select set_config('statement_timeout', $1, false)");
static const struct statement ping = STATEMENT("db_ping", 0, "select 1");

STATEMENT_TABLE(db_statements, &set_timeout, &ping);

struct db *db_new(const struct config *config, enum db_role role)
{
	struct db *db = memory_new(sizeof(*db));
	db->config = config;
	db->role = role;
	db->statement_timeout_ms = role == DB_OWNER ? 0 : config_duration_ms(config, "database.statement_timeout");
	return db;
}

static void forget_prepared(struct db *db)
{
	memory_free(db->prepared);
	db->prepared = NULL;
	db->prepared_capacity = 0;
	db->prepared_count = 0;
	db->must_forget_prepared = false;
}

static void close_connection(struct db *db)
{
	PQfinish(db->connection);
	db->connection = NULL;
	forget_prepared(db);
}

void db_free(struct db **db)
{
	if (!*db)
		return;
	close_connection(*db);
	memory_free((*db)->events_on_commit);
	memory_free(*db);
	*db = NULL;
}

enum db_role db_role_of(const struct db *db)
{
	return db->role;
}

void db_set_statement_timeout(struct db *db, int64_t timeout_ms)
{
	db->statement_timeout_ms = timeout_ms;
}

int64_t db_take_elapsed_us(struct db *db)
{
	int64_t elapsed_us = db->elapsed_us;
	db->elapsed_us = 0;
	return elapsed_us;
}

bool db_is_in_transaction(const struct db *db)
{
	return db->is_in_transaction;
}

uint64_t db_write_count(const struct db *db)
{
	return db->write_count;
}

/* ---- waiting ---- */

static int64_t deadline_after_ms(int64_t timeout_ms)
{
	return timeout_ms ? clock_monotonic_us() + (timeout_ms + DEADLINE_GRACE_MS) * 1000 : NO_DEADLINE;
}

/* 0 when the deadline has passed. */
static int wait_for_socket(const struct db *db, short events, int64_t deadline_us)
{
	struct pollfd poll_fd = { .fd = PQsocket(db->connection), .events = events };
	for (;;) {
		int timeout_ms = -1;
		if (deadline_us != NO_DEADLINE) {
			int64_t left_us = deadline_us - clock_monotonic_us();
			if (left_us <= 0)
				return 0;
			timeout_ms = left_us > 60000000 ? 60000 : (int)(left_us / 1000) + 1;
		}
		int ready = poll(&poll_fd, 1, timeout_ms);
		if (ready > 0)
			return poll_fd.revents;
		if (ready < 0 && errno != EINTR)
			return POLLERR;
	}
}

static enum wait_result wait_for_result(const struct db *db, int64_t deadline_us)
{
	for (;;) {
		int unsent = PQflush(db->connection);
		if (unsent < 0)
			return WAIT_LOST;
		if (!unsent && !PQisBusy(db->connection))
			return WAIT_DONE;
		int ready = wait_for_socket(db, (short)(POLLIN | (unsent ? POLLOUT : 0)), deadline_us);
		if (!ready)
			return WAIT_TIMED_OUT;
		if ((ready & (POLLIN | POLLERR | POLLHUP)) && !PQconsumeInput(db->connection))
			return WAIT_LOST;
	}
}

/* Takes results until the connection is idle again and keeps the first error, else the last result. */
static enum wait_result take_result(const struct db *db, PGresult **ret_result)
{
	int64_t deadline_us = db->wait_limit_ms ? clock_monotonic_us() + db->wait_limit_ms * 1000 :
						  deadline_after_ms(db->statement_timeout_ms);
	PGresult *kept = NULL;
	for (;;) {
		enum wait_result waited = wait_for_result(db, deadline_us);
		if (waited == WAIT_TIMED_OUT) {
			PQclear(kept);
			return waited;
		}
		/* On a lost connection libpq still hands out the last words of the server, if there were any. */
		PGresult *result = PQgetResult(db->connection);
		if (!result)
			break;
		if (kept && PQresultStatus(kept) == PGRES_FATAL_ERROR) {
			PQclear(result);
			continue;
		}
		PQclear(kept);
		kept = result;
	}
	*ret_result = kept;
	return PQstatus(db->connection) == CONNECTION_OK ? WAIT_DONE : WAIT_LOST;
}

/* ---- connecting ---- */

static void note_outage(struct db *db, enum db_outage outage, const char *detail)
{
	int64_t pause_ms = db_outage_begin(db->role, outage, db->is_probing);
	db->is_probing = false;
	db->failures++;
	if (!db->was_reported)
		log_event(LOG_LEVEL_WARNING, "database_unreachable", LOG_TEXT("database_role", db_role_name(db->role)),
			LOG_TEXT("detail", detail), LOG_INT("retry_ms", pause_ms));
	db->was_reported = true;
}

/* A connection that served and was lost is replaced at once; one that never answered counts as an attempt. */
static void lose_connection(struct db *db, const char *detail)
{
	if (db->has_answered) {
		log_event(LOG_LEVEL_WARNING, "database_connection_lost", LOG_TEXT("database_role", db_role_name(db->role)),
			LOG_TEXT("detail", detail));
		db->was_reported = true;
	} else {
		note_outage(db, DB_OUTAGE_CONNECTING, detail);
	}
	close_connection(db);
	if (db->is_in_transaction && !db->transaction_error)
		db->transaction_error = ERROR_DATABASE_UNREACHABLE;
}

static enum error finish_connecting(struct db *db, int64_t deadline_us)
{
	PostgresPollingStatusType next = PGRES_POLLING_WRITING;
	while (next != PGRES_POLLING_OK) {
		if (next == PGRES_POLLING_FAILED)
			return ERROR_DATABASE_UNREACHABLE;
		if (!wait_for_socket(db, next == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline_us))
			return ERROR_TIMEOUT;
		next = PQconnectPoll(db->connection);
	}
	return ERROR_NONE;
}

/* Between statements the server speaks only to say good-bye, and libpq passes that on as a notice. */
static void hear_notice(void *argument, const PGresult *result)
{
	struct db *db = argument;
	const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	if (sqlstate && db_error_ends_connection(sqlstate))
		db->server_said_goodbye = true;
}

static int64_t connect_timeout_ms(const struct db *db)
{
	return config_duration_ms(db->config, "database.connect_timeout");
}

static enum error open_connection(struct db *db)
{
	AUTO(arena) struct arena *arena = arena_new(CONNINFO_LIMIT_BYTES);
	struct db_conninfo conninfo;
	struct str message;
	enum error error = db_conninfo_make(db->config, db->role, db->statement_timeout_ms, arena, &conninfo, &message);
	if (error) {
		log_event(LOG_LEVEL_ERROR, "database_url_invalid", LOG_STR("detail", message));
		return error;
	}
	int64_t deadline_us = clock_monotonic_us() + connect_timeout_ms(db) * 1000;
	db->connection = PQconnectStartParams(conninfo.keywords, conninfo.values, 0);
	if (!db->connection)
		memory_fatal("out of memory");
	db->has_answered = false;
	db->server_said_goodbye = false;
	error = PQstatus(db->connection) == CONNECTION_BAD ? ERROR_DATABASE_UNREACHABLE : finish_connecting(db, deadline_us);
	if (error) {
		lose_connection(db, error == ERROR_TIMEOUT ? "no answer in time" : PQerrorMessage(db->connection));
		return ERROR_DATABASE_UNREACHABLE;
	}
	PQsetnonblocking(db->connection, 1);
	PQsetNoticeReceiver(db->connection, hear_notice, db);
	db->session_statement_timeout_ms = db->statement_timeout_ms;
	db->connections++;
	if (db->was_reported)
		log_event(LOG_LEVEL_INFO, "database_connected", LOG_TEXT("database_role", db_role_name(db->role)),
			LOG_INT("failed_attempts", db->failures));
	db->was_reported = false;
	return ERROR_NONE;
}

/* A server that went away between two requests is noticed here, before anything is sent to it. */
static void notice_closed_connection(struct db *db)
{
	struct pollfd poll_fd = { .fd = PQsocket(db->connection), .events = POLLIN };
	if (!db->server_said_goodbye && poll(&poll_fd, 1, 0) <= 0)
		return;
	if (!PQconsumeInput(db->connection) || PQisBusy(db->connection) || PQstatus(db->connection) != CONNECTION_OK)
		db->server_said_goodbye = true;
	if (db->server_said_goodbye)
		lose_connection(db, "closed by the server while idle");
}

static enum error apply_statement_timeout(struct db *db);
static enum error run_control(struct db *db, const char *name, const char *sql);

/* False during a pause. Whose turn it is to find out asks on the idle connection, if there is one, before
 * anything of the caller's is sent. */
static bool heed_outage(struct db *db)
{
	enum db_turn turn = db_outage_turn(db->role, db->connection, 2 * connect_timeout_ms(db));
	if (turn == DB_TURN_WAIT)
		return MUTANT("db_backoff") || (!db->failures && MUTANT("db_shared_pause"));
	db->is_probing = turn == DB_TURN_PROBE;
	if (!db->is_probing || !db->connection)
		return true;
	int64_t limit_ms = db->wait_limit_ms;
	db->wait_limit_ms = connect_timeout_ms(db);
	enum error error = run_control(db, "probe", "select 1");
	db->wait_limit_ms = limit_ms;
	return !error;
}

static enum error make_ready(struct db *db)
{
	if (db->is_in_transaction) {
		if (!db->connection)
			return ERROR_DATABASE_UNREACHABLE;
		return db->transaction_error;
	}
	if (db->connection)
		notice_closed_connection(db);
	if (!heed_outage(db))
		return ERROR_DATABASE_UNREACHABLE;
	if (!db->connection) {
		enum error error = open_connection(db);
		if (error)
			return error;
	}
	if (db->must_forget_prepared) {
		forget_prepared(db);
		enum error error = run_control(db, "deallocate", "deallocate all");
		if (error)
			return error;
	}
	return apply_statement_timeout(db);
}

/* ---- running ---- */

static void report_statement_error(const char *name, enum error error, const PGresult *result)
{
	/* The detail of a conflict names the values; the primary message does not. */
	enum log_level level = error == ERROR_DATABASE || error == ERROR_STORAGE_FULL ? LOG_LEVEL_ERROR : LOG_LEVEL_DEBUG;
	if (error == ERROR_TIMEOUT || error == ERROR_UNAVAILABLE)
		level = LOG_LEVEL_WARNING;
	log_event(level, "statement_failed", LOG_TEXT("statement", name),
		LOG_TEXT("sqlstate", PQresultErrorField(result, PG_DIAG_SQLSTATE)),
		LOG_TEXT("detail", PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY)),
		LOG_TEXT("constraint", PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME)));
}

/* Judges what came back. On success *ret_result is handed over; else it is cleared. An error of severity ERROR
 * has undone the statement; after FATAL and PANIC the server may have done it. */
static enum error judge_result(struct db *db, const char *name, PGresult *result, PGresult **ret_result,
	bool *ret_is_lost)
{
	ExecStatusType status = PQresultStatus(result);
	if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
		db_outage_end(db->role, !db->has_answered);
		db->has_answered = true;
		db->is_probing = false;
		db->failures = 0;
		*ret_result = result;
		return ERROR_NONE;
	}
	const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	enum error error = db_error_from_sqlstate(sqlstate);
	if (db_error_wants_prepare(sqlstate, PQresultErrorField(result, PG_DIAG_SOURCE_FUNCTION))) {
		db->must_forget_prepared = true;
		error = ERROR_UNAVAILABLE;
	} else {
		report_statement_error(name, error, result);
	}
	if (db->is_in_transaction && !db->transaction_error)
		db->transaction_error = error;
	const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
	*ret_is_lost = !severity || strcmp(severity, "ERROR") != 0;
	if (*ret_is_lost || db_error_ends_connection(sqlstate))
		lose_connection(db, PQresultErrorMessage(result));
	PQclear(result);
	return error;
}

/* Waits for what was just sent. *ret_is_lost: whether the connection went without an answer to it. */
static enum error receive(struct db *db, const char *name, PGresult **ret_result, bool *ret_is_lost)
{
	int64_t started_us = clock_monotonic_us();
	PGresult *result = NULL;
	enum wait_result waited = take_result(db, &result);
	db->elapsed_us += clock_monotonic_us() - started_us;
	*ret_is_lost = waited != WAIT_DONE;
	if (waited == WAIT_TIMED_OUT) {
		note_outage(db, DB_OUTAGE_ANSWERING, "no answer in time");
		lose_connection(db, "no answer in time");
		return ERROR_TIMEOUT;
	}
	if (waited == WAIT_LOST || !result) {
		PQclear(result);
		*ret_is_lost = true;
		lose_connection(db, PQerrorMessage(db->connection));
		return ERROR_DATABASE_UNREACHABLE;
	}
	return judge_result(db, name, result, ret_result, ret_is_lost);
}

/* begin, commit, rollback, scripts: by the simple protocol. */
static enum error send_simple(struct db *db, const char *name, const char *sql, PGresult **ret_result, bool *ret_is_lost)
{
	if (!PQsendQuery(db->connection, sql)) {
		*ret_is_lost = true;
		lose_connection(db, PQerrorMessage(db->connection));
		return ERROR_DATABASE_UNREACHABLE;
	}
	return receive(db, name, ret_result, ret_is_lost);
}

static enum error run_control(struct db *db, const char *name, const char *sql)
{
	PGresult *result = NULL;
	bool is_lost = false;
	enum error error = send_simple(db, name, sql, &result, &is_lost);
	PQclear(result);
	return error;
}

static size_t prepared_slot(const struct db *db, const struct statement *statement)
{
	size_t mask = db->prepared_capacity - 1;
	size_t slot = ((size_t)(uintptr_t)statement / sizeof(*statement)) & mask;
	while (db->prepared[slot] && db->prepared[slot] != statement)
		slot = (slot + 1) & mask;
	return slot;
}

static void remember_prepared(struct db *db, const struct statement *statement)
{
	if (db->prepared_count * 2 >= db->prepared_capacity) {
		const struct statement **old = db->prepared;
		size_t old_capacity = db->prepared_capacity;
		db->prepared_capacity = old_capacity ? old_capacity * 2 : 128;
		db->prepared = memory_new_array(db->prepared_capacity, sizeof(struct statement *));
		for (size_t i = 0; i < old_capacity; i++) {
			if (old[i])
				db->prepared[prepared_slot(db, old[i])] = old[i];
		}
		memory_free(old);
	}
	db->prepared[prepared_slot(db, statement)] = statement;
	db->prepared_count++;
}

static enum error prepare(struct db *db, const struct statement *statement)
{
	if (db->prepared_capacity && db->prepared[prepared_slot(db, statement)])
		return ERROR_NONE;
	if (!PQsendPrepare(db->connection, statement->name, statement->sql, 0, NULL)) {
		lose_connection(db, PQerrorMessage(db->connection));
		return ERROR_DATABASE_UNREACHABLE;
	}
	PGresult *result = NULL;
	bool is_lost = false;
	enum error error = receive(db, statement->name, &result, &is_lost);
	PQclear(result);
	if (!error)
		remember_prepared(db, statement);
	return error;
}

static bool is_read(const struct statement *statement)
{
	return strncasecmp(statement->sql, "select", 6) == 0;
}

static bool send_prepared(struct db *db, const struct statement *statement, const struct db_values *values)
{
	return PQsendQueryPrepared(db->connection, statement->name, statement->parameter_count, values ? values->data : NULL,
		values ? values->lengths : NULL, values ? values->formats : NULL, 1);
}

static enum error lose_silent_connection(struct db *db, bool *ret_is_lost)
{
	*ret_is_lost = true;
	lose_connection(db, PQerrorMessage(db->connection));
	return ERROR_DATABASE_UNREACHABLE;
}

static bool end_pipeline(struct db *db)
{
	PGresult *result = NULL;
	enum wait_result waited = take_result(db, &result);
	bool is_ended = waited == WAIT_DONE && PQresultStatus(result) == PGRES_PIPELINE_SYNC && PQexitPipelineMode(db->connection);
	PQclear(result);
	return is_ended;
}

/* The begin of a transaction travels with its first statement: both sides wait once instead of twice. */
static enum error execute_first(struct db *db, const struct statement *statement, const struct db_values *values,
	PGresult **ret_result, bool *ret_is_lost)
{
	PGresult *begun = NULL, *result = NULL;
	db->must_begin = false;
	if (!PQenterPipelineMode(db->connection) || !PQsendQueryParams(db->connection, "begin", 0, NULL, NULL, NULL, NULL, 1) ||
		!send_prepared(db, statement, values) || !PQpipelineSync(db->connection))
		return lose_silent_connection(db, ret_is_lost);
	enum error error = receive(db, "begin", &begun, ret_is_lost);
	PQclear(begun);
	if (error)
		return *ret_is_lost || !db->connection ? error : lose_silent_connection(db, ret_is_lost);
	error = receive(db, statement->name, &result, ret_is_lost);
	if (db->connection && !end_pipeline(db))
		error = lose_silent_connection(db, ret_is_lost);
	if (error)
		PQclear(result);
	else
		*ret_result = result;
	return error;
}

static enum error execute(struct db *db, const struct statement *statement, const struct db_values *values,
	PGresult **ret_result)
{
	assert(statement->parameter_count == (values ? values->count : 0));
	enum error error = prepare(db, statement);
	if (error)
		return error;
	if (!is_read(statement))
		db->write_count++;
	bool is_lost = false;
	if (db->must_begin)
		error = execute_first(db, statement, values, ret_result, &is_lost);
	else if (send_prepared(db, statement, values))
		error = receive(db, statement->name, ret_result, &is_lost);
	else
		error = lose_silent_connection(db, &is_lost);
	if (is_lost && !db->is_in_transaction && !is_read(statement))
		error = ERROR_COMMIT_UNKNOWN;
	return error;
}

static enum error apply_statement_timeout(struct db *db)
{
	if (db->session_statement_timeout_ms == db->statement_timeout_ms)
		return ERROR_NONE;
	char text[24];
	int len = snprintf(text, sizeof(text), "%" PRId64, db->statement_timeout_ms);
	struct db_values values = { .count = 0 };
	db_value_text(&values, (struct str){ text, (size_t)len });
	PGresult *result = NULL;
	enum error error = execute(db, &set_timeout, &values, &result);
	PQclear(result);
	if (!error)
		db->session_statement_timeout_ms = db->statement_timeout_ms;
	return error;
}

enum error db_run(struct db *db, struct arena *arena, const struct statement *statement,
	const struct db_values *values, struct db_rows *ret_rows)
{
	enum error error = make_ready(db);
	if (error)
		return error;
	PGresult *result = NULL;
	error = execute(db, statement, values, &result);
	if (error && db->must_forget_prepared && !db->is_in_transaction) {
		error = make_ready(db);
		if (!error)
			error = execute(db, statement, values, &result);
	}
	if (error)
		return error;
	int64_t affected = 0;
	if (!str_to_int64(str_from(PQcmdTuples(result)), &affected))
		affected = 0;
	*ret_rows = (struct db_rows){ .arena = arena, .result = result, .count = PQntuples(result), .affected = affected };
	return ERROR_NONE;
}

enum error db_change(struct db *db, struct arena *arena, const struct statement *statement,
	const struct db_values *values, int64_t *ret_affected)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, statement, values, &rows);
	if (!error && ret_affected)
		*ret_affected = rows.affected;
	return error;
}

enum error db_run_script(struct db *db, const char *name, const char *sql)
{
	assert(db->is_in_transaction);
	enum error error = make_ready(db);
	if (!error && db->must_begin)
		error = run_control(db, "begin", "begin");
	db->must_begin = false;
	return error ? error : run_control(db, name, sql);
}

enum error db_ping(struct db *db)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	db->wait_limit_ms = connect_timeout_ms(db) + DEADLINE_GRACE_MS;
	enum error error = db_run(db, NULL, &ping, NULL, &rows);
	db->wait_limit_ms = 0;
	return error;
}

/* ---- transactions ---- */

enum error db_begin(struct db *db)
{
	assert(!db->is_in_transaction);
	enum error error = make_ready(db);
	if (error)
		return error;
	db->is_in_transaction = true;
	db->must_begin = true;
	db->transaction_error = ERROR_NONE;
	db->rings_on_commit = 0;
	db->event_count = 0;
	return ERROR_NONE;
}

void wake_ring_on_commit(struct db *db, enum wake_kind kind)
{
	if (db->is_in_transaction)
		db->rings_on_commit |= 1U << kind;
	else
		wake_ring(kind);
}

void event_emit_on_commit(struct db *db, enum event_kind kind, int64_t id, int64_t actor_id)
{
	const struct event event = { kind, id, actor_id };
	if (!db->is_in_transaction) {
		event_emit(&event, 1);
		return;
	}
	if (db->event_count == db->event_capacity) {
		db->event_capacity = db->event_capacity ? 2 * db->event_capacity : 8;
		db->events_on_commit = memory_resize(db->events_on_commit, db->event_capacity * sizeof(*db->events_on_commit));
	}
	db->events_on_commit[db->event_count++] = event;
}

static void ring_committed(struct db *db)
{
	if (db->event_count)
		event_emit(db->events_on_commit, db->event_count);
	db->event_count = 0;
	for (unsigned kind = 0; kind < WAKE_KIND_COUNT; kind++) {
		if (db->rings_on_commit & 1U << kind)
			wake_ring((enum wake_kind)kind);
	}
	db->rings_on_commit = 0;
}

enum error db_commit(struct db *db)
{
	assert(db->is_in_transaction);
	if (db->transaction_error) {
		enum error error = db->transaction_error;
		db_rollback(db);
		return error;
	}
	PGresult *result = NULL;
	bool is_lost = false;
	if (db->must_begin) { /* nothing was asked of it */
		db->is_in_transaction = db->must_begin = false;
		ring_committed(db);
		return ERROR_NONE;
	}
	enum error error = send_simple(db, "commit", "commit", &result, &is_lost);
	db->is_in_transaction = false;
	db->transaction_error = ERROR_NONE;
	/* PostgreSQL answers COMMIT of a failed transaction with ROLLBACK and no error. */
	if (!error && strcmp(PQcmdStatus(result), "COMMIT") != 0)
		error = ERROR_DATABASE;
	PQclear(result);
	if (is_lost || !error)
		ring_committed(db);
	if (is_lost && !MUTANT("db_commit_unknown"))
		return ERROR_COMMIT_UNKNOWN;
	return error;
}

void db_rollback(struct db *db)
{
	if (!db->is_in_transaction)
		return;
	bool has_begun = !db->must_begin;
	db->is_in_transaction = db->must_begin = false;
	db->transaction_error = ERROR_NONE;
	if (!db->connection || !has_begun)
		return;
	enum error error = run_control(db, "rollback", "rollback");
	/* A connection that cannot even roll back is not used again. */
	if (error && db->connection)
		lose_connection(db, "rollback failed");
}

/* ---- notifications ---- */

unsigned db_connection_number(const struct db *db)
{
	return db->connection ? db->connections : 0;
}

bool db_wait_notification(struct db *db, int fd, int64_t timeout_ms)
{
	struct pollfd poll_fds[2] = { { .fd = fd, .events = POLLIN } };
	nfds_t count = 1;
	if (db->connection)
		poll_fds[count++] = (struct pollfd){ .fd = PQsocket(db->connection), .events = POLLIN };
	if (poll(poll_fds, count, (int)timeout_ms) > 0 && count > 1 && poll_fds[1].revents)
		notice_closed_connection(db);
	return db->connection;
}

bool db_take_notification(struct db *db, struct arena *arena, struct str *ret_payload)
{
	PGnotify *notification;
	while (db->connection && (notification = PQnotifies(db->connection))) {
		bool is_own = notification->be_pid == PQbackendPID(db->connection);
		if (!is_own)
			*ret_payload = arena_str(arena, str_from(notification->extra));
		PQfreemem(notification);
		if (!is_own)
			return true;
	}
	return false;
}
