/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The request line: method, target in its four forms, version. The path is decoded here, once, and no later
 * step decodes it again; what could be read as another path by someone else is refused. */
#include "base/http_head.h"

#include "base/mutant.h"

#include <string.h>

#define MAX_METHOD_BYTES 32

static bool read_version(struct str version, struct http_request *request, struct http_refusal *ret_refusal)
{
	if (str_eq(version, STR_LITERAL("HTTP/1.1"))) {
		request->minor_version = 1;
		return true;
	}
	if (str_eq(version, STR_LITERAL("HTTP/1.0"))) {
		request->minor_version = 0;
		return true;
	}
	bool is_version = version.len == 8 && str_starts_with(version, STR_LITERAL("HTTP/")) && version.data[5] >= '0'
		&& version.data[5] <= '9' && version.data[6] == '.' && version.data[7] >= '0' && version.data[7] <= '9';
	if (is_version)
		return http_refuse(ret_refusal, 505, "version_not_supported");
	return http_refuse(ret_refusal, 400, "bad_request_line");
}

static unsigned hex_value(char c)
{
	return c <= '9' ? (unsigned)(c - '0') : (unsigned)((c | 0x20) - 'a' + 10);
}

/* Decodes %XX into the arena. What hides a separator, an end of string or a control is refused. */
static bool decode_path(struct arena *arena, struct str raw, struct str *ret_path, struct http_refusal *ret_refusal)
{
	char *decoded = arena_alloc(arena, raw.len + 1);
	size_t len = 0;
	for (size_t i = 0; i < raw.len; i++) {
		if (raw.data[i] != '%') {
			decoded[len++] = raw.data[i];
			continue;
		}
		if (raw.len - i < 3 || !http_char_is(raw.data[i + 1], HTTP_CHAR_HEX)
			|| !http_char_is(raw.data[i + 2], HTTP_CHAR_HEX))
			return http_refuse(ret_refusal, 400, "bad_path_escape");
		unsigned byte = hex_value(raw.data[i + 1]) << 4 | hex_value(raw.data[i + 2]);
		if ((byte < 0x20 || byte == 0x7f || byte == '/' || byte == '\\') && !MUTANT("http_path_escape"))
			return http_refuse(ret_refusal, 400, "forbidden_path_escape");
		decoded[len++] = (char)byte;
		i += 2;
	}
	struct str path = { decoded, len };
	if (!str_is_utf8(path))
		return http_refuse(ret_refusal, 400, "path_not_utf8");
	*ret_path = path;
	return true;
}

/* After decoding: no empty segment but a last one, no "." and no "..". */
static bool has_plain_segments(struct str path)
{
	size_t from = 1;
	while (from < path.len) {
		const char *slash = memchr(path.data + from, '/', path.len - from);
		size_t end = slash ? (size_t)(slash - path.data) : path.len;
		const char *segment = path.data + from;
		if (end == from)
			return false;
		if (segment[0] == '.' && (end - from == 1 || (end - from == 2 && segment[1] == '.')))
			return false;
		from = end + 1;
	}
	return true;
}

/* target is in origin form: "/path" and an optional "?query". */
static bool read_origin_form(struct arena *arena, struct str target, struct http_request *request,
	struct http_refusal *ret_refusal)
{
	size_t question = str_index_of(target, '?', 0);
	struct str raw_path = str_slice(target, 0, question);
	request->target = target;
	request->query = question < target.len ? str_slice(target, question + 1, target.len) : (struct str){ 0 };
	if (!memchr(raw_path.data, '%', raw_path.len))
		request->path = raw_path;
	else if (!decode_path(arena, raw_path, &request->path, ret_refusal))
		return false;
	if (!has_plain_segments(request->path))
		return http_refuse(ret_refusal, 400, "dot_or_empty_segment");
	return true;
}

/* "http://authority/path": the authority is compared with Host when that is known. */
static bool read_absolute_form(struct arena *arena, struct str target, size_t scheme_len, struct http_request *request,
	struct http_refusal *ret_refusal)
{
	size_t end = scheme_len;
	while (end < target.len && target.data[end] != '/' && target.data[end] != '?')
		end++;
	if (end == scheme_len)
		return http_refuse(ret_refusal, 400, "bad_target");
	request->host = str_slice(target, scheme_len, end);
	struct str rest = str_slice(target, end, target.len);
	if (rest.len == 0 || rest.data[0] == '?') {
		const struct str parts[] = { STR_LITERAL("/"), rest };
		rest = arena_join(arena, parts, 2);
	}
	return read_origin_form(arena, rest, request, ret_refusal);
}

static size_t http_scheme_len(struct str target)
{
	static const struct str schemes[] = { STR("http://"), STR("https://") };
	for (size_t i = 0; i < 2; i++) {
		if (str_eq_nocase(str_slice(target, 0, schemes[i].len), schemes[i]))
			return schemes[i].len;
	}
	return 0;
}

static bool read_target(struct arena *arena, struct str target, struct http_request *request,
	struct http_refusal *ret_refusal)
{
	for (size_t i = 0; i < target.len; i++) {
		if (!http_char_is(target.data[i], HTTP_CHAR_TARGET))
			return http_refuse(ret_refusal, 400, "bad_target_character");
	}
	if (target.len > 0 && target.data[0] == '/')
		return read_origin_form(arena, target, request, ret_refusal);
	size_t scheme_len = http_scheme_len(target);
	if (scheme_len > 0)
		return read_absolute_form(arena, target, scheme_len, request, ret_refusal);
	bool is_asterisk = request->method == HTTP_OPTIONS && str_eq(target, STR_LITERAL("*"));
	bool is_connect = target.len > 0 && str_eq(request->method_text, STR_LITERAL("CONNECT"));
	if (!is_asterisk && !is_connect)
		return http_refuse(ret_refusal, 400, "bad_target");
	request->target = target;
	request->path = STR_LITERAL("/");
	return true;
}

bool http_head_read_request_line(struct arena *arena, struct str line, struct http_request *request,
	struct http_refusal *ret_refusal)
{
	size_t method_end = str_index_of(line, ' ', 0);
	size_t target_end = str_index_of(line, ' ', method_end + 1);
	request->method_text = str_slice(line, 0, method_end);
	if (!http_is_token(request->method_text) || target_end >= line.len)
		return http_refuse(ret_refusal, 400, "bad_request_line");
	request->method = http_method_from_text(request->method_text);
	if (!read_version(str_slice(line, target_end + 1, line.len), request, ret_refusal))
		return false;
	if (request->method_text.len > MAX_METHOD_BYTES)
		return http_refuse(ret_refusal, 501, "method_too_long");
	return read_target(arena, str_slice(line, method_end + 1, target_end), request, ret_refusal);
}
