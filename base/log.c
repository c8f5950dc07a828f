/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * One line per event, built on the stack and written by one write(2): no heap. A line that would grow past
 * LINE_MAX_BYTES loses its last fields and says so; it stays well-formed. Loops write lines too, so nobody waits
 * for a reader that stands still: its lines are counted and dropped, and the first that goes through again is
 * followed by their number. */
#include "base/log.h"

#include "base/clock.h"
#include "base/metrics.h"
#include "base/mutant.h"
#include "base/time_format.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX_BYTES 8192
#define VALUE_MAX_BYTES 1024 /* escaped; longer ones end in an ellipsis */
#define TAIL_BYTES 32        /* kept free for the end of the line */
#define ID_MAX_BYTES 64
#define READER_PATIENCE_MS 100 /* once; after that the reader is known to stand still */

struct line {
	char data[LINE_MAX_BYTES];
	size_t len;
	bool is_truncated;
};

static atomic_int configured_format = LOG_FORMAT_HUMAN;
static atomic_int configured_level = LOG_LEVEL_INFO;

/* Between asking whether there is room and writing, no other thread may take the room. */
static pthread_mutex_t write_lock = PTHREAD_MUTEX_INITIALIZER;
static atomic_bool is_reader_stuck;
static atomic_llong lines_lost; /* not reported yet */

static _Thread_local const char *thread_role;
static _Thread_local const char *thread_unit;
static _Thread_local char thread_request_id[ID_MAX_BYTES];
static _Thread_local size_t thread_request_id_len;

static const char *const level_names[] = {
	[LOG_LEVEL_ERROR] = "error",
	[LOG_LEVEL_WARNING] = "warning",
	[LOG_LEVEL_INFO] = "info",
	[LOG_LEVEL_DEBUG] = "debug",
};

static void line_add(struct line *line, const char *data, size_t len)
{
	if (len > sizeof(line->data) - line->len) {
		line->is_truncated = true;
		return;
	}
	memcpy(line->data + line->len, data, len);
	line->len += len;
}

static void line_add_text(struct line *line, const char *text)
{
	line_add(line, text, strlen(text));
}

/* One well-formed UTF-8 sequence at the start of data: its length and code point; 0 when there is none. */
static size_t decode_utf8(const unsigned char *data, size_t len, uint32_t *ret_code_point)
{
	static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t wanted = data[0] < 0x80 ? 1 : (data[0] & 0xe0) == 0xc0 ? 2 : (data[0] & 0xf0) == 0xe0 ? 3
		: (data[0] & 0xf8) == 0xf0 ? 4 : 0;
	if (wanted == 0 || wanted > len)
		return 0;
	uint32_t code_point = wanted == 1 ? data[0] : data[0] & (0x7fu >> wanted);
	for (size_t i = 1; i < wanted; i++) {
		if ((data[i] & 0xc0) != 0x80)
			return 0;
		code_point = code_point << 6 | (data[i] & 0x3f);
	}
	if (code_point < smallest[wanted] || code_point > 0x10ffff || (code_point >= 0xd800 && code_point <= 0xdfff))
		return 0;
	*ret_code_point = code_point;
	return wanted;
}

/* Characters that move the cursor, end a line, reorder text or cannot be seen. */
static bool is_unsafe(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0xad || c == 0x61c || c == 0x180e ||
		(c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) ||
		c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe007f);
}

static size_t escape_code_point(uint32_t c, char ret_text[16])
{
	int len;
	if (c == '\n')
		len = snprintf(ret_text, 16, "\\n");
	else if (c > 0xffff) /* as JSON wants it: a surrogate pair */
		len = snprintf(ret_text, 16, "\\u%04x\\u%04x", 0xd800u + ((c - 0x10000) >> 10), 0xdc00u + (c & 0x3ff));
	else
		len = snprintf(ret_text, 16, "\\u%04x", c);
	return (size_t)len;
}

/* The same encoder for both forms: what it writes has no control character and no quote of its own. */
static void line_add_escaped(struct line *line, struct str value)
{
	size_t start = line->len;
	for (size_t i = 0; i < value.len;) {
		const unsigned char *data = (const unsigned char *)value.data + i;
		uint32_t code_point = 0;
		char escape[16];
		size_t len = decode_utf8(data, value.len - i, &code_point);
		size_t out_len = len;
		const char *out = (const char *)data;
		if (len == 0) {
			len = 1;
			out = "\\ufffd";
			out_len = 6;
		} else if (code_point == '"' || code_point == '\\') {
			escape[0] = '\\';
			escape[1] = (char)code_point;
			out = escape;
			out_len = 2;
		} else if (is_unsafe(code_point) && !MUTANT("log_escape")) {
			out_len = escape_code_point(code_point, escape);
			out = escape;
		}
		if (line->len - start + out_len > VALUE_MAX_BYTES) {
			line_add_text(line, "\xe2\x80\xa6");
			return;
		}
		line_add(line, out, out_len);
		i += len;
	}
}

static bool needs_quotes(struct str value)
{
	if (value.len == 0)
		return true;
	for (size_t i = 0; i < value.len; i++)
		if ((unsigned char)value.data[i] <= ' ' || strchr("\"\\=", value.data[i]))
			return true;
	return false;
}

