/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Header lines and what they mean together: one Host, one way to tell where the body ends. Two readers that
 * disagree about that are request smuggling, so doubt is a refusal. */
#include "base/http_head.h"

#include "base/mutant.h"

#include <string.h>

#define T HTTP_CHAR_TOKEN
#define V HTTP_CHAR_VALUE
#define G HTTP_CHAR_TARGET
#define H HTTP_CHAR_HOST
#define X HTTP_CHAR_HEX

const uint8_t http_char_classes[256] = {
	['\t'] = V,
	[' '] = V,
	['!'] = T | V | G, ['"'] = V | G, ['#'] = T | V, ['$'] = T | V | G, ['%'] = T | V | G, ['&'] = T | V | G,
	['\''] = T | V | G, ['('] = V | G, [')'] = V | G, ['*'] = T | V | G, ['+'] = T | V | G, [','] = V | G,
	['-'] = T | V | G | H, ['.'] = T | V | G | H, ['/'] = V | G,
	['0' ... '9'] = T | V | G | H | X,
	[':' ... '@'] = V | G,
	['A' ... 'F'] = T | V | G | H | X,
	['G' ... 'Z'] = T | V | G | H,
	['['] = V | G, ['\\'] = V, [']'] = V | G, ['^'] = T | V | G, ['_'] = T | V | G | H, ['`'] = T | V | G,
	['a' ... 'f'] = T | V | G | H | X,
	['g' ... 'z'] = T | V | G | H,
	['{'] = V | G, ['|'] = T | V | G, ['}'] = V | G, ['~'] = T | V | G,
	[0x80 ... 0xff] = V,
};

bool http_refuse(struct http_refusal *ret_refusal, int status, const char *reason)
{
	ret_refusal->status = status;
	ret_refusal->reason = reason;
	return false;
}

/* Whether all bytes are space or visible ASCII, eight at a time: nearly every value is, and the values are most
 * of a head. */
static bool is_plain_ascii(struct str value)
{
	const uint64_t ones = 0x0101010101010101u;
	const uint64_t tops = ones * 0x80;
	size_t at = 0;
	for (; value.len - at >= 8; at += 8) {
		uint64_t word;
		memcpy(&word, value.data + at, sizeof(word));
		uint64_t below_space = (word - ones * 0x20) & ~word;
		uint64_t delete = (word ^ ones * 0x7f) - ones;
		if ((word | below_space | delete) & tops)
			return false;
	}
	for (; at < value.len; at++) {
		if (value.data[at] < 0x20 || value.data[at] > 0x7e)
			return false;
	}
	return true;
}

static bool check_value(struct str value, struct http_refusal *ret_refusal)
{
	for (size_t i = 0; i < value.len; i++) {
		if (value.data[i] == '\0' && !MUTANT("http_nul"))
			return http_refuse(ret_refusal, 400, "nul_in_header");
		if (!http_char_is(value.data[i], HTTP_CHAR_VALUE) && value.data[i] != '\0')
			return http_refuse(ret_refusal, 400, "control_in_header");
	}
	if (!str_is_utf8(value))
		return http_refuse(ret_refusal, 400, "header_not_utf8");
	return true;
}

bool http_head_read_header(struct str line, struct http_header *ret_header, struct http_refusal *ret_refusal)
{
	if ((line.data[0] == ' ' || line.data[0] == '\t') && !MUTANT("http_obs_fold"))
		return http_refuse(ret_refusal, 400, "obs_fold");
	size_t name_len = 0;
	while (name_len < line.len && http_char_is(line.data[name_len], HTTP_CHAR_TOKEN))
		name_len++;
	size_t colon = name_len;
	while (colon < line.len && (line.data[colon] == ' ' || line.data[colon] == '\t'))
		colon++;
	if (colon == line.len || line.data[colon] != ':' || name_len == 0)
		return http_refuse(ret_refusal, 400, "bad_header_name");
	if (colon > name_len && !MUTANT("http_space_before_colon"))
		return http_refuse(ret_refusal, 400, "space_before_colon");
	struct str value = str_trim(str_slice(line, colon + 1, line.len));
	if (!is_plain_ascii(value) && !check_value(value, ret_refusal))
		return false;
	ret_header->name = str_slice(line, 0, name_len);
	ret_header->value = value;
	return true;
}

/* "host", "host:port", "[v6]", "[v6]:port": what may stand in Host. Names are not resolved here. */
static bool is_authority(struct str text)
{
	size_t end = 0;
	if (text.len > 0 && text.data[0] == '[') {
		for (end = 1; end < text.len && (http_char_is(text.data[end], HTTP_CHAR_HEX) || text.data[end] == ':'
			|| text.data[end] == '.');)
			end++;
		if (end < 3 || end == text.len || text.data[end] != ']')
			return false;
		end++;
	} else {
		while (end < text.len && http_char_is(text.data[end], HTTP_CHAR_HOST))
			end++;
		if (end == 0)
			return false;
	}
	if (end == text.len)
		return true;
	uint64_t port;
	return text.data[end] == ':' && text.len - end <= 6
		&& str_to_uint64(str_slice(text, end + 1, text.len), &port) && port <= UINT16_MAX;
}

