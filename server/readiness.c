/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The remembered verdict. Exactly one request a second is let through to a worker; all others are answered by
 * the loop with what is known. */
#include "server/readiness.h"

#include "server/app.h"

#include "base/clock.h"
#include "base/log.h"
#include "storage/migrate.h"

#include <pthread.h>

#define CHECK_INTERVAL_US 1000000
#define CHECK_LATEST_US 5000000 /* a check that has not come back by then says that we are not ready */

static struct {
	pthread_mutex_t lock;
	enum readiness readiness;
	int64_t checked_us; /* when the verdict was given; 0 for never */
	int64_t asked_us;   /* when the check under way began; 0 for none */
} state = { .lock = PTHREAD_MUTEX_INITIALIZER, .readiness = READINESS_UNKNOWN };

const char *readiness_name(enum readiness readiness)
{
	switch (readiness) {
	case READINESS_READY:
		return "ready";
	case READINESS_NO_DATABASE:
		return "database_unreachable";
	case READINESS_WRONG_SCHEMA:
		return "schema_differs";
	case READINESS_PREPARING:
		return "preparing";
	case READINESS_UNKNOWN:
		break;
	}
	return "unknown";
}

static void answer(struct request *request, enum readiness readiness)
{
	struct json_out *json = respond_json(request, readiness == READINESS_READY ? 200 : 503);

	json_out_object_begin(json);
	json_out_key_c_string(json, "status", readiness_name(readiness));
	json_out_object_end(json);
	if (readiness != READINESS_READY)
		respond_header(request, "Retry-After", STR_LITERAL("5"));
}

bool cached_ready(struct request *request)
{
	int64_t now_us = clock_monotonic_us();

	if (!app_is_prepared(request->app)) { /* not remembered: the first good answer comes at once */
		answer(request, READINESS_PREPARING);
		return true;
	}
	pthread_mutex_lock(&state.lock);
	bool is_fresh = state.checked_us && now_us - state.checked_us < CHECK_INTERVAL_US;
	bool is_late = state.asked_us && now_us - state.asked_us > CHECK_LATEST_US;
	if (is_late)
		state.readiness = READINESS_UNKNOWN;
	bool may_answer = is_fresh || (state.checked_us && state.asked_us && !is_late);
	if (!may_answer)
		state.asked_us = now_us;
	enum readiness readiness = state.readiness;
	pthread_mutex_unlock(&state.lock);
	if (may_answer)
		answer(request, readiness);
	return may_answer;
}

static enum readiness check(struct request *request)
{
	struct str message = { NULL, 0 };

	if (db_ping(request->db) != ERROR_NONE)
		return READINESS_NO_DATABASE;
	enum error error = migrate_check(request->db, request->arena, &message);
	if (error == ERROR_NONE)
		return READINESS_READY;
	request->error_detail = message;
	return error == ERROR_CONFIGURATION ? READINESS_WRONG_SCHEMA : READINESS_NO_DATABASE;
}

enum error handle_ready(struct request *request)
{
	enum readiness readiness = check(request);

	pthread_mutex_lock(&state.lock);
	enum readiness before = state.readiness;
	state.readiness = readiness;
	state.checked_us = clock_monotonic_us();
	state.asked_us = 0;
	pthread_mutex_unlock(&state.lock);
	if (before != readiness)
		log_event(readiness == READINESS_READY ? LOG_LEVEL_INFO : LOG_LEVEL_ERROR, "readiness_changed",
			LOG_TEXT("readiness", readiness_name(readiness)), LOG_STR("detail", request->error_detail));
	answer(request, readiness);
	return ERROR_NONE;
}

enum error handle_health(struct request *request)
{
	buf_add_c_string(respond(request, 200, "text/plain; charset=utf-8"), "OK");
	return ERROR_NONE;
}
