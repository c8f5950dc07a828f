/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Headers of a request that is signed by the draft; lines of the fuzzer's choice. */
#include "request_lines.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new((size_t)16 * 1024 * 1024);
	struct http_request request;
	request_from_lines(arena, (struct str){ (const char *)data, size }, &request);
	check_signature(arena, &request, SIGNATURE_CAVAGE, SIGNATURE_COVERS_REQUEST_TARGET | SIGNATURE_COVERS_HOST, SIGNATURE_COVERS_DIGEST);
	return 0;
}
