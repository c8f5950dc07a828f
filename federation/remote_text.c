/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * One pass each. The reader of documents has already seen to it that all of it is UTF-8. */
#include "federation/remote_text.h"

#include "base/html.h"
#include "base/text_line.h"
#include "base/url.h"

#include <string.h>
#include <unictype.h>
#include <unistr.h>

struct str remote_text_line_of_html(struct arena *arena, struct str html, size_t max_bytes)
{
	return text_line(arena, html_text(arena, html), max_bytes);
}

static bool begins_address(struct str text, size_t pos)
{
	if (pos > 0 && !strchr(" \t\n(<\"'", text.data[pos - 1]))
		return false;
	struct str rest = str_slice(text, pos, text.len);
	return str_starts_with(rest, STR_LITERAL("https://")) || str_starts_with(rest, STR_LITERAL("http://"));
}

static size_t address_extent(struct str text)
{
	size_t end = 0;
	while (end < text.len && end < URL_MAX_BYTES && (unsigned char)text.data[end] > ' ' &&
		!strchr("<>\"'`()[]", text.data[end]))
		end++;
	while (end > 0 && strchr(".,;:!?*_", text.data[end - 1]))
		end--;
	return end;
}

static void add_line(struct buf *out, struct str line)
{
	size_t plain = 0;
	size_t pos = 0;
	while (pos < line.len) {
		if (line.data[pos] != 'h' || !begins_address(line, pos)) {
			pos++;
			continue;
		}
		size_t extent = address_extent(str_slice(line, pos, line.len));
		struct str address = str_slice(line, pos, pos + extent);
		html_escape(out, str_slice(line, plain, pos));
		buf_add_c_string(out, "<a href=\"");
		html_escape(out, address);
		buf_add_c_string(out, "\">");
		html_escape(out, address);
		buf_add_c_string(out, "</a>");
		pos += extent;
		plain = pos;
	}
	html_escape(out, str_slice(line, plain, line.len));
}

struct str remote_text_paragraphs(struct arena *arena, struct str text)
{
	AUTO(buf) struct buf out = { 0 };
	bool is_open = false;
	struct str rest = text;
	struct str line;
	while (str_split_next(&rest, '\n', &line)) {
		line = str_trim(line);
		if (line.len > 0 && line.data[line.len - 1] == '\r')
			line = str_trim(str_slice(line, 0, line.len - 1));
		if (line.len == 0) {
			buf_add_c_string(&out, is_open ? "</p>" : "");
			is_open = false;
			continue;
		}
		buf_add_c_string(&out, is_open ? "<br>" : "<p>");
		is_open = true;
		add_line(&out, line);
	}
	if (is_open)
		buf_add_c_string(&out, "</p>");
	return arena_str(arena, buf_str(&out));
}
