/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Digest and Content-Digest lines; a body that the fuzzer does not know is never found right by an empty header, and
 * what we write ourselves is right. */
#include "request_lines.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new((size_t)16 * 1024 * 1024);
	struct str text = { (const char *)data, size };
	struct http_request request;
	unsigned char digest[DIGEST_BYTES];
	request_from_lines(arena, text, &request);
	enum digest_verdict first = digest_check(arena, &request, text);
	enum digest_verdict second = content_digest_check(arena, &request, text);
	if ((first == DIGEST_ABSENT) != (http_request_header_count(&request, "Digest") == 0) ||
		(second == DIGEST_ABSENT) != (http_request_header_count(&request, "Content-Digest") == 0))
		memory_fatal("absent and present are mixed up");
	digest_compute(text, digest);
	struct http_header own[] = { { STR("Digest"), digest_header(arena, digest) },
		{ STR("Content-Digest"), content_digest_header(arena, digest) } };
	request.headers = own;
	request.header_count = 2;
	if (digest_check(arena, &request, text) != DIGEST_RIGHT || content_digest_check(arena, &request, text) != DIGEST_RIGHT)
		memory_fatal("our own digest is wrong");
	return 0;
}
