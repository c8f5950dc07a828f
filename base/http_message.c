/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Facts about methods, statuses and header values. Everything here reads outside text with bounded work:
 * each function walks its input once and allocates at most a copy of it. */
#include "base/http_message.h"

#include "base/http_head.h"

#include <string.h>

static const char *const method_names[HTTP_METHOD_COUNT] = {
	[HTTP_GET] = "GET",
	[HTTP_HEAD] = "HEAD",
	[HTTP_POST] = "POST",
	[HTTP_PUT] = "PUT",
	[HTTP_PATCH] = "PATCH",
	[HTTP_DELETE] = "DELETE",
	[HTTP_OPTIONS] = "OPTIONS",
	[HTTP_METHOD_OTHER] = "OTHER",
};

static const struct {
	int status;
	const char *text;
} status_texts[] = {
	{ 200, "OK" },
	{ 100, "Continue" },
	{ 101, "Switching Protocols" },
	{ 201, "Created" },
	{ 202, "Accepted" },
	{ 204, "No Content" },
	{ 206, "Partial Content" },
	{ 301, "Moved Permanently" },
	{ 302, "Found" },
	{ 303, "See Other" },
	{ 304, "Not Modified" },
	{ 307, "Temporary Redirect" },
	{ 308, "Permanent Redirect" },
	{ 400, "Bad Request" },
	{ 401, "Unauthorized" },
	{ 403, "Forbidden" },
	{ 404, "Not Found" },
	{ 405, "Method Not Allowed" },
	{ 406, "Not Acceptable" },
	{ 408, "Request Timeout" },
	{ 409, "Conflict" },
	{ 410, "Gone" },
	{ 411, "Length Required" },
	{ 412, "Precondition Failed" },
	{ 413, "Content Too Large" },
	{ 414, "URI Too Long" },
	{ 415, "Unsupported Media Type" },
	{ 416, "Range Not Satisfiable" },
	{ 417, "Expectation Failed" },
	{ 421, "Misdirected Request" },
	{ 422, "Unprocessable Content" },
	{ 426, "Upgrade Required" },
	{ 428, "Precondition Required" },
	{ 429, "Too Many Requests" },
	{ 431, "Request Header Fields Too Large" },
	{ 500, "Internal Server Error" },
	{ 501, "Not Implemented" },
	{ 503, "Service Unavailable" },
	{ 505, "HTTP Version Not Supported" },
	{ 507, "Insufficient Storage" },
};

struct str http_request_header(const struct http_request *request, const char *name)
{
	struct str wanted = str_from(name);
	for (size_t i = 0; i < request->header_count; i++) {
		if (str_eq_nocase(request->headers[i].name, wanted))
			return request->headers[i].value;
	}
	return (struct str){ 0 };
}

size_t http_request_header_count(const struct http_request *request, const char *name)
{
	struct str wanted = str_from(name);
	size_t count = 0;
	for (size_t i = 0; i < request->header_count; i++)
		count += str_eq_nocase(request->headers[i].name, wanted);
	return count;
}

enum http_method http_method_from_text(struct str text)
{
	for (enum http_method method = HTTP_GET; method < HTTP_METHOD_OTHER; method++) {
		if (str_eq(text, str_from(method_names[method])))
			return method;
	}
	return HTTP_METHOD_OTHER;
}

const char *http_method_name(enum http_method method)
{
	return (unsigned)method < HTTP_METHOD_COUNT ? method_names[method] : "OTHER";
}

const char *http_status_text(int status)
{
	for (size_t i = 0; i < sizeof(status_texts) / sizeof(status_texts[0]); i++) {
		if (status_texts[i].status == status)
			return status_texts[i].text;
	}
	return "";
}

bool http_is_token(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (!http_char_is(text.data[i], HTTP_CHAR_TOKEN))
			return false;
	}
	return text.len > 0;
}

bool http_is_header_value(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (!http_char_is(text.data[i], HTTP_CHAR_VALUE))
			return false;
	}
	return true;
}

bool http_list_has_token(struct str list, const char *token)
{
	struct str wanted = str_from(token);
	struct str rest = list;
	struct str part;
	while (rest.data && str_split_next(&rest, ',', &part)) {
		if (str_eq_nocase(str_trim(part), wanted))
			return true;
	}
	return false;
}

/* Splits "type/subtype" off the front; false when it is malformed. */
static bool split_type(struct str media_type, struct str *ret_type, struct str *ret_subtype)
{
	size_t slash = str_index_of(media_type, '/', 0);
	struct str type = str_slice(media_type, 0, slash);
	struct str subtype = str_slice(media_type, slash + 1, media_type.len);
	if (slash == media_type.len || !http_is_token(type) || !http_is_token(subtype))
		return false;
	*ret_type = type;
	*ret_subtype = subtype;
	return true;
}

struct str http_media_type(struct arena *arena, struct str content_type)
{
	struct str essence = str_trim(str_slice(content_type, 0, str_index_of(content_type, ';', 0)));
	struct str type, subtype;
	if (!split_type(essence, &type, &subtype))
		return (struct str){ 0 };
	return arena_lower(arena, essence);
}

