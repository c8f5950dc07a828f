/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Headers of a request that is signed by RFC 9421; lines of the fuzzer's choice. */
#include "request_lines.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new((size_t)16 * 1024 * 1024);
	struct http_request request;
	request_from_lines(arena, (struct str){ (const char *)data, size }, &request);
	check_signature(arena, &request, SIGNATURE_RFC9421, SIGNATURE_COVERS_METHOD | SIGNATURE_COVERS_CREATED, SIGNATURE_COVERS_CONTENT_DIGEST);
	return 0;
}
