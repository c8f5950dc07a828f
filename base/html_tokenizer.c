/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * One pass: whatever is searched for and not found ends the input, so no byte is looked at twice. */
#include "base/html_tokenizer.h"

#include <string.h>

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool ends_tag_name(char c)
{
	return is_space(c) || c == '/' || c == '>';
}

/* Index behind the first end mark at or after from, or the length of the input. */
static size_t index_behind(struct str input, size_t from, struct str mark)
{
	struct str rest = str_slice(input, from, input.len);
	const char *found = rest.len ? memmem(rest.data, rest.len, mark.data, mark.len) : NULL;
	return found ? (size_t)(found - input.data) + mark.len : input.len;
}

/* at is behind "<!--". "<!-->" and "<!--->" are whole comments; "--!>" ends one as "-->" does. */
static size_t comment_end(struct str input, size_t at)
{
	struct str rest = str_slice(input, at, input.len);
	if (str_starts_with(rest, STR_LITERAL(">")))
		return at + 1;
	if (str_starts_with(rest, STR_LITERAL("->")))
		return at + 2;
	while (at < input.len) {
		at = index_behind(input, at, STR_LITERAL("--"));
		rest = str_slice(input, at, input.len);
		if (str_starts_with(rest, STR_LITERAL(">")))
			return at + 1;
		if (str_starts_with(rest, STR_LITERAL("!>")))
			return at + 2;
		/* "--->" ends a comment too: its last two hyphens are read again. */
		if (str_starts_with(rest, STR_LITERAL("-")))
			at--;
	}
	return input.len;
}

static size_t skip_spaces(struct str input, size_t at)
{
	while (at < input.len && is_space(input.data[at]))
		at++;
	return at;
}

/* Returns the index behind the value that begins at at. */
static size_t read_value(struct str input, size_t at, struct str *ret_value)
{
	char quote = at < input.len ? input.data[at] : '\0';
	if (quote == '"' || quote == '\'') {
		size_t end = str_index_of(input, quote, at + 1);
		*ret_value = str_slice(input, at + 1, end);
		return end < input.len ? end + 1 : end;
	}
	size_t end = at;
	while (end < input.len && !is_space(input.data[end]) && input.data[end] != '>')
		end++;
	*ret_value = str_slice(input, at, end);
	return end;
}

bool html_attribute_next(struct str *rest, struct html_attribute *ret_attribute)
{
	struct str input = *rest;
	size_t at = 0;
	while (at < input.len && (is_space(input.data[at]) || input.data[at] == '/'))
		at++;
	if (at >= input.len || input.data[at] == '>') {
		*rest = str_slice(input, at, input.len);
		return false;
	}
	size_t name_start = at++; /* a '=' that comes first belongs to the name */
	while (at < input.len && !ends_tag_name(input.data[at]) && input.data[at] != '=')
		at++;
	*ret_attribute = (struct html_attribute){ .name = str_slice(input, name_start, at) };
	size_t next = skip_spaces(input, at);
	if (next < input.len && input.data[next] == '=')
		at = read_value(input, skip_spaces(input, next + 1), &ret_attribute->value);
	*rest = str_slice(input, at, input.len);
	return true;
}

/* name_start is behind '<' or "</". False when the input ends inside the tag. */
static bool read_tag(struct html_tokenizer *tokenizer, size_t name_start, struct html_token *ret_token)
{
	struct str input = tokenizer->input;
	size_t name_end = name_start;
	while (name_end < input.len && !ends_tag_name(input.data[name_end]))
		name_end++;
	struct str rest = str_slice(input, name_end, input.len);
	struct html_attribute ignored;
	while (html_attribute_next(&rest, &ignored))
		;
	size_t end = input.len - rest.len;
	ret_token->name = str_slice(input, name_start, name_end);
	ret_token->attributes = str_slice(input, name_end, end);
	tokenizer->at = end < input.len ? end + 1 : end;
	return end < input.len;
}

/* at is at a '<' that opens no text. False when there is no token: a comment, or the end. */
static bool read_markup(struct html_tokenizer *tokenizer, struct html_token *ret_token)
{
	struct str input = tokenizer->input;
	size_t at = tokenizer->at;
	struct str rest = str_slice(input, at, input.len);
	if (is_letter(rest.data[1])) {
		*ret_token = (struct html_token){ .kind = HTML_START_TAG };
		return read_tag(tokenizer, at + 1, ret_token);
	}
	if (rest.data[1] == '/' && rest.len > 2 && is_letter(rest.data[2])) {
		*ret_token = (struct html_token){ .kind = HTML_END_TAG };
		return read_tag(tokenizer, at + 2, ret_token);
	}
	if (str_starts_with(rest, STR_LITERAL("<!--")))
		tokenizer->at = comment_end(input, at + 4);
	else
		tokenizer->at = index_behind(input, at + 2, STR_LITERAL(">"));
	return false;
}

static bool is_markup(struct str input, size_t at)
{
	if (input.data[at] != '<' || at + 1 >= input.len)
		return false;
	char next = input.data[at + 1];
	if (next == '/')
		return at + 2 < input.len;
	return is_letter(next) || next == '!' || next == '?';
}

bool html_token_next(struct html_tokenizer *tokenizer, struct html_token *ret_token)
{
	struct str input = tokenizer->input;
	while (tokenizer->at < input.len) {
		if (is_markup(input, tokenizer->at)) {
			if (read_markup(tokenizer, ret_token))
				return true;
			continue;
		}
		size_t start = tokenizer->at;
		do
			tokenizer->at = str_index_of(input, '<', tokenizer->at + 1);
		while (tokenizer->at < input.len && !is_markup(input, tokenizer->at));
		*ret_token = (struct html_token){ .kind = HTML_TEXT, .text = str_slice(input, start, tokenizer->at) };
		return true;
	}
	return false;
}

void html_skip_raw_text(struct html_tokenizer *tokenizer, struct str name)
{
	struct str input = tokenizer->input;
	size_t at = tokenizer->at;
	while ((at = index_behind(input, at, STR_LITERAL("</"))) < input.len) {
		size_t end = at + name.len;
		if (end < input.len && str_eq_nocase(str_slice(input, at, end), name) && ends_tag_name(input.data[end])) {
			tokenizer->at = at - 2;
			struct html_token end_tag;
			if (!read_tag(tokenizer, at, &end_tag))
				html_skip_all(tokenizer);
			return;
		}
	}
	html_skip_all(tokenizer);
}

void html_skip_all(struct html_tokenizer *tokenizer)
{
	tokenizer->at = tokenizer->input.len;
}
