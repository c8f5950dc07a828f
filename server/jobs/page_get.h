/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A web page of anybody's, for a job that may wait: by the guarded client (federation/http_client.h), bounded in bytes and
 * time, without a signature. */
#ifndef COMPTOIR_SERVER_JOBS_PAGE_GET_H
#define COMPTOIR_SERVER_JOBS_PAGE_GET_H

#include "base/arena.h"
#include "base/error.h"

struct config;

#define PAGE_MAX_BYTES ((size_t)1024 * 1024)

enum page_kind {
	PAGE_HTML, /* text/html or application/xhtml+xml; of a longer one the first PAGE_MAX_BYTES */
	PAGE_JSON, /* application/json, or a type that ends in +json */
	PAGE_TEXT, /* text/plain, or no type at all */
};

struct page_answer {
	struct str url;          /* canonical, after redirects */
	struct str content_type; /* as sent */
	struct str body;
};

/* An answer of 200 with the type that was wanted. ERROR_NOT_FOUND for any other answer, ERROR_FORBIDDEN for what may not be
 * asked, ERROR_UNAVAILABLE when it could not be had just now. */
enum error page_get(const struct config *config, struct arena *arena, struct str url, enum page_kind kind,
	struct page_answer *ret_answer) MUST_CHECK;

#endif
