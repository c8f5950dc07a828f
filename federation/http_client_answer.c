/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Head and body as libcurl hands them over: counted first, then kept. What is refused here breaks the hop off at
 * once, before more of it is read. */
#include "federation/http_client_internal.h"

#include "base/clock.h"
#include "base/mutant.h"
#include "base/time_format.h"

#include <stdio.h>
#include <string.h>

#define US_PER_S 1000000

static size_t refuse(struct curl_call *call, enum http_client_error error, const char *why)
{
	call->failure = error;
	snprintf(call->curl_error, sizeof(call->curl_error), "%s", why);
	return 0;
}

/* gzip once, as offered: libcurl would unpack five layers of whatever it knows. */
static bool is_coding_refused(struct curl_answer *answer, const struct http_client_header *header)
{
	struct str rest = header->value, coding;
	bool is_content = str_eq_nocase(header->name, STR_LITERAL("content-encoding"));
	bool is_transfer = str_eq_nocase(header->name, STR_LITERAL("transfer-encoding"));
	if (!is_content && !is_transfer)
		return false;
	while (str_split_next(&rest, ',', &coding)) {
		coding = str_trim(coding);
		if (coding.len == 0 || str_eq_nocase(coding, STR_LITERAL("identity")))
			continue;
		if (is_transfer && (!str_eq_nocase(coding, STR_LITERAL("chunked")) || answer->framings++ > 0))
			return true;
		if (is_content && !str_eq_nocase(coding, STR_LITERAL("gzip")) && !str_eq_nocase(coding, STR_LITERAL("x-gzip")))
			return true;
		if (is_content && answer->codings++ > 0)
			return true;
	}
	return false;
}

static void begin_head(struct curl_answer *answer)
{
	answer->header_count = 0;
	answer->codings = 0;
	answer->framings = 0;
}

/* At the empty line: an interim answer (1xx) is followed by another head. */
static void end_head(struct curl_call *call)
{
	long status = 0;
	curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
	call->answer.has_head = status >= 200;
}

static bool split_header(struct arena *arena, struct str line, struct http_client_header *ret_header)
{
	size_t colon = str_index_of(line, ':', 0);
	if (colon == 0 || colon == line.len || line.data[0] == ' ' || line.data[0] == '\t')
		return false;
	ret_header->name = arena_str(arena, str_trim(str_slice(line, 0, colon)));
	ret_header->value = arena_str(arena, str_trim(str_slice(line, colon + 1, line.len)));
	return true;
}

static void keep_header(struct arena *arena, struct curl_answer *answer, const struct http_client_header *header)
{
	if (answer->header_count == answer->header_capacity) {
		size_t capacity = answer->header_capacity ? answer->header_capacity * 2 : 16;
		struct http_client_header *grown = arena_alloc_array(arena, capacity, sizeof(*grown));
		if (answer->header_count > 0)
			memcpy(grown, answer->headers, answer->header_count * sizeof(*grown));
		answer->headers = grown;
		answer->header_capacity = capacity;
	}
	answer->headers[answer->header_count++] = *header;
}

size_t curl_answer_take_header(char *data, size_t size, size_t count, void *argument)
{
	struct curl_call *call = argument;
	struct curl_answer *answer = &call->answer;
	struct str line = { data, size * count };
	struct http_client_header header;
	size_t taken = line.len;

	answer->has_begun = true;
	answer->head_bytes += taken;
	if (answer->head_bytes > call->limits.max_head_bytes && !MUTANT("outbound_head_limit"))
		return refuse(call, HTTP_CLIENT_TOO_LARGE, "the head is too large");
	while (line.len > 0 && (line.data[line.len - 1] == '\n' || line.data[line.len - 1] == '\r'))
		line.len--;
	if (answer->has_head)
		return taken;
	if (line.len == 0) {
		end_head(call);
		return taken;
	}
	if (str_starts_with(line, STR_LITERAL("HTTP/"))) {
		begin_head(answer);
		return taken;
	}
	if (answer->header_count == HTTP_CLIENT_MAX_HEADERS)
		return refuse(call, HTTP_CLIENT_TOO_LARGE, "too many headers");
	if (!split_header(call->arena, line, &header))
		return taken;
	if (is_coding_refused(answer, &header) && !MUTANT("outbound_codings"))
		return refuse(call, HTTP_CLIENT_PROTOCOL, "a coding that was not offered");
	keep_header(call->arena, answer, &header);
	return taken;
}

/* Of those libcurl tells where they lead once they are whole. */
static bool is_redirect(const struct curl_call *call)
{
	long status = 0;
	curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
	return status / 100 == 3;
}

size_t curl_answer_take_body(char *data, size_t size, size_t count, void *argument)
{
	struct curl_call *call = argument;
	size_t len = size * count;
	size_t room = call->limits.max_body_bytes - call->answer.body.len;
	if (len > room && call->limits.cuts_body && !is_redirect(call)) {
		buf_add(&call->answer.body, data, room);
		call->answer.is_cut = true;
		return 0;
	}
	if (len > room && !MUTANT("outbound_body_limit"))
		return refuse(call, HTTP_CLIENT_TOO_LARGE, "the body is too large");
	buf_add(&call->answer.body, data, len);
	return len;
}

void curl_answer_reset(struct curl_answer *answer)
{
	begin_head(answer);
	answer->head_bytes = 0;
	answer->has_begun = false;
	answer->has_head = false;
	answer->is_cut = false;
	buf_clear(&answer->body);
}

int64_t curl_answer_retry_after(const struct http_client_result *result)
{
	struct str value;
	uint64_t seconds;
	int64_t when_us;
	if (!http_client_find_header(result, STR_LITERAL("retry-after"), &value))
		return -1;
	if (str_to_uint64(value, &seconds))
		return seconds <= INT32_MAX ? (int64_t)seconds : INT32_MAX;
	if (!time_parse_http_date(value, &when_us))
		return -1;
	int64_t left_us = when_us - clock_now_us();
	return left_us > 0 ? left_us / US_PER_S : 0;
}
