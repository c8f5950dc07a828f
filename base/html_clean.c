/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Tokens drive a stack of open elements of bounded depth. What is written is always well nested and never
 * needs the repairs that browsers make (a paragraph in a paragraph, a link in a link, an item outside a
 * list), so that every parser sees the tree that was judged here. The limit counts the end tags that are
 * still owed, so cutting is a matter of stopping and closing. */
#include "base/html.h"

#include "base/html_attributes.h"
#include "base/html_entities.h"
#include "base/html_reader.h"
#include "base/mutant.h"

#include <assert.h>
#include <string.h>

#define MAX_DEPTH 24
#define STACK_SIZE 64 /* above MAX_DEPTH so that the mutant without the limit stays in bounds */
#define NOT_FOUND SIZE_MAX

struct open_element {
	const struct html_element *element; /* as written */
	const struct html_element *source;  /* whose end tag closes it */
};

struct cleaner {
	struct buf out;
	size_t max_bytes;
	size_t owed_bytes; /* end tags of the open elements */
	struct open_element stack[STACK_SIZE];
	size_t depth;
	bool is_full;
	bool is_line_start;
	bool wants_break;  /* a line end before the next visible thing */
	bool is_pre_start; /* browsers drop a line end here */
};

static bool is_block(const struct html_element *element)
{
	return element->treatment == HTML_KEEP_BLOCK || element->treatment == HTML_KEEP_LIST_ITEM;
}

static bool is_list(const struct html_element *element)
{
	return html_element_is(element, "ul") || html_element_is(element, "ol");
}

static size_t end_tag_bytes(const struct html_element *element)
{
	return strlen(element->name) + 3;
}

static bool fits(const struct cleaner *cleaner, size_t more_bytes)
{
	return cleaner->out.len + cleaner->owed_bytes + more_bytes <= cleaner->max_bytes || MUTANT("html_max_bytes");
}

static void write_break(struct cleaner *cleaner)
{
	static const struct str tag = STR("<br>");
	if (!fits(cleaner, tag.len)) {
		cleaner->is_full = true;
		return;
	}
	buf_add_str(&cleaner->out, tag);
	cleaner->is_line_start = true;
	cleaner->wants_break = false;
	cleaner->is_pre_start = false;
}

static void begin_visible(struct cleaner *cleaner)
{
	if (cleaner->wants_break && !cleaner->is_line_start)
		write_break(cleaner);
	cleaner->wants_break = false;
	cleaner->is_line_start = false;
}

static void close_last(struct cleaner *cleaner)
{
	const struct html_element *element = cleaner->stack[--cleaner->depth].element;
	cleaner->owed_bytes -= end_tag_bytes(element);
	buf_add_c_string(&cleaner->out, "</");
	buf_add_c_string(&cleaner->out, element->name);
	buf_add_char(&cleaner->out, '>');
	cleaner->is_pre_start = false;
	if (is_block(element)) {
		cleaner->is_line_start = true;
		cleaner->wants_break = false;
	}
}

static void close_down_to(struct cleaner *cleaner, size_t depth)
{
	while (cleaner->depth > depth)
		close_last(cleaner);
}

static void open_element(struct cleaner *cleaner, const struct html_element *element,
	const struct html_element *source, struct str attributes)
{
	size_t limit = MUTANT("html_depth") ? STACK_SIZE : MAX_DEPTH;
	if (cleaner->depth >= limit)
		return;
	if (is_block(element)) {
		cleaner->wants_break = false;
		cleaner->is_line_start = true;
	} else {
		bool was_line_start = cleaner->is_line_start;
		bool wants_break = cleaner->wants_break;
		begin_visible(cleaner);
		cleaner->is_line_start = was_line_start || wants_break;
	}
	size_t start = cleaner->out.len;
	buf_add_char(&cleaner->out, '<');
	buf_add_c_string(&cleaner->out, element->name);
	bool may_stay = html_attributes_write(&cleaner->out, element, attributes);
	buf_add_char(&cleaner->out, '>');
	if (!may_stay || !fits(cleaner, end_tag_bytes(element))) {
		cleaner->out.len = start;
		cleaner->is_full = cleaner->is_full || may_stay;
		return;
	}
	cleaner->owed_bytes += end_tag_bytes(element);
	cleaner->stack[cleaner->depth++] = (struct open_element){ element, source };
	cleaner->is_pre_start = html_element_is(element, "pre");
}

/* Position of the innermost open element that was opened by source, or NOT_FOUND. */
static size_t find_source(const struct cleaner *cleaner, const struct html_element *source)
{
	for (size_t i = cleaner->depth; i-- > 0;) {
		const struct html_element *element = cleaner->stack[i].element;
		if (cleaner->stack[i].source == source)
			return i;
		if (is_block(element) && (!is_block(source) && source->treatment != HTML_AS_HEADING))
			return NOT_FOUND;
		if (is_list(element) && source->treatment == HTML_KEEP_LIST_ITEM)
			return NOT_FOUND;
	}
	return NOT_FOUND;
}

static size_t find_element(const struct cleaner *cleaner, const char *name)
{
	for (size_t i = cleaner->depth; i-- > 0;) {
		if (html_element_is(cleaner->stack[i].element, name))
			return i;
	}
	return NOT_FOUND;
}

