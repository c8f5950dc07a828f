/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Lines of iCalendar. */
#include "server/brand/ics.h"

#include "base/time_format.h"

#define LINE_OCTETS 75

static bool begins_character(char c)
{
	return ((unsigned char)c & 0xc0) != 0x80;
}

void ics_add_line(struct buf *out, const char *name, struct str value)
{
	size_t column = str_from(name).len + 1;
	buf_add_c_string(out, name);
	buf_add_char(out, ':');
	for (size_t i = 0; i < value.len;) {
		size_t end = i + 1;
		while (end < value.len && !begins_character(value.data[end]))
			end++;
		if (column + (end - i) > LINE_OCTETS) {
			buf_add_c_string(out, "\r\n ");
			column = 1;
		}
		buf_add(out, value.data + i, end - i);
		column += end - i;
		i = end;
	}
	buf_add_c_string(out, "\r\n");
}

void ics_add_text(struct buf *out, struct arena *arena, const char *name, struct str text)
{
	char *escaped = arena_alloc(arena, text.len * 2 + 1);
	size_t len = 0;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.data[i];
		if (c == '\r')
			continue;
		if (c == '\\' || c == ';' || c == ',' || c == '\n')
			escaped[len++] = '\\';
		if (c == '\n')
			c = 'n';
		escaped[len++] = (unsigned char)c < 0x20 || c == 0x7f ? ' ' : c;
	}
	ics_add_line(out, name, (struct str){ escaped, len });
}

void ics_add_time(struct buf *out, struct arena *arena, const char *name, int64_t time_us)
{
	struct str text = time_iso8601_ms(arena, time_us);
	char *compact = arena_alloc(arena, text.len + 1);
	size_t len = 0;
	for (size_t i = 0; i < text.len && text.data[i] != '.'; i++)
		if (text.data[i] != '-' && text.data[i] != ':')
			compact[len++] = text.data[i];
	compact[len++] = 'Z';
	ics_add_line(out, name, (struct str){ compact, len });
}
