/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The one strict HTTP/1.1 request reader. It is fed bytes as they come, in any portions, and answers
 * after each whether it needs more, has the head, has the whole request, or refuses, with the status to
 * send before closing. It is a plain state machine: no sockets, no clock, no allocation outside the
 * request's arena and body buffer.
 *
 * Refused (RFC 9112 and measured request-smuggling tricks): two Content-Lengths even when equal, lists
 * and signs in them, Content-Length with Transfer-Encoding, any transfer coding but a single chunked,
 * white space before a colon, obs-fold, bare CR or LF, NUL and controls, names that are no tokens,
 * missing or repeated Host, userinfo in Host, chunk sizes with prefix or more than 16 digits, chunked in
 * HTTP/1.0, fragments and backslashes in targets, %2F, %5C and %00 in paths, overlong UTF-8.
 *
 * Choices where the RFC leaves one: a method over 32 bytes is 501; HTTP/1.0 may lack a Host (load balancers
 * probe so), then host is empty; CONNECT and "OPTIONS *" are read with the path "/"; any version but 1.0
 * and 1.1 is 505; an Expect other than 100-continue is 417; raw bytes above 7F in a target are 400,
 * in a header value they must be UTF-8. The verdict does not depend on how the bytes were cut. */
#ifndef COMPTOIR_BASE_HTTP_READER_H
#define COMPTOIR_BASE_HTTP_READER_H

#include "base/buf.h"
#include "base/http_message.h"

struct http_limits {
	size_t max_request_line_bytes; /* 8,192: then 414 */
	size_t max_header_bytes;       /* 32,768 for all header lines: then 431 */
	size_t max_headers;            /* 100: then 431 */
	size_t max_trailer_bytes;      /* 4,096: then 431 */
};
extern const struct http_limits http_limits_default;

enum http_reader_status {
	HTTP_READER_NEEDS_MORE,
	HTTP_READER_HAS_HEAD,    /* head complete, a body follows: say http_reader_accept_body or refuse. Never
	                          * for Content-Length: 0, which is complete at once. */
	HTTP_READER_COMPLETE,    /* request is whole; the next bytes belong to the next request */
	HTTP_READER_REFUSED,     /* answer http_reader_refusal and close */
};

struct http_reader;

struct http_reader *http_reader_new(const struct http_limits *limits) MUST_CHECK;
void http_reader_free(struct http_reader **reader); /* accepts NULL */

/* Begins a request whose strings will live in arena (up to 256 KiB with the default limits); only the body is kept by the reader, until the next
 * begin or http_reader_take_body. */
void http_reader_begin(struct http_reader *reader, struct arena *arena);

/* Consumes from data, *ret_used bytes (all of them unless the status changed). Bytes after COMPLETE are
 * not consumed. Empty lines before a request line are skipped (RFC 9112 2.2), at most 4 of them. */
enum http_reader_status http_reader_feed(struct http_reader *reader, const char *data, size_t len,
	size_t *ret_used) MUST_CHECK;

/* After HAS_HEAD: reads the body, at most max_body_bytes of it; more is refused with 413, at once when
 * the announced length says so (then this returns REFUSED). */
enum http_reader_status http_reader_accept_body(struct http_reader *reader, size_t max_body_bytes) MUST_CHECK;

/* Valid from HAS_HEAD on; belongs to the arena. */
struct http_request *http_reader_request(struct http_reader *reader);

/* After COMPLETE: moves the bytes behind request->body (which stays valid) to ret_body, for a request that may
 * outlive the reader's next begin or its end. ret_body is overwritten. */
void http_reader_take_body(struct http_reader *reader, struct buf *ret_body);

/* After REFUSED: 400, 413, 414, 417, 431, 501 or 505, and a static word for the log. */
int http_reader_refusal(const struct http_reader *reader, const char **ret_reason);

/* Whether the request line, as far as it was read, is one of HEAD: then even a refusal has no body. */
bool http_reader_is_head(const struct http_reader *reader);

#endif