/* No block may be in a paragraph. */
static void start_block(struct cleaner *cleaner, const struct html_element *element,
	const struct html_element *source, struct str attributes)
{
	size_t paragraph = find_element(cleaner, "p");
	if (paragraph != NOT_FOUND)
		close_down_to(cleaner, paragraph);
	if (!cleaner->is_full)
		open_element(cleaner, element, source, attributes);
}

static void start_line(struct cleaner *cleaner)
{
	cleaner->wants_break = true;
}

static void start_list_item(struct cleaner *cleaner, const struct html_element *element, struct str attributes)
{
	for (size_t i = cleaner->depth; i-- > 0;) {
		const struct html_element *outer = cleaner->stack[i].element;
		if (is_list(outer)) {
			close_down_to(cleaner, i + 1);
			open_element(cleaner, element, element, attributes);
			return;
		}
		if (html_element_is(outer, "blockquote") || html_element_is(outer, "pre"))
			break;
	}
	start_line(cleaner);
}

static void start_ruby_part(struct cleaner *cleaner, const struct html_element *element, struct str attributes)
{
	for (size_t i = cleaner->depth; i-- > 0 && !is_block(cleaner->stack[i].element);) {
		if (html_element_is(cleaner->stack[i].element, "ruby")) {
			close_down_to(cleaner, i + 1);
			open_element(cleaner, element, element, attributes);
			return;
		}
	}
}

static void start_heading(struct cleaner *cleaner, const struct html_element *source)
{
	start_block(cleaner, html_element_find(STR_LITERAL("p")), source, (struct str){ 0 });
	const struct html_element *strong = html_element_find(STR_LITERAL("strong"));
	if (!cleaner->is_full)
		open_element(cleaner, strong, strong, (struct str){ 0 });
}

static void start_tag(struct cleaner *cleaner, const struct html_element *element, struct str attributes)
{
	switch (element->treatment) {
	case HTML_UNWRAP:
		return;
	case HTML_KEEP_LINK: {
		size_t link = find_element(cleaner, "a");
		if (link != NOT_FOUND)
			close_down_to(cleaner, link);
		open_element(cleaner, element, element, attributes);
		return;
	}
	case HTML_KEEP_INLINE:
		open_element(cleaner, element, element, attributes);
		return;
	case HTML_KEEP_RUBY_PART:
		start_ruby_part(cleaner, element, attributes);
		return;
	case HTML_KEEP_BREAK:
		write_break(cleaner);
		return;
	case HTML_KEEP_BLOCK:
		start_block(cleaner, element, element, attributes);
		return;
	case HTML_KEEP_LIST_ITEM:
		start_list_item(cleaner, element, attributes);
		return;
	case HTML_AS_LINE:
		start_line(cleaner);
		return;
	case HTML_AS_HEADING:
		start_heading(cleaner, element);
		return;
	case HTML_DROP_CONTENT:
	case HTML_DROP_RAW_TEXT:
	case HTML_DROP_REST:
		return;
	}
}

static void end_tag(struct cleaner *cleaner, const struct html_element *element)
{
	if (element->treatment == HTML_KEEP_BREAK) { /* browsers read </br> as <br> */
		write_break(cleaner);
	} else if (element->treatment == HTML_AS_LINE) {
		start_line(cleaner);
	} else if (element->treatment != HTML_UNWRAP) {
		size_t opened = find_source(cleaner, element);
		if (opened != NOT_FOUND)
			close_down_to(cleaner, opened);
	}
}

static struct str escape_character(struct str character)
{
	switch (character.data[0]) {
	case '&':
		return STR_LITERAL("&amp;");
	case '<':
		return STR_LITERAL("&lt;");
	case '>':
		return STR_LITERAL("&gt;");
	default:
		return character;
	}
}

static void write_character(struct cleaner *cleaner, struct str character)
{
	char c = character.data[0];
	if (c == '\n' && cleaner->is_pre_start)
		return;
	if (c != ' ' && c != '\t' && c != '\n')
		begin_visible(cleaner);
	struct str escaped = escape_character(character);
	if (cleaner->is_full || !fits(cleaner, escaped.len)) {
		cleaner->is_full = true;
		return;
	}
	buf_add_str(&cleaner->out, escaped);
	cleaner->is_pre_start = false;
}

static void write_text(struct cleaner *cleaner, struct str text)
{
	for (size_t at = 0; at < text.len && !cleaner->is_full;) {
		char character[UTF8_MAX_BYTES];
		size_t len;
		at += html_character_read(str_slice(text, at, text.len), false, character, &len);
		if (len > 0)
			write_character(cleaner, (struct str){ character, len });
	}
}

struct str html_clean(struct arena *arena, struct str html, size_t max_bytes)
{
	struct cleaner cleaner = { .max_bytes = max_bytes, .is_line_start = true };
	struct html_reader reader = { .tokenizer = { .input = html } };
	struct html_token token;
	const struct html_element *element;
	while (!cleaner.is_full && html_reader_next(&reader, &token, &element)) {
		if (token.kind == HTML_TEXT)
			write_text(&cleaner, token.text);
		else if (token.kind == HTML_START_TAG)
			start_tag(&cleaner, element, token.attributes);
		else
			end_tag(&cleaner, element);
	}
	close_down_to(&cleaner, 0);
	assert(cleaner.owed_bytes == 0);
	struct str clean = arena_str(arena, buf_str(&cleaner.out));
	buf_clear(&cleaner.out);
	return clean;
}
