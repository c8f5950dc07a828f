/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The body grows as its bytes arrive, never by what a client announces beyond 64 KiB. Chunk extensions are
 * legal, meaningless to us and bounded in sum, or a slow client could send nothing else for ever. */
#include "base/http_body.h"

#include "base/mutant.h"

#define FIRST_RESERVE_BYTES ((size_t)64 * 1024)
#define MAX_SIZE_DIGITS 16
#define MAX_EXTENSION_BYTES 4096

bool http_body_begin(struct http_body *body, const struct http_request *request, size_t max_bytes,
	struct http_refusal *ret_refusal)
{
	body->max_bytes = max_bytes;
	body->state = BODY_CHUNK_SIZE;
	if (request->is_chunked)
		return true;
	body->state = BODY_OF_LENGTH;
	body->wanted_bytes = (uint64_t)request->content_length;
	if (body->wanted_bytes > max_bytes && !MUTANT("http_body_limit"))
		return http_refuse(ret_refusal, 413, "body_too_large");
	buf_reserve(&body->bytes, body->wanted_bytes < FIRST_RESERVE_BYTES ? body->wanted_bytes : FIRST_RESERVE_BYTES);
	return true;
}

static enum http_body_status body_refuse(struct http_refusal *ret_refusal, int status, const char *reason)
{
	http_refuse(ret_refusal, status, reason);
	return HTTP_BODY_REFUSED;
}

static unsigned hex_digit(char c)
{
	return c <= '9' ? (unsigned)(c - '0') : (unsigned)((c | 0x20) - 'a' + 10);
}

/* The size is known and its digits are over. */
static enum http_body_status check_size(struct http_body *body, struct http_refusal *ret_refusal)
{
	if (body->digits == 0)
		return body_refuse(ret_refusal, 400, "bad_chunk_size");
	if (body->wanted_bytes > body->max_bytes - body->bytes.len && !MUTANT("http_chunked_body_limit"))
		return body_refuse(ret_refusal, 413, "body_too_large");
	return HTTP_BODY_NEEDS_MORE;
}

static enum http_body_status take_size_char(struct http_body *body, char c, struct http_refusal *ret_refusal)
{
	if (http_char_is(c, HTTP_CHAR_HEX)) {
		if (++body->digits > MAX_SIZE_DIGITS && !MUTANT("http_chunk_size"))
			return body_refuse(ret_refusal, 400, "bad_chunk_size");
		body->wanted_bytes = body->wanted_bytes << 4 | hex_digit(c);
		return HTTP_BODY_NEEDS_MORE;
	}
	if (c != ';' && c != '\r')
		return body_refuse(ret_refusal, 400, c == '\n' ? "bare_lf" : "bad_chunk_size");
	body->state = c == ';' ? BODY_CHUNK_EXTENSION : BODY_CHUNK_SIZE_LF;
	return check_size(body, ret_refusal);
}

static enum http_body_status take_extension_char(struct http_body *body, char c, struct http_refusal *ret_refusal)
{
	if (c == '\r') {
		body->state = BODY_CHUNK_SIZE_LF;
		return HTTP_BODY_NEEDS_MORE;
	}
	if (!http_char_is(c, HTTP_CHAR_VALUE))
		return body_refuse(ret_refusal, 400, c == '\n' ? "bare_lf" : "bad_chunk_extension");
	if (++body->extension_bytes > MAX_EXTENSION_BYTES && !MUTANT("http_chunk_extension"))
		return body_refuse(ret_refusal, 400, "chunk_extensions_too_long");
	return HTTP_BODY_NEEDS_MORE;
}

/* Any byte of chunked framing that is not data. */
static enum http_body_status take_frame_char(struct http_body *body, char c, struct http_refusal *ret_refusal)
{
	switch (body->state) {
	case BODY_CHUNK_SIZE:
		return take_size_char(body, c, ret_refusal);
	case BODY_CHUNK_EXTENSION:
		return take_extension_char(body, c, ret_refusal);
	case BODY_CHUNK_SIZE_LF:
		if (c != '\n')
			return body_refuse(ret_refusal, 400, "bad_chunk_size");
		body->state = BODY_CHUNK_DATA;
		return body->wanted_bytes == 0 ? HTTP_BODY_TRAILERS : HTTP_BODY_NEEDS_MORE;
	case BODY_CHUNK_DATA_CR:
		body->state = BODY_CHUNK_DATA_LF;
		return c == '\r' ? HTTP_BODY_NEEDS_MORE : body_refuse(ret_refusal, 400, "bad_chunk_end");
	case BODY_CHUNK_DATA_LF:
		body->state = BODY_CHUNK_SIZE;
		body->digits = 0;
		return c == '\n' ? HTTP_BODY_NEEDS_MORE : body_refuse(ret_refusal, 400, "bad_chunk_end");
	case BODY_OF_LENGTH:
	case BODY_CHUNK_DATA:
		break;
	}
	memory_fatal("data byte taken for chunk framing");
}

static size_t take_data(struct http_body *body, const char *data, size_t len)
{
	size_t taken = len < body->wanted_bytes ? len : (size_t)body->wanted_bytes;
	buf_add(&body->bytes, data, taken);
	body->wanted_bytes -= taken;
	return taken;
}

enum http_body_status http_body_feed(struct http_body *body, const char *data, size_t len, size_t *ret_used,
	struct http_refusal *ret_refusal)
{
	size_t used = 0;
	enum http_body_status status = HTTP_BODY_NEEDS_MORE;
	while (used < len && status == HTTP_BODY_NEEDS_MORE) {
		if (body->state == BODY_OF_LENGTH) {
			used += take_data(body, data + used, len - used);
			status = body->wanted_bytes == 0 ? HTTP_BODY_COMPLETE : HTTP_BODY_NEEDS_MORE;
		} else if (body->state == BODY_CHUNK_DATA) {
			used += take_data(body, data + used, len - used);
			body->state = body->wanted_bytes == 0 ? BODY_CHUNK_DATA_CR : BODY_CHUNK_DATA;
		} else {
			status = take_frame_char(body, data[used++], ret_refusal);
		}
	}
	*ret_used = used;
	return status;
}
