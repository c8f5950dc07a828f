/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * multipart/form-data (RFC 7578) over a body that is in memory. Values and files are slices of the body.
 * Everything that two readers could read differently is refused: preambles, epilogues, repeated parameters,
 * folded headers, transfer encodings, nested multiparts. */
#include "base/form_fields.h"

#include "base/mutant.h"
#include "base/url.h"

#include <string.h>

#define MAX_PARTS 100
#define MAX_HEADER_BYTES ((size_t)8 * 1024)
#define MAX_BOUNDARY_BYTES 70 /* RFC 2046 5.1.1 */

static const struct str crlf = STR("\r\n");

static bool is_token_character(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		(c != '\0' && strchr("!#$%&'*+-.^_`|~", c));
}

static struct str take_token(struct str *rest)
{
	size_t end = 0;
	while (end < rest->len && is_token_character(rest->data[end]))
		end++;
	struct str token = str_slice(*rest, 0, end);
	*rest = str_slice(*rest, end, rest->len);
	return token;
}

/* A backslash escapes a quote or itself and stands for itself otherwise, since some browsers send whole
 * Windows paths. */
static bool is_escape(struct str text, size_t at)
{
	if (text.data[at] != '\\' || at + 1 >= text.len)
		return false;
	return text.data[at + 1] == '"' || text.data[at + 1] == '\\';
}

/* *rest begins with '"'. */
static bool take_quoted(struct arena *arena, struct str *rest, struct str *ret_value)
{
	size_t end = 1;
	while (end < rest->len && rest->data[end] != '"')
		end += is_escape(*rest, end) ? 2 : 1;
	if (end >= rest->len)
		return false;
	char *value = arena_alloc(arena, end);
	size_t len = 0;
	for (size_t at = 1; at < end; at++) {
		if (is_escape(*rest, at))
			at++;
		value[len++] = rest->data[at];
	}
	*rest = str_slice(*rest, end + 1, rest->len);
	*ret_value = (struct str){ value, len };
	return true;
}

static struct str skip_blanks(struct str text)
{
	while (text.len > 0 && (text.data[0] == ' ' || text.data[0] == '\t'))
		text = str_slice(text, 1, text.len);
	return text;
}

/* Takes "; name=value" off *rest, which is not empty. */
static bool take_parameter(struct arena *arena, struct str *rest, struct str *ret_name, struct str *ret_value)
{
	struct str text = skip_blanks(*rest);
	if (!str_starts_with(text, STR_LITERAL(";")))
		return false;
	text = skip_blanks(str_slice(text, 1, text.len));
	struct str name = take_token(&text);
	if (name.len == 0 || !str_starts_with(text, STR_LITERAL("=")))
		return false;
	text = str_slice(text, 1, text.len);
	if (str_starts_with(text, STR_LITERAL("\""))) {
		if (!take_quoted(arena, &text, ret_value))
			return false;
	} else {
		*ret_value = take_token(&text);
		if (ret_value->len == 0)
			return false;
	}
	*ret_name = name;
	*rest = skip_blanks(text);
	return true;
}

static bool is_boundary(struct str boundary)
{
	if (boundary.len == 0 || boundary.data[boundary.len - 1] == ' ')
		return false;
	for (size_t i = 0; i < boundary.len; i++) {
		char c = boundary.data[i];
		bool is_letter_or_digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
		if (!is_letter_or_digit && (c == '\0' || !strchr("'()+_,-./:=? ", c)))
			return false;
	}
	return boundary.len <= MAX_BOUNDARY_BYTES || MUTANT("multipart_boundary");
}

static enum error read_boundary(struct arena *arena, struct str content_type, struct str *ret_boundary)
{
	struct str rest = content_type;
	struct str type = str_trim(str_slice(rest, 0, str_index_of(rest, ';', 0)));
	if (!str_eq_nocase(type, STR_LITERAL("multipart/form-data")))
		return ERROR_UNSUPPORTED_MEDIA_TYPE;
	rest = str_slice(rest, str_index_of(rest, ';', 0), rest.len);
	struct str boundary = { 0 };
	while (rest.len > 0) {
		struct str name;
		struct str value;
		if (!take_parameter(arena, &rest, &name, &value))
			return ERROR_BAD_REQUEST;
		if (!str_eq_nocase(name, STR_LITERAL("boundary")))
			continue;
		if (boundary.data)
			return ERROR_BAD_REQUEST;
		boundary = value;
	}
	if (!boundary.data || !is_boundary(boundary))
		return ERROR_BAD_REQUEST;
	*ret_boundary = boundary;
	return ERROR_NONE;
}

