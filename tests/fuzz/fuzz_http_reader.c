/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Whole and byte by byte must give the same verdict, the same position and the same request. */
#include "base/http_reader.h"

#include <stdlib.h>

static enum http_reader_status read_cut(struct http_reader *reader, struct arena *arena, const char *data, size_t len,
	size_t cut, size_t *ret_used)
{
	enum http_reader_status status = HTTP_READER_NEEDS_MORE;
	size_t at = 0;
	http_reader_begin(reader, arena);
	while (at < len && status == HTTP_READER_NEEDS_MORE) {
		size_t used;
		status = http_reader_feed(reader, data + at, len - at < cut ? len - at : cut, &used);
		at += used;
		if (status == HTTP_READER_HAS_HEAD)
			status = http_reader_accept_body(reader, 4096);
	}
	*ret_used = at;
	return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arenas[2] = { arena_new(1 << 20), arena_new(1 << 20) };
	struct http_reader *readers[2] = { http_reader_new(&http_limits_default), http_reader_new(&http_limits_default) };
	size_t used[2];
	enum http_reader_status whole = read_cut(readers[0], arenas[0], (const char *)data, size, SIZE_MAX, &used[0]);
	enum http_reader_status cut = read_cut(readers[1], arenas[1], (const char *)data, size, 1, &used[1]);
	const struct http_request *a = http_reader_request(readers[0]);
	const struct http_request *b = http_reader_request(readers[1]);
	const char *reasons[2] = { 0 };
	if (whole != cut
		|| http_reader_refusal(readers[0], &reasons[0]) != http_reader_refusal(readers[1], &reasons[1])
		|| !str_eq(str_from(reasons[0]), str_from(reasons[1])))
		abort();
	if (whole == HTTP_READER_COMPLETE
		&& (used[0] != used[1] || !str_eq(a->path, b->path) || !str_eq(a->body, b->body) || !str_eq(a->host, b->host)
			|| a->header_count != b->header_count || a->trailer_count != b->trailer_count
			|| !str_is_utf8(a->path) || a->path.data[0] != '/'))
		abort();
	for (int i = 0; i < 2; i++) {
		http_reader_free(&readers[i]);
		arena_free(&arenas[i]);
	}
	return 0;
}