static void line_add_field(struct line *line, enum log_format format, const struct log_field *field)
{
	bool is_json = format == LOG_FORMAT_JSON;
	line_add_text(line, is_json ? ",\"" : " ");
	line_add_text(line, field->name);
	line_add_text(line, is_json ? "\":" : "=");
	switch (field->kind) {
	case LOG_FIELD_STR: {
		bool is_quoted = is_json || needs_quotes(field->text);
		line_add_text(line, is_quoted ? "\"" : "");
		line_add_escaped(line, field->text);
		line_add_text(line, is_quoted ? "\"" : "");
		break;
	}
	case LOG_FIELD_INT: {
		char number[24];
		snprintf(number, sizeof(number), "%lld", (long long)field->number);
		line_add_text(line, number);
		break;
	}
	case LOG_FIELD_BOOL:
		line_add_text(line, field->number ? "true" : "false");
		break;
	}
}

/* A field that does not fit whole is taken back. */
static void line_try_field(struct line *line, enum log_format format, const struct log_field *field)
{
	size_t before = line->len;
	if (line->is_truncated)
		return;
	line_add_field(line, format, field);
	if (line->is_truncated || line->len > sizeof(line->data) - TAIL_BYTES) {
		line->len = before;
		line->is_truncated = true;
	}
}

static void line_begin(struct line *line, enum log_format format, enum log_level level, const char *event_name)
{
	char time[TIME_ISO8601_MS_LEN + 1];
	time_write_iso8601_ms(clock_now_us(), time);
	if (format == LOG_FORMAT_JSON) {
		line_add_text(line, "{\"time\":\"");
		line_add_text(line, time);
		line_add_text(line, "\",\"level\":\"");
		line_add_text(line, level_names[level]);
		line_add_text(line, "\",\"event\":\"");
		line_add_text(line, event_name);
		line_add_text(line, "\"");
	} else {
		line_add(line, time, 19);
		line_add_text(line, " ");
		line_add_text(line, level_names[level]);
		line_add_text(line, " ");
		line_add_text(line, event_name);
	}
}

static void write_whole(const char *data, size_t len)
{
	while (len > 0) {
		ssize_t written = write(STDERR_FILENO, data, len);
		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return; /* nowhere to say it */
		data += written;
		len -= (size_t)written;
	}
}

static bool has_room(int patience_ms)
{
	struct pollfd standard_error = { .fd = STDERR_FILENO, .events = POLLOUT };
	return poll(&standard_error, 1, patience_ms) != 0;
}

static bool write_if_room(const struct line *line)
{
	pthread_mutex_lock(&write_lock);
	bool is_written = has_room(0) || MUTANT("log_reader_stuck");
	if (is_written)
		write_whole(line->data, line->len);
	pthread_mutex_unlock(&write_lock);
	return is_written;
}

static void report_lost_lines(void)
{
	long long count = atomic_exchange(&lines_lost, 0);
	if (count)
		log_event(LOG_LEVEL_WARNING, "log_lines_lost", LOG_INT("count", count));
}

static void write_line(const struct line *line)
{
	bool is_written = write_if_room(line);
	if (!is_written && !atomic_load(&is_reader_stuck) && has_room(READER_PATIENCE_MS))
		is_written = write_if_room(line);
	atomic_store(&is_reader_stuck, !is_written);
	if (is_written)
		report_lost_lines();
	else
		atomic_fetch_add(&lines_lost, 1);
}

void log_write(enum log_level level, const char *event_name, const struct log_field *fields)
{
	metric_count_event(event_name);
	if (!log_level_is_on(level))
		return;

	struct line line;
	line.len = 0;
	line.is_truncated = false;
	enum log_format format = (enum log_format)atomic_load_explicit(&configured_format, memory_order_relaxed);
	line_begin(&line, format, level, event_name);
	if (thread_role)
		line_try_field(&line, format, &LOG_TEXT("role", thread_role));
	if (thread_unit)
		line_try_field(&line, format, &LOG_TEXT("unit", thread_unit));
	if (thread_request_id_len)
		line_try_field(&line, format, &LOG_STR("request_id", ((struct str){ thread_request_id, thread_request_id_len })));
	for (; fields->name; fields++)
		line_try_field(&line, format, fields);
	if (line.is_truncated) {
		line.is_truncated = false;
		line_add_field(&line, format, &LOG_BOOL("is_truncated", true));
	}
	line_add_text(&line, format == LOG_FORMAT_JSON ? "}\n" : "\n");

	int saved_errno = errno;
	write_line(&line);
	errno = saved_errno;
}

void log_configure(enum log_format format, enum log_level most_detailed)
{
	atomic_store(&configured_format, (int)format);
	atomic_store(&configured_level, (int)most_detailed);
}

bool log_level_is_on(enum log_level level)
{
	return (int)level <= atomic_load_explicit(&configured_level, memory_order_relaxed);
}

void log_set_thread(const char *role, const char *unit)
{
	thread_role = role;
	thread_unit = unit;
}

void log_set_request_id(struct str request_id)
{
	thread_request_id_len = request_id.len < ID_MAX_BYTES ? request_id.len : ID_MAX_BYTES;
	if (thread_request_id_len)
		memcpy(thread_request_id, request_id.data, thread_request_id_len);
}

bool log_level_from_text(struct str text, enum log_level *ret_level)
{
	for (size_t i = 0; i < sizeof(level_names) / sizeof(level_names[0]); i++) {
		if (str_eq(text, str_from(level_names[i]))) {
			*ret_level = (enum log_level)i;
			return true;
		}
	}
	return false;
}
