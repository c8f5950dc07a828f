/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The values that Mastodon sends (config/initializers/cors.rb there), and the headers of /api/brand/v1. */
#include "server/http/cors.h"

#include "base/http_message.h"

#define EVERY_METHOD ((1u << HTTP_METHOD_OTHER) - 1)

/* Most allowed methods are these; one static text for each set would be 127 texts, and a list that names a
 * method too many only moves the 405 from the browser to us. */
static const struct str read_methods = STR("GET, HEAD, OPTIONS");
static const struct str all_methods = STR("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");

size_t cors_answer_headers(struct cors_header ret_headers[CORS_MAX_HEADERS])
{
	ret_headers[0] = (struct cors_header){ "Access-Control-Allow-Origin", STR("*") };
	ret_headers[1] = (struct cors_header){ "Access-Control-Expose-Headers",
		STR("Link, ETag, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, X-Request-Id") };
	return 2;
}

size_t cors_preflight_headers(unsigned allowed_methods, struct cors_header ret_headers[CORS_MAX_HEADERS])
{
	const unsigned reading = 1u << HTTP_GET | 1u << HTTP_HEAD | 1u << HTTP_OPTIONS;
	bool only_reads = (allowed_methods & EVERY_METHOD & ~reading) == 0;
	ret_headers[0] = (struct cors_header){ "Access-Control-Allow-Origin", STR("*") };
	ret_headers[1] = (struct cors_header){ "Access-Control-Allow-Methods", only_reads ? read_methods : all_methods };
	ret_headers[2] = (struct cors_header){ "Access-Control-Allow-Headers",
		STR("Authorization, Content-Type, Idempotency-Key, If-Match, X-Act-As") };
	ret_headers[3] = (struct cors_header){ "Access-Control-Max-Age", STR("86400") };
	return 4;
}
