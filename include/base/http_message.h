/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * An HTTP/1.1 request as data, after the reader has accepted it (RFC 9112), and the few facts about
 * methods and statuses that everyone needs. */
#ifndef COMPTOIR_BASE_HTTP_MESSAGE_H
#define COMPTOIR_BASE_HTTP_MESSAGE_H

#include "base/arena.h"

enum http_method {
	HTTP_GET,
	HTTP_HEAD,
	HTTP_POST,
	HTTP_PUT,
	HTTP_PATCH,
	HTTP_DELETE,
	HTTP_OPTIONS,
	HTTP_METHOD_OTHER, /* a valid token that we have no use for, TRACE and CONNECT among them */
	HTTP_METHOD_COUNT
};

struct http_header {
	struct str name;  /* as received */
	struct str value; /* without white space at both ends */
};

struct http_request {
	enum http_method method;
	struct str method_text;
	int minor_version;     /* 0 or 1 */
	struct str target;     /* as received: origin form, or the path and query of an absolute form */
	struct str path;       /* decoded once, UTF-8, begins with '/', no dot segments, no "//", no controls;
	                        * "/" for CONNECT and "OPTIONS *" */
	struct str query;      /* raw, without '?'; data is NULL when there is none */
	struct str host;       /* the one Host header (or authority of an absolute form), lower case, with port */
	struct http_header *headers;
	size_t header_count;
	struct http_header *trailers; /* after a chunked body; never merged into headers */
	size_t trailer_count;
	bool has_body;         /* a Content-Length or a chunked body was announced, even an empty one */
	bool is_chunked;
	bool expects_continue;
	bool keep_alive;       /* what the client asked for */
	int64_t content_length; /* -1 when chunked or absent */
	struct str body;       /* whole, once the request is complete */
};

/* Value of the first header of that name (any case), or data NULL. */
struct str http_request_header(const struct http_request *request, const char *name);

/* How many headers have that name. */
size_t http_request_header_count(const struct http_request *request, const char *name);

enum http_method http_method_from_text(struct str text);
const char *http_method_name(enum http_method method);

/* "Not Found" for 404; "" for a status that we never send. */
const char *http_status_text(int status);

/* tchar of RFC 9110 5.6.2, at least one. */
bool http_is_token(struct str text);

/* A header value that may be sent: no CR, LF, NUL or other control character but tab. */
bool http_is_header_value(struct str text);

/* Whether a comma-separated header value has token among its members (any case). */
bool http_list_has_token(struct str list, const char *token);

/* The media type without parameters, in lower case; empty when absent or malformed. */
struct str http_media_type(struct arena *arena, struct str content_type) MUST_CHECK;

/* Accept negotiation (RFC 9110 12.5.1): index of the best of offered, or -1 when none is acceptable. An
 * absent header accepts the first. */
int http_choose_type(struct str accept, const struct str *offered, size_t offered_count);

#endif
