/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Inside of the HTTP reader: the body, of a known length or chunked (RFC 9112 7.1). */
#ifndef COMPTOIR_BASE_HTTP_BODY_H
#define COMPTOIR_BASE_HTTP_BODY_H

#include "base/buf.h"
#include "base/http_head.h"

enum http_body_status { HTTP_BODY_NEEDS_MORE, HTTP_BODY_COMPLETE, HTTP_BODY_TRAILERS, HTTP_BODY_REFUSED };

enum http_body_state {
	BODY_OF_LENGTH,
	BODY_CHUNK_SIZE,
	BODY_CHUNK_EXTENSION,
	BODY_CHUNK_SIZE_LF,
	BODY_CHUNK_DATA,
	BODY_CHUNK_DATA_CR,
	BODY_CHUNK_DATA_LF,
};

struct http_body {
	struct buf bytes;
	enum http_body_state state;
	size_t max_bytes;
	uint64_t wanted_bytes;   /* rest of the body, or of the chunk */
	unsigned digits;         /* of the chunk size so far */
	size_t extension_bytes;  /* of all chunks */
};

/* False: the announced length is over the limit. */
bool http_body_begin(struct http_body *body, const struct http_request *request, size_t max_bytes,
	struct http_refusal *ret_refusal) MUST_CHECK;

/* After TRAILERS the trailer section follows, down to its empty line. */
enum http_body_status http_body_feed(struct http_body *body, const char *data, size_t len, size_t *ret_used,
	struct http_refusal *ret_refusal) MUST_CHECK;

#endif