/* The end of a parameter that begins at from: the next separator outside a quoted string. */
static size_t parameter_end(struct str text, size_t from, char separator)
{
	bool is_quoted = false;
	for (size_t i = from; i < text.len; i++) {
		if (is_quoted && text.data[i] == '\\')
			i++;
		else if (text.data[i] == '"')
			is_quoted = !is_quoted;
		else if (!is_quoted && text.data[i] == separator)
			return i;
	}
	return text.len;
}

/* qvalue of RFC 9110 12.4.2 in thousandths; -1 when malformed. */
static int quality_thousandths(struct str text)
{
	if (text.len == 0 || text.len > 5 || (text.data[0] != '0' && text.data[0] != '1'))
		return -1;
	if (text.len > 1 && text.data[1] != '.')
		return -1;
	int thousandths = (text.data[0] - '0') * 1000;
	int weight = 100;
	for (size_t i = 2; i < text.len; i++, weight /= 10) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return -1;
		thousandths += (text.data[i] - '0') * weight;
	}
	return thousandths <= 1000 ? thousandths : -1;
}

static struct str without_quotes(struct str value)
{
	if (value.len >= 2 && value.data[0] == '"' && value.data[value.len - 1] == '"')
		return str_slice(value, 1, value.len - 1);
	return value;
}

/* Whether the media type type has the parameter name with that value. */
static bool has_parameter(struct str type, struct str name, struct str value)
{
	size_t at = parameter_end(type, 0, ';');
	while (at < type.len) {
		size_t end = parameter_end(type, at + 1, ';');
		struct str parameter = str_trim(str_slice(type, at + 1, end));
		size_t equals = str_index_of(parameter, '=', 0);
		if (str_eq_nocase(str_slice(parameter, 0, equals), name)
			&& str_eq(without_quotes(str_slice(parameter, equals + 1, parameter.len)), without_quotes(value)))
			return true;
		at = end;
	}
	return false;
}

struct range_match {
	int specificity; /* 0 none, 1 for all types, 2 for one type, 3 exact, and one more per parameter */
	int thousandths;
};

/* One media range of Accept against one offered type. A range with a parameter that the offer lacks does not
 * match: a client that asks for ld+json with the ActivityStreams profile gets exactly that. */
static struct range_match match_range(struct str range, struct str offered)
{
	struct range_match match = { 0, 1000 };
	size_t end = parameter_end(range, 0, ';');
	struct str type, subtype, offered_type, offered_subtype;
	struct str essence = str_trim(str_slice(offered, 0, str_index_of(offered, ';', 0)));
	if (!split_type(str_trim(str_slice(range, 0, end)), &type, &subtype)
		|| !split_type(essence, &offered_type, &offered_subtype))
		return match;
	bool is_any_type = str_eq(type, STR_LITERAL("*"));
	bool is_any_subtype = str_eq(subtype, STR_LITERAL("*"));
	if ((is_any_type && !is_any_subtype) || (!is_any_type && !str_eq_nocase(type, offered_type))
		|| (!is_any_subtype && !str_eq_nocase(subtype, offered_subtype)))
		return match;
	int specificity = is_any_type ? 1 : is_any_subtype ? 2 : 3;
	while (end < range.len) {
		size_t next = parameter_end(range, end + 1, ';');
		struct str parameter = str_trim(str_slice(range, end + 1, next));
		size_t equals = str_index_of(parameter, '=', 0);
		struct str name = str_slice(parameter, 0, equals);
		struct str value = str_slice(parameter, equals + 1, parameter.len);
		end = next;
		if (str_eq_nocase(name, STR_LITERAL("q"))) {
			match.thousandths = quality_thousandths(value);
			if (match.thousandths < 0)
				return (struct range_match){ 0, 0 };
			break;
		}
		if (name.len == 0)
			continue;
		if (!has_parameter(offered, name, value))
			return match;
		specificity++;
	}
	match.specificity = specificity;
	return match;
}

int http_choose_type(struct str accept, const struct str *offered, size_t offered_count)
{
	if (str_trim(accept).len == 0)
		return offered_count > 0 ? 0 : -1;
	int best = -1;
	int best_thousandths = 0;
	int best_specificity = 0;
	for (size_t i = 0; i < offered_count; i++) {
		struct range_match chosen = { 0, 0 };
		for (size_t at = 0; at < accept.len;) {
			size_t end = parameter_end(accept, at, ',');
			struct range_match match = match_range(str_slice(accept, at, end), offered[i]);
			if (match.specificity > chosen.specificity)
				chosen = match;
			at = end + 1;
		}
		if (chosen.thousandths > best_thousandths
			|| (chosen.thousandths == best_thousandths && best >= 0 && chosen.specificity > best_specificity)) {
			best = (int)i;
			best_thousandths = chosen.thousandths;
			best_specificity = chosen.specificity;
		}
	}
	return best;
}