/* Only what the last of the parts names: "../../etc/passwd" is "passwd" (RFC 7578 4.2). */
static struct str base_name(struct str path)
{
	size_t start = path.len;
	while (start > 0 && path.data[start - 1] != '/' && path.data[start - 1] != '\\')
		start--;
	struct str name = str_slice(path, start, path.len);
	bool is_directory = str_eq(name, STR_LITERAL(".")) || str_eq(name, STR_LITERAL(".."));
	if (MUTANT("multipart_file_name"))
		return path;
	return is_directory || name.len == 0 ? STR_LITERAL("") : name;
}

/* filename*=UTF-8''na%C3%AFve.txt, which RFC 7578 does not want and some libraries send. */
static bool read_extended_name(struct arena *arena, struct str value, struct str *ret_name)
{
	struct str charset;
	struct str language;
	if (!str_split_next(&value, '\'', &charset) || !str_split_next(&value, '\'', &language) || !value.data)
		return false;
	return str_eq_nocase(charset, STR_LITERAL("utf-8")) && url_decode(arena, value, false, ret_name);
}

static bool read_disposition(struct arena *arena, struct str value, struct form_field *field)
{
	struct str file_name = { 0 };
	struct str extended_name = { 0 };
	if (field->name.data || !str_eq_nocase(take_token(&value), STR_LITERAL("form-data")))
		return false;
	while (value.len > 0) {
		struct str name;
		struct str text;
		if (!take_parameter(arena, &value, &name, &text))
			return false;
		bool is_extended = str_eq_nocase(name, STR_LITERAL("filename*"));
		struct str *slot = is_extended ? &extended_name
			: str_eq_nocase(name, STR_LITERAL("filename")) ? &file_name
			: str_eq_nocase(name, STR_LITERAL("name")) ? &field->name
			: NULL;
		if (!slot)
			continue;
		if (slot->data || (is_extended && !read_extended_name(arena, text, &text)))
			return false;
		*slot = text;
	}
	if (extended_name.data)
		file_name = extended_name;
	if (file_name.data)
		field->file_name = base_name(file_name);
	return field->name.data != NULL;
}

static bool read_transfer_encoding(struct str value)
{
	return str_eq_nocase(value, STR_LITERAL("7bit")) || str_eq_nocase(value, STR_LITERAL("8bit")) ||
		str_eq_nocase(value, STR_LITERAL("binary"));
}

static bool read_header(struct arena *arena, struct str line, struct form_field *field)
{
	struct str name = take_token(&line);
	if (name.len == 0 || !str_starts_with(line, STR_LITERAL(":")))
		return false;
	struct str value = str_trim(str_slice(line, 1, line.len));
	if (str_eq_nocase(name, STR_LITERAL("Content-Disposition")))
		return read_disposition(arena, value, field);
	if (str_eq_nocase(name, STR_LITERAL("Content-Transfer-Encoding")))
		return read_transfer_encoding(value);
	if (str_eq_nocase(name, STR_LITERAL("Content-Type"))) {
		if (field->content_type.data || str_eq_nocase(str_slice(value, 0, 10), STR_LITERAL("multipart/")))
			return false;
		field->content_type = value;
	}
	return true;
}

/* Control characters would be a NUL in a file name, a bare CR or LF, a folded line. */
static bool is_header_text(struct str line)
{
	for (size_t i = 0; i < line.len; i++) {
		unsigned char byte = (unsigned char)line.data[i];
		if ((byte < ' ' && byte != '\t') || byte == 0x7F)
			return false;
	}
	return str_is_utf8(line);
}