/* The headers that decide how a request is read, counted while walking them once. */
struct deciding_headers {
	size_t host_count, length_count, coding_count;
	struct str host, length, coding;
	bool has_close, has_keep_alive;
	bool expects_continue, expects_other;
};

static void note_header(struct deciding_headers *deciding, const struct http_header *header)
{
	switch (header->name.len) {
	case 4:
		if (str_eq_nocase(header->name, STR_LITERAL("host"))) {
			deciding->host_count++;
			deciding->host = header->value;
		}
		break;
	case 6:
		if (str_eq_nocase(header->name, STR_LITERAL("expect"))) {
			bool is_continue = str_eq_nocase(header->value, STR_LITERAL("100-continue"));
			deciding->expects_continue |= is_continue;
			deciding->expects_other |= !is_continue;
		}
		break;
	case 10:
		if (str_eq_nocase(header->name, STR_LITERAL("connection"))) {
			deciding->has_close |= http_list_has_token(header->value, "close");
			deciding->has_keep_alive |= http_list_has_token(header->value, "keep-alive");
		}
		break;
	case 14:
		if (str_eq_nocase(header->name, STR_LITERAL("content-length"))) {
			deciding->length_count++;
			deciding->length = header->value;
		}
		break;
	case 17:
		if (str_eq_nocase(header->name, STR_LITERAL("transfer-encoding"))) {
			deciding->coding_count++;
			deciding->coding = header->value;
		}
		break;
	default:
		break;
	}
}

static bool check_host(struct arena *arena, const struct deciding_headers *deciding, struct http_request *request,
	struct http_refusal *ret_refusal)
{
	/* Load balancers probe with HTTP/1.0 and no Host; nobody else may leave it out. */
	if (deciding->host_count == 0 && request->minor_version == 1)
		return http_refuse(ret_refusal, 400, "host_missing");
	if (deciding->host_count > 1 && !MUTANT("http_host_count"))
		return http_refuse(ret_refusal, 400, "host_repeated");
	bool is_absolute = request->host.data != NULL;
	if (deciding->host_count == 0 && !is_absolute)
		return true;
	struct str host = deciding->host_count > 0 ? deciding->host : request->host;
	if (!is_authority(host))
		return http_refuse(ret_refusal, 400, "bad_host");
	if (is_absolute && !str_eq_nocase(request->host, host) && !MUTANT("http_absolute_host"))
		return http_refuse(ret_refusal, 400, "host_differs_from_target");
	request->host = arena_lower(arena, host);
	return true;
}

static bool read_length(struct str text, int64_t *ret_length)
{
	uint64_t length;
	if (text.len > 19 || !str_to_uint64(text, &length) || length > INT64_MAX)
		return false;
	*ret_length = (int64_t)length;
	return true;
}

static bool check_framing(const struct deciding_headers *deciding, struct http_request *request,
	struct http_refusal *ret_refusal)
{
	if (deciding->length_count > 1 && !MUTANT("http_two_lengths"))
		return http_refuse(ret_refusal, 400, "two_content_lengths");
	if (deciding->length_count > 0 && deciding->coding_count > 0 && !MUTANT("http_length_and_chunked"))
		return http_refuse(ret_refusal, 400, "length_and_transfer_encoding");
	request->has_body = deciding->length_count > 0 || deciding->coding_count > 0;
	if (deciding->coding_count > 0) {
		if (request->minor_version == 0)
			return http_refuse(ret_refusal, 400, "transfer_encoding_in_http_1_0");
		if (deciding->coding_count > 1)
			return http_refuse(ret_refusal, 400, "two_transfer_encodings");
		if (!str_eq_nocase(deciding->coding, STR_LITERAL("chunked")))
			return http_refuse(ret_refusal, 501, "transfer_coding_unknown");
		request->is_chunked = true;
	} else if (deciding->length_count > 0 && !read_length(deciding->length, &request->content_length)) {
		return http_refuse(ret_refusal, 400, "bad_content_length");
	}
	return true;
}

bool http_head_check(struct arena *arena, struct http_request *request, struct http_refusal *ret_refusal)
{
	struct deciding_headers deciding = { 0 };
	for (size_t i = 0; i < request->header_count; i++)
		note_header(&deciding, &request->headers[i]);
	request->content_length = -1;
	if (!check_host(arena, &deciding, request, ret_refusal) || !check_framing(&deciding, request, ret_refusal))
		return false;
	if (deciding.expects_other)
		return http_refuse(ret_refusal, 417, "expectation_unknown");
	request->expects_continue = deciding.expects_continue && request->has_body && request->minor_version == 1;
	request->keep_alive = !deciding.has_close && (request->minor_version == 1 || deciding.has_keep_alive);
	return true;
}
