/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * One call says what happened: a level, an event name in snake_case and named fields. The event name is
 * also counted as a metric (comptoir_events_total{event="..."}), so a log line and a counter never
 * disagree. Two forms: JSON lines, and a human form for terminals. One encoder escapes every value, so no
 * outside text can forge a line.
 *
 * Any thread, loops as well: a reader of standard error that stands still costs lines (counted, and reported by
 * log_lines_lost), never time.
 *
 * Levels: error, someone must act; warning, degraded; info, life cycle and moderation; debug. What a
 * remote server can cause is at most info. Never give it tokens, keys, passwords or private text. */
#ifndef COMPTOIR_BASE_LOG_H
#define COMPTOIR_BASE_LOG_H

#include "base/error.h"
#include "base/str.h"

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };
enum log_format { LOG_FORMAT_JSON, LOG_FORMAT_HUMAN };

enum log_field_kind { LOG_FIELD_STR, LOG_FIELD_INT, LOG_FIELD_BOOL };

struct log_field {
	const char *name; /* static, snake_case, with its unit */
	enum log_field_kind kind;
	struct str text;
	int64_t number;
};

#define LOG_STR(field_name, value) ((struct log_field){ (field_name), LOG_FIELD_STR, (value), 0 })
#define LOG_TEXT(field_name, value) ((struct log_field){ (field_name), LOG_FIELD_STR, str_from(value), 0 })
#define LOG_INT(field_name, value) ((struct log_field){ (field_name), LOG_FIELD_INT, { 0, 0 }, (int64_t)(value) })
#define LOG_BOOL(field_name, value) ((struct log_field){ (field_name), LOG_FIELD_BOOL, { 0, 0 }, (value) })

/* log_event(LOG_LEVEL_INFO, "server_started", LOG_TEXT("address", a), LOG_INT("port", p)); fields are
 * optional. Fields are evaluated even when the level is off. */
#define log_event(level, event_name, ...)                                                                  \
	log_write((level), (event_name), (const struct log_field[]){ __VA_ARGS__ __VA_OPT__(, ) { 0 } })

/* fields end with one whose name is NULL. Any thread. */
void log_write(enum log_level level, const char *event_name, const struct log_field *fields);

/* Before other threads exist. Lines go to standard error. */
void log_configure(enum log_format format, enum log_level most_detailed);
bool log_level_is_on(enum log_level level);

/* What this thread is doing, put before the fields of each of its lines: role such as "web", unit such
 * as "loop 0" (both static or living as long as the thread), and the current request's id (copied). */
void log_set_thread(const char *role, const char *unit);
void log_set_request_id(struct str request_id);

/* "error", "warning", "info", "debug"; false for anything else. */
bool log_level_from_text(struct str text, enum log_level *ret_level) MUST_CHECK;

#endif