/* Moves *rest from the first header behind the empty line. */
static bool read_headers(struct arena *arena, struct str *rest, struct form_field *field)
{
	/* Without the limit, the search for the empty line would begin anew over megabytes for each part. */
	struct str window = MUTANT("multipart_header_bytes") ? *rest : str_slice(*rest, 0, MAX_HEADER_BYTES);
	for (;;) {
		size_t end = str_index_of_str(window, crlf);
		if (end >= window.len)
			return false;
		struct str line = str_slice(window, 0, end);
		window = str_slice(window, end + crlf.len, window.len);
		if (line.len == 0)
			break;
		if (!is_header_text(line) || !read_header(arena, line, field))
			return false;
	}
	*rest = str_slice(*rest, (size_t)(window.data - rest->data), rest->len);
	return field->name.data != NULL;
}

enum delimiter {
	DELIMITER_NONE, /* the bytes only look like one */
	DELIMITER_NEXT,
	DELIMITER_LAST,
};

/* *rest is behind the boundary's last byte; moves behind the delimiter's line. */
static enum delimiter read_delimiter_end(struct str *rest)
{
	struct str text = *rest;
	bool is_last = str_starts_with(text, STR_LITERAL("--"));
	text = skip_blanks(is_last ? str_slice(text, 2, text.len) : text);
	if (str_starts_with(text, crlf))
		text = str_slice(text, crlf.len, text.len);
	else if (!is_last || text.len > 0)
		return DELIMITER_NONE;
	*rest = text;
	return is_last ? DELIMITER_LAST : DELIMITER_NEXT;
}

/* Takes the bytes before the next delimiter as *ret_content; delimiter begins with CR LF. */
static enum delimiter take_content(struct str *rest, struct str delimiter, struct str *ret_content)
{
	size_t at = 0;
	for (;;) {
		at += str_index_of_str(str_slice(*rest, at, rest->len), delimiter);
		if (at >= rest->len)
			return DELIMITER_NONE;
		struct str behind = str_slice(*rest, at + delimiter.len, rest->len);
		enum delimiter kind = read_delimiter_end(&behind);
		if (kind != DELIMITER_NONE) {
			*ret_content = str_slice(*rest, 0, at);
			*rest = behind;
			return kind;
		}
		at += delimiter.len;
	}
}

/* Text goes to the database, which takes neither a NUL nor broken UTF-8; files are bytes. */
static bool is_value_allowed(const struct form_field *field)
{
	if (field->file_name.data)
		return true;
	return (!str_contains_char(field->value, '\0') || MUTANT("multipart_nul")) &&
		(str_is_utf8(field->value) || MUTANT("multipart_utf8"));
}

enum error form_parse_multipart(struct arena *arena, struct str content_type, struct str body, struct form *form)
{
	struct str boundary;
	enum error error = read_boundary(arena, content_type, &boundary);
	if (error)
		return error;
	const struct str parts[] = { crlf, STR("--"), boundary };
	struct str delimiter = arena_join(arena, parts, 3);
	struct str first = str_slice(delimiter, crlf.len, delimiter.len);
	struct str rest = str_starts_with(body, crlf) ? str_slice(body, crlf.len, body.len) : body;
	if (!str_starts_with(rest, first))
		return ERROR_BAD_REQUEST;
	rest = str_slice(rest, first.len, rest.len);
	enum delimiter kind = read_delimiter_end(&rest);
	for (unsigned count = 1; kind == DELIMITER_NEXT; count++) {
		struct form_field field = { 0 };
		if (count > MAX_PARTS && !MUTANT("multipart_parts"))
			return ERROR_BAD_REQUEST;
		if (!read_headers(arena, &rest, &field))
			return ERROR_BAD_REQUEST;
		kind = take_content(&rest, delimiter, &field.value);
		if (kind == DELIMITER_NONE || !is_value_allowed(&field) || !form_add(arena, form, &field))
			return ERROR_BAD_REQUEST;
	}
	/* An epilogue is content that others would not see. */
	return kind == DELIMITER_LAST && rest.len == 0 ? ERROR_NONE : ERROR_BAD_REQUEST;
}
