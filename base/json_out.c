/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The writer of every JSON answer. Strings are scanned by a table of one byte per byte value and copied in
 * runs: a character that needs no escape costs one look-up. */
#include "base/json_out.h"

#include "base/time_format.h"
#include "base/utf8.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLAIN 0
#define UNICODE 'u'   /* written as \u00XX */
#define MULTIBYTE 'm' /* begins or belongs to a character of several bytes */

static const char escape_of[256] = {
	[0 ... 0x07] = UNICODE,
	[0x0B] = UNICODE,
	[0x0E ... 0x1F] = UNICODE,
	['\b'] = 'b',
	['\t'] = 't',
	['\n'] = 'n',
	['\f'] = 'f',
	['\r'] = 'r',
	['"'] = '"',
	['\\'] = '\\',
	[0x80 ... 0xFF] = MULTIBYTE,
};

void json_out_init(struct json_out *out, struct buf *buf)
{
	*out = (struct json_out){ .buf = buf };
}

static void begin_value(struct json_out *out)
{
	assert(out->has_key == out->is_object[out->depth]);
	if (out->wants_comma[out->depth])
		buf_add_char(out->buf, ',');
	out->wants_comma[out->depth] = true;
	out->has_key = false;
}

static void begin_container(struct json_out *out, bool is_object)
{
	begin_value(out);
	assert(out->depth < JSON_OUT_DEPTH);
	out->depth++;
	out->wants_comma[out->depth] = false;
	out->is_object[out->depth] = is_object;
	buf_add_char(out->buf, is_object ? '{' : '[');
}

static void end_container(struct json_out *out, bool is_object)
{
	assert(out->depth > 0 && out->is_object[out->depth] == is_object && !out->has_key);
	out->depth--;
	buf_add_char(out->buf, is_object ? '}' : ']');
}

void json_out_object_begin(struct json_out *out)
{
	begin_container(out, true);
}

void json_out_object_end(struct json_out *out)
{
	end_container(out, true);
}

void json_out_array_begin(struct json_out *out)
{
	begin_container(out, false);
}

void json_out_array_end(struct json_out *out)
{
	end_container(out, false);
}

void json_out_key(struct json_out *out, const char *key)
{
	assert(out->is_object[out->depth] && !out->has_key);
	size_t len = strlen(key);
	char *text = buf_reserve(out->buf, len + 4);
	size_t at = 0;
	if (out->wants_comma[out->depth])
		text[at++] = ',';
	text[at++] = '"';
	memcpy(text + at, key, len);
	at += len;
	text[at++] = '"';
	text[at++] = ':';
	out->buf->len += at;
	out->wants_comma[out->depth] = false;
	out->has_key = true;
}

static void add_escape(struct buf *buf, unsigned char byte)
{
	static const char digits[] = "0123456789abcdef";
	char kind = escape_of[byte];
	if (kind == UNICODE) {
		const char text[6] = { '\\', 'u', '0', '0', digits[byte >> 4], digits[byte & 15] };
		buf_add(buf, text, sizeof(text));
	} else {
		const char text[2] = { '\\', kind };
		buf_add(buf, text, sizeof(text));
	}
}

static void add_escaped(struct buf *buf, struct str value)
{
	size_t run_start = 0;
	size_t at = 0;
	while (at < value.len) {
		char kind = escape_of[(unsigned char)value.data[at]];
		if (kind == PLAIN) {
			at++;
			continue;
		}
		if (kind == MULTIBYTE) {
			uint32_t code_point;
			size_t len = utf8_read(value.data + at, value.len - at, &code_point);
			if (len) {
				at += len;
				continue;
			}
		}
		if (at > run_start)
			buf_add(buf, value.data + run_start, at - run_start);
		if (kind == MULTIBYTE)
			buf_add_c_string(buf, "\xEF\xBF\xBD");
		else
			add_escape(buf, (unsigned char)value.data[at]);
		run_start = ++at;
	}
	if (at > run_start)
		buf_add(buf, value.data + run_start, at - run_start);
}

void json_out_str(struct json_out *out, struct str value)
{
	begin_value(out);
	buf_reserve(out->buf, value.len + 2);
	buf_add_char(out->buf, '"');
	add_escaped(out->buf, value);
	buf_add_char(out->buf, '"');
}

void json_out_c_string(struct json_out *out, const char *value)
{
	if (value)
		json_out_str(out, str_from(value));
	else
		json_out_null(out);
}

void json_out_int(struct json_out *out, int64_t value)
{
	begin_value(out);
	buf_add_int64(out->buf, value);
}

void json_out_double(struct json_out *out, double value)
{
	if (!isfinite(value)) {
		json_out_null(out);
		return;
	}
	begin_value(out);
	/* The shortest of the three that reads back as the same number: 0.1, not 0.10000000000000001. */
	char text[32];
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, value);
		if (strtod(text, NULL) == value)
			break;
	}
	buf_add_c_string(out->buf, text);
}

void json_out_bool(struct json_out *out, bool value)
{
	begin_value(out);
	buf_add_c_string(out->buf, value ? "true" : "false");
}

void json_out_null(struct json_out *out)
{
	begin_value(out);
	buf_add(out->buf, "null", 4);
}

void json_out_raw(struct json_out *out, struct str json)
{
	begin_value(out);
	buf_add_str(out->buf, json);
}

void json_out_raw_members(struct json_out *out, struct str members)
{
	assert(out->is_object[out->depth] && !out->has_key);
	if (!members.len)
		return;
	if (out->wants_comma[out->depth])
		buf_add_char(out->buf, ',');
	buf_add_str(out->buf, members);
	out->wants_comma[out->depth] = true;
}

void json_out_time_ms(struct json_out *out, int64_t time_us)
{
	char text[TIME_ISO8601_MS_LEN + 1];
	time_write_iso8601_ms(time_us, text);
	begin_value(out);
	buf_add_char(out->buf, '"');
	buf_add(out->buf, text, TIME_ISO8601_MS_LEN);
	buf_add_char(out->buf, '"');
}

void json_out_id(struct json_out *out, int64_t id)
{
	begin_value(out);
	buf_add_char(out->buf, '"');
	buf_add_int64(out->buf, id);
	buf_add_char(out->buf, '"');
}

void json_out_key_str(struct json_out *out, const char *key, struct str value)
{
	json_out_key(out, key);
	json_out_str(out, value);
}

void json_out_key_c_string(struct json_out *out, const char *key, const char *value)
{
	json_out_key(out, key);
	json_out_c_string(out, value);
}

void json_out_key_int(struct json_out *out, const char *key, int64_t value)
{
	json_out_key(out, key);
	json_out_int(out, value);
}

void json_out_key_bool(struct json_out *out, const char *key, bool value)
{
	json_out_key(out, key);
	json_out_bool(out, value);
}

void json_out_key_null(struct json_out *out, const char *key)
{
	json_out_key(out, key);
	json_out_null(out);
}

void json_out_key_time_ms(struct json_out *out, const char *key, int64_t time_us)
{
	json_out_key(out, key);
	json_out_time_ms(out, time_us);
}

void json_out_key_id(struct json_out *out, const char *key, int64_t id)
{
	json_out_key(out, key);
	json_out_id(out, id);
}

void json_out_key_object_begin(struct json_out *out, const char *key)
{
	json_out_key(out, key);
	json_out_object_begin(out);
}

void json_out_key_array_begin(struct json_out *out, const char *key)
{
	json_out_key(out, key);
	json_out_array_begin(out);
}
