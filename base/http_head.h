/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Inside of the HTTP reader: the meaning of a request line, a header line and the head as a whole. Lines come
 * without CRLF and stay where they are; what is refused names its status and a static word for the log. */
#ifndef COMPTOIR_BASE_HTTP_HEAD_H
#define COMPTOIR_BASE_HTTP_HEAD_H

#include "base/http_message.h"

#define HTTP_CHAR_TOKEN 1u  /* tchar of RFC 9110 5.6.2 */
#define HTTP_CHAR_VALUE 2u  /* visible, space, tab, or above 7F */
#define HTTP_CHAR_TARGET 4u /* visible ASCII but '#' and '\' */
#define HTTP_CHAR_HOST 8u   /* letter, digit, '-', '.', '_' */
#define HTTP_CHAR_HEX 16u

extern const uint8_t http_char_classes[256];

static inline bool http_char_is(char c, unsigned class)
{
	return (http_char_classes[(unsigned char)c] & class) != 0;
}

struct http_refusal {
	int status;         /* 0 while nothing was refused */
	const char *reason; /* static */
};

/* Sets *ret_refusal and returns false, so that a parser may end with "return http_refuse(...)". */
bool http_refuse(struct http_refusal *ret_refusal, int status, const char *reason);

/* Fills method, version, target, path, query; for an absolute form the host as well. */
bool http_head_read_request_line(struct arena *arena, struct str line, struct http_request *request,
	struct http_refusal *ret_refusal) MUST_CHECK;

bool http_head_read_header(struct str line, struct http_header *ret_header, struct http_refusal *ret_refusal)
	MUST_CHECK;

/* What the headers say together: host, body framing, expectation, connection. */
bool http_head_check(struct arena *arena, struct http_request *request, struct http_refusal *ret_refusal) MUST_CHECK;

#endif
