/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A growing byte buffer. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define FIRST_CAPACITY_BYTES 256

void buf_init(struct buf *buf)
{
	*buf = (struct buf){ 0 };
}

void buf_clear(struct buf *buf)
{
	memory_free(buf->data);
	buf_init(buf);
}

void buf_auto(struct buf *buf)
{
	buf_clear(buf);
}

char *buf_reserve(struct buf *buf, size_t extra_bytes)
{
	size_t wanted_bytes;
	if (__builtin_add_overflow(buf->len, extra_bytes, &wanted_bytes))
		memory_fatal("buffer size overflows");
	if (wanted_bytes > buf->capacity || !buf->data) {
		size_t capacity = buf->capacity ? buf->capacity : FIRST_CAPACITY_BYTES;
		while (capacity < wanted_bytes) {
			if (__builtin_mul_overflow(capacity, 2u, &capacity))
				memory_fatal("buffer size overflows");
		}
		buf->data = memory_resize(buf->data, capacity);
		buf->capacity = capacity;
	}
	return buf->data + buf->len;
}

void buf_add(struct buf *buf, const void *data, size_t len)
{
	if (len == 0)
		return;
	memcpy(buf_reserve(buf, len), data, len);
	buf->len += len;
}

void buf_add_char(struct buf *buf, char c)
{
	*buf_reserve(buf, 1) = c;
	buf->len++;
}

void buf_add_str(struct buf *buf, struct str value)
{
	buf_add(buf, value.data, value.len);
}

void buf_add_c_string(struct buf *buf, const char *text)
{
	buf_add(buf, text, strlen(text));
}

void buf_add_int64(struct buf *buf, int64_t value)
{
	char digits[20];
	size_t at = sizeof(digits);
	uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	do {
		digits[--at] = (char)('0' + magnitude % 10);
		magnitude /= 10;
	} while (magnitude);
	if (value < 0)
		digits[--at] = '-';
	buf_add(buf, digits + at, sizeof(digits) - at);
}

void buf_add_printf(struct buf *buf, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	va_list again;
	va_copy(again, arguments);
	int len = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	if (len < 0)
		memory_fatal("format cannot be printed");
	int written = vsnprintf(buf_reserve(buf, (size_t)len + 1), (size_t)len + 1, format, again);
	va_end(again);
	if (written != len)
		memory_fatal("format cannot be printed");
	buf->len += (size_t)len;
}

struct str buf_str(const struct buf *buf)
{
	return (struct str){ buf->data, buf->len };
}

char *buf_take(struct buf *buf, size_t *ret_len)
{
	char *data = buf_reserve(buf, 0) - buf->len;
	*ret_len = buf->len;
	buf_init(buf);
	return data;
}
