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

/* *ret_html is that of an answer of 200 with the type text/html. ERROR_NOT_FOUND for any other answer, ERROR_FORBIDDEN for
 * what may not be asked, ERROR_UNAVAILABLE when it could not be had just now. */
enum error page_get(const struct config *config, struct arena *arena, struct str url, struct str *ret_html) MUST_CHECK;

#endif
