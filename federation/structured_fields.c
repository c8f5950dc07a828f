/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The parsing algorithms of RFC 8941 4.2, one function each, on a cursor. */
#include "federation/structured_fields.h"

#include "base/encoding.h"
#include "base/http_message.h"
#include "base/mutant.h"

#include <string.h>

#define MAX_INTEGER_DIGITS 15
#define MAX_DECIMAL_DIGITS 12
#define MAX_FRACTION_DIGITS 3

struct cursor {
	struct arena *arena;
	struct str text;
	size_t at;
};

static bool is_at_end(const struct cursor *cursor)
{
	return cursor->at >= cursor->text.len;
}

/* 0 at the end: NUL stands in no structured field. */
static char peek(const struct cursor *cursor)
{
	return is_at_end(cursor) ? '\0' : cursor->text.data[cursor->at];
}

static bool take(struct cursor *cursor, char wanted)
{
	if (is_at_end(cursor) || cursor->text.data[cursor->at] != wanted)
		return false;
	cursor->at++;
	return true;
}

static void skip_spaces(struct cursor *cursor)
{
	while (take(cursor, ' '))
		;
}

static void skip_white(struct cursor *cursor)
{
	while (take(cursor, ' ') || take(cursor, '\t'))
		;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_alpha(char c)
{
	return is_lower(c) || (c >= 'A' && c <= 'Z');
}

static bool read_name(struct cursor *cursor, struct str *ret_name)
{
	size_t start = cursor->at;
	if (!is_lower(peek(cursor)) && peek(cursor) != '*')
		return false;
	while (is_lower(peek(cursor)) || is_digit(peek(cursor)) || str_contains_char(STR_LITERAL("_-.*"), peek(cursor)))
		cursor->at++;
	*ret_name = str_slice(cursor->text, start, cursor->at);
	return true;
}

static bool read_number(struct cursor *cursor, struct structured_value *ret_value)
{
	size_t start = cursor->at;
	take(cursor, '-');
	size_t digits_start = cursor->at;
	while (is_digit(peek(cursor)))
		cursor->at++;
	size_t digits = cursor->at - digits_start;
	if (digits == 0 || digits > MAX_INTEGER_DIGITS)
		return false;
	if (take(cursor, '.')) {
		size_t fraction_start = cursor->at;
		while (is_digit(peek(cursor)))
			cursor->at++;
		size_t fraction = cursor->at - fraction_start;
		if (digits > MAX_DECIMAL_DIGITS || fraction == 0 || fraction > MAX_FRACTION_DIGITS)
			return false;
		ret_value->kind = STRUCTURED_DECIMAL;
		ret_value->text = str_slice(cursor->text, start, cursor->at);
		return true;
	}
	ret_value->kind = STRUCTURED_INTEGER;
	return str_to_int64(str_slice(cursor->text, start, cursor->at), &ret_value->integer);
}

/* The index of the quote that ends the string whose text begins at from, or the end of the text. */
static size_t string_end(struct str text, size_t from)
{
	while (from < text.len && text.data[from] != '"')
		from += text.data[from] == '\\' ? 2 : 1;
	return from < text.len ? from : text.len;
}

static bool read_string(struct cursor *cursor, struct structured_value *ret_value)
{
	size_t end = string_end(cursor->text, ++cursor->at);
	char *text = arena_alloc(cursor->arena, end - cursor->at + 1);
	size_t len = 0;
	for (; cursor->at < end; cursor->at++) {
		char c = cursor->text.data[cursor->at];
		if (c == '\\') {
			cursor->at++;
			c = peek(cursor);
			if (c != '"' && c != '\\')
				return false;
		}
		if (c < 0x20 || c > 0x7e)
			return false;
		text[len++] = c;
	}
	ret_value->kind = STRUCTURED_STRING;
	ret_value->text = (struct str){ text, len };
	return take(cursor, '"');
}

static bool read_token(struct cursor *cursor, struct structured_value *ret_value)
{
	size_t start = cursor->at++;
	while (!is_at_end(cursor)) {
		struct str c = { cursor->text.data + cursor->at, 1 };
		if (!http_is_token(c) && c.data[0] != ':' && c.data[0] != '/')
			break;
		cursor->at++;
	}
	ret_value->kind = STRUCTURED_TOKEN;
	ret_value->text = str_slice(cursor->text, start, cursor->at);
	return true;
}

static bool read_bytes(struct cursor *cursor, struct structured_value *ret_value)
{
	size_t start = cursor->at + 1;
	size_t end = str_index_of(cursor->text, ':', start);
	if (end >= cursor->text.len)
		return false;
	cursor->at = end + 1;
	ret_value->kind = STRUCTURED_BYTES;
	return base64_decode(cursor->arena, str_slice(cursor->text, start, end), &ret_value->text);
}

static bool read_boolean(struct cursor *cursor, struct structured_value *ret_value)
{
	cursor->at++;
	ret_value->kind = STRUCTURED_BOOLEAN;
	ret_value->boolean = peek(cursor) == '1';
	return take(cursor, '1') || take(cursor, '0');
}

static bool read_value(struct cursor *cursor, struct structured_value *ret_value)
{
	char c = peek(cursor);
	if (c == '-' || is_digit(c))
		return read_number(cursor, ret_value);
	if (c == '"')
		return read_string(cursor, ret_value);
	if (c == '*' || is_alpha(c))
		return read_token(cursor, ret_value);
	if (c == ':')
		return read_bytes(cursor, ret_value);
	return c == '?' && read_boolean(cursor, ret_value);
}

const struct structured_value *structured_find_parameter(const struct structured_parameters *parameters,
	const char *name)
{
	for (size_t i = 0; i < parameters->count; i++) {
		if (str_eq(parameters->entries[i].name, str_from(name)))
			return &parameters->entries[i].value;
	}
	return NULL;
}

static bool has_parameter(const struct structured_parameters *parameters, struct str name)
{
	for (size_t i = 0; i < parameters->count; i++) {
		if (str_eq(parameters->entries[i].name, name))
			return true;
	}
	return false;
}

static bool read_parameters(struct cursor *cursor, struct structured_parameters *ret_parameters)
{
	struct structured_parameter entries[STRUCTURED_MAX_PARAMETERS];
	struct structured_parameters parameters = { entries, 0 };
	while (take(cursor, ';')) {
		struct structured_parameter parameter = { .value = { .kind = STRUCTURED_BOOLEAN, .boolean = true } };
		skip_spaces(cursor);
		if (!read_name(cursor, &parameter.name))
			return false;
		if (take(cursor, '=') && !read_value(cursor, &parameter.value))
			return false;
		if (has_parameter(&parameters, parameter.name) && !MUTANT("structured_repeated_parameter"))
			return false;
		if (parameters.count == STRUCTURED_MAX_PARAMETERS)
			return false;
		entries[parameters.count++] = parameter;
	}
	ret_parameters->count = parameters.count;
	ret_parameters->entries = arena_alloc_array(cursor->arena, parameters.count + 1, sizeof(entries[0]));
	memcpy(ret_parameters->entries, entries, parameters.count * sizeof(entries[0]));
	return true;
}

static bool read_item(struct cursor *cursor, struct structured_item *ret_item)
{
	return read_value(cursor, &ret_item->value) && read_parameters(cursor, &ret_item->parameters);
}

static bool read_list(struct cursor *cursor, struct structured_member *member)
{
	struct structured_item items[STRUCTURED_MAX_ITEMS];
	size_t count = 0;
	cursor->at++;
	for (;;) {
		skip_spaces(cursor);
		if (take(cursor, ')'))
			break;
		if (count == STRUCTURED_MAX_ITEMS)
			return false;
		items[count] = (struct structured_item){ 0 };
		if (!read_item(cursor, &items[count++]) || (peek(cursor) != ' ' && peek(cursor) != ')'))
			return false;
	}
	member->is_list = true;
	member->item_count = count;
	member->items = arena_alloc_array(cursor->arena, count + 1, sizeof(items[0]));
	memcpy(member->items, items, count * sizeof(items[0]));
	return read_parameters(cursor, &member->parameters);
}

static bool read_member(struct cursor *cursor, struct structured_member *member)
{
	if (!read_name(cursor, &member->name))
		return false;
	bool has_value = take(cursor, '=');
	if (has_value && peek(cursor) == '(')
		return read_list(cursor, member);
	member->item_count = 1;
	member->items = arena_alloc(cursor->arena, sizeof(*member->items));
	if (has_value)
		return read_item(cursor, member->items);
	member->items->value = (struct structured_value){ .kind = STRUCTURED_BOOLEAN, .boolean = true };
	return read_parameters(cursor, &member->items->parameters);
}

const struct structured_member *structured_find_member(const struct structured_dictionary *dictionary, struct str name)
{
	for (size_t i = 0; i < dictionary->count; i++) {
		if (str_eq(dictionary->members[i].name, name))
			return &dictionary->members[i];
	}
	return NULL;
}

bool structured_parse_dictionary(struct arena *arena, struct str text, struct structured_dictionary *ret_dictionary)
{
	struct cursor cursor = { arena, text, 0 };
	struct structured_dictionary dictionary = {
		arena_alloc_array(arena, STRUCTURED_MAX_MEMBERS, sizeof(*dictionary.members)), 0
	};
	while (cursor.text.len > 0 && cursor.text.data[cursor.text.len - 1] == ' ')
		cursor.text.len--;
	skip_spaces(&cursor);
	while (!is_at_end(&cursor)) {
		struct structured_member member = { 0 };
		if (dictionary.count == STRUCTURED_MAX_MEMBERS || !read_member(&cursor, &member))
			return false;
		if (structured_find_member(&dictionary, member.name) && !MUTANT("structured_repeated_member"))
			return false;
		dictionary.members[dictionary.count++] = member;
		skip_white(&cursor);
		if (is_at_end(&cursor))
			break;
		if (!take(&cursor, ','))
			return false;
		skip_white(&cursor);
		if (is_at_end(&cursor))
			return false;
	}
	*ret_dictionary = dictionary;
	return true;
}

static void write_string(struct str text, struct buf *buf)
{
	buf_add_char(buf, '"');
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] == '"' || text.data[i] == '\\')
			buf_add_char(buf, '\\');
		buf_add_char(buf, text.data[i]);
	}
	buf_add_char(buf, '"');
}

