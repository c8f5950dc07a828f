/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Heads of answers to the outbound client, line by line as libcurl hands them over. */
#include "federation/http_client_internal.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static CURL *easy;
	easy = easy ? easy : curl_easy_init();
	AUTO(arena) struct arena *arena = arena_new((size_t)4 * 1024 * 1024);
	struct curl_call call = { .easy = easy, .arena = arena, .limits = http_client_limits_default };
	struct str rest = { (const char *)data, size }, line;
	while (str_split_next(&rest, '\n', &line)) {
		/* libcurl's line ends in its LF; the last may lack it. */
		size_t len = line.len + (rest.data ? 1 : 0);
		AUTO(buf) struct buf copy = { 0 };
		buf_add(&copy, line.data, len);
		if (len > 0 && curl_answer_take_header(copy.data, 1, len, &call) != len)
			break;
	}
	struct http_client_result result = { .headers = call.answer.headers, .header_count = call.answer.header_count };
	if (call.answer.header_count > HTTP_CLIENT_MAX_HEADERS || curl_answer_retry_after(&result) < -1)
		abort();
	curl_answer_reset(&call.answer);
	return 0;
}
