/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * HTML as a reader without a browser sees it: for search, notifications, mails and language detection. */
#include "base/html.h"

#include "base/html_entities.h"
#include "base/html_reader.h"

struct extractor {
	struct buf out;
	unsigned wanted_line_ends; /* before the next visible character; 2 between paragraphs */
	bool wants_space;          /* a run of white space becomes one */
	unsigned pre_depth;
};

static void want_line_ends(struct extractor *extractor, unsigned count)
{
	if (extractor->wanted_line_ends < count)
		extractor->wanted_line_ends = count;
	extractor->wants_space = false;
}

static void write_visible(struct extractor *extractor, struct str character)
{
	if (extractor->out.len > 0) {
		for (; extractor->wanted_line_ends > 0; extractor->wanted_line_ends--)
			buf_add_char(&extractor->out, '\n');
		if (extractor->wants_space)
			buf_add_char(&extractor->out, ' ');
	}
	extractor->wanted_line_ends = 0;
	extractor->wants_space = false;
	buf_add_str(&extractor->out, character);
}

static void write_character(struct extractor *extractor, struct str character)
{
	char c = character.data[0];
	if (c == '\n' && extractor->pre_depth > 0) {
		extractor->wanted_line_ends++;
		extractor->wants_space = false;
	} else if ((c == ' ' || c == '\t') && extractor->pre_depth > 0) {
		write_visible(extractor, character);
	} else if (c == ' ' || c == '\t' || c == '\n') {
		extractor->wants_space = extractor->wanted_line_ends == 0;
	} else {
		write_visible(extractor, character);
	}
}

static void write_text(struct extractor *extractor, struct str text)
{
	for (size_t at = 0; at < text.len;) {
		char character[UTF8_MAX_BYTES];
		size_t len;
		at += html_character_read(str_slice(text, at, text.len), false, character, &len);
		if (len > 0)
			write_character(extractor, (struct str){ character, len });
	}
}

static void count_pre(struct extractor *extractor, bool is_start)
{
	if (is_start)
		extractor->pre_depth++;
	else if (extractor->pre_depth > 0)
		extractor->pre_depth--;
}

static void read_tag(struct extractor *extractor, const struct html_element *element, bool is_start)
{
	switch (element->treatment) {
	case HTML_UNWRAP:
	case HTML_KEEP_INLINE:
	case HTML_KEEP_LINK:
	case HTML_KEEP_RUBY_PART:
	case HTML_DROP_CONTENT:
	case HTML_DROP_RAW_TEXT:
	case HTML_DROP_REST:
		return;
	case HTML_KEEP_BREAK:
		extractor->wanted_line_ends++;
		extractor->wants_space = false;
		return;
	case HTML_KEEP_BLOCK:
		if (html_element_is(element, "pre"))
			count_pre(extractor, is_start);
		want_line_ends(extractor, 2);
		return;
	case HTML_AS_HEADING:
		want_line_ends(extractor, 2);
		return;
	case HTML_KEEP_LIST_ITEM:
	case HTML_AS_LINE:
		want_line_ends(extractor, 1);
		return;
	}
}

struct str html_text(struct arena *arena, struct str html)
{
	struct extractor extractor = { 0 };
	struct html_reader reader = { .tokenizer = { .input = html } };
	struct html_token token;
	const struct html_element *element;
	while (html_reader_next(&reader, &token, &element)) {
		if (token.kind == HTML_TEXT)
			write_text(&extractor, token.text);
		else
			read_tag(&extractor, element, token.kind == HTML_START_TAG);
	}
	struct str text = arena_str(arena, buf_str(&extractor.out));
	buf_clear(&extractor.out);
	return text;
}

void html_escape(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		switch (text.data[i]) {
		case '&':
			buf_add_c_string(out, "&amp;");
			break;
		case '<':
			buf_add_c_string(out, "&lt;");
			break;
		case '>':
			buf_add_c_string(out, "&gt;");
			break;
		case '"':
			buf_add_c_string(out, "&quot;");
			break;
		case '\'':
			buf_add_c_string(out, "&#39;");
			break;
		default:
			buf_add_char(out, text.data[i]);
		}
	}
}