void structured_write_value(struct arena *arena, const struct structured_value *value, struct buf *buf)
{
	switch (value->kind) {
	case STRUCTURED_BOOLEAN:
		buf_add_c_string(buf, value->boolean ? "?1" : "?0");
		break;
	case STRUCTURED_INTEGER:
		buf_add_int64(buf, value->integer);
		break;
	case STRUCTURED_STRING:
		write_string(value->text, buf);
		break;
	case STRUCTURED_DECIMAL:
	case STRUCTURED_TOKEN:
		buf_add_str(buf, value->text);
		break;
	case STRUCTURED_BYTES:
		buf_add_char(buf, ':');
		buf_add_str(buf, base64_encode(arena, value->text));
		buf_add_char(buf, ':');
		break;
	}
}

static void write_parameters(struct arena *arena, const struct structured_parameters *parameters, struct buf *buf)
{
	for (size_t i = 0; i < parameters->count; i++) {
		const struct structured_parameter *parameter = &parameters->entries[i];
		buf_add_char(buf, ';');
		buf_add_str(buf, parameter->name);
		if (parameter->value.kind == STRUCTURED_BOOLEAN && parameter->value.boolean)
			continue;
		buf_add_char(buf, '=');
		structured_write_value(arena, &parameter->value, buf);
	}
}

void structured_write_list(struct arena *arena, const struct structured_member *list, struct buf *buf)
{
	buf_add_char(buf, '(');
	for (size_t i = 0; i < list->item_count; i++) {
		if (i > 0)
			buf_add_char(buf, ' ');
		structured_write_value(arena, &list->items[i].value, buf);
		write_parameters(arena, &list->items[i].parameters, buf);
	}
	buf_add_char(buf, ')');
	write_parameters(arena, &list->parameters, buf);
}
