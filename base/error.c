/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The table of errors: name for logs, status, and the sentence that anyone may read. */
#include "base/error.h"

#include <stddef.h>

struct error_entry {
	const char *name;
	int http_status;
	const char *text;
};

static const struct error_entry entries[ERROR_COUNT] = {
	[ERROR_NONE] = { "none", 200, "OK" },
	[ERROR_BAD_REQUEST] = { "bad_request", 400, "The request is malformed" },
	[ERROR_UNAUTHORIZED] = { "unauthorized", 401, "The access token is invalid" },
	[ERROR_FORBIDDEN] = { "forbidden", 403, "This action is not allowed" },
	[ERROR_NOT_FOUND] = { "not_found", 404, "Record not found" },
	[ERROR_METHOD_NOT_ALLOWED] = { "method_not_allowed", 405, "This method is not allowed here" },
	[ERROR_NOT_ACCEPTABLE] = { "not_acceptable", 406, "No acceptable representation" },
	[ERROR_REQUEST_TIMEOUT] = { "request_timeout", 408, "The request took too long to arrive" },
	[ERROR_CONFLICT] = { "conflict", 409, "This conflicts with what is there already" },
	[ERROR_GONE] = { "gone", 410, "This is gone" },
	[ERROR_LENGTH_REQUIRED] = { "length_required", 411, "A Content-Length is required" },
	[ERROR_CONTENT_TOO_LARGE] = { "content_too_large", 413, "The request body is too large" },
	[ERROR_TARGET_TOO_LONG] = { "target_too_long", 414, "The request target is too long" },
	[ERROR_UNSUPPORTED_MEDIA_TYPE] = { "unsupported_media_type", 415, "This content type is not supported" },
	[ERROR_EXPECTATION_FAILED] = { "expectation_failed", 417, "This expectation cannot be met" },
	[ERROR_MISDIRECTED_REQUEST] = { "misdirected_request", 421, "This server does not answer for that host" },
	[ERROR_UNPROCESSABLE] = { "unprocessable", 422, "Validation failed" },
	[ERROR_UPGRADE_REQUIRED] = { "upgrade_required", 426, "This needs a newer protocol version" },
	[ERROR_TOO_MANY_REQUESTS] = { "too_many_requests", 429, "Too many requests" },
	[ERROR_HEADERS_TOO_LARGE] = { "headers_too_large", 431, "The request headers are too large" },
	[ERROR_INTERNAL] = { "internal", 500, "Something went wrong on our side" },
	[ERROR_NOT_IMPLEMENTED] = { "not_implemented", 501, "This is not implemented" },
	[ERROR_UNAVAILABLE] = { "unavailable", 503, "The service is unavailable; try again in a moment" },
	[ERROR_VERSION_NOT_SUPPORTED] = { "version_not_supported", 505, "Only HTTP/1.0 and HTTP/1.1 are spoken here" },
	[ERROR_STORAGE_FULL] = { "storage_full", 507, "There is no space left on the server" },
	[ERROR_DATABASE] = { "database", 500, "Something went wrong on our side" },
	[ERROR_DATABASE_UNREACHABLE] = { "database_unreachable", 503, "The service is unavailable; try again in a moment" },
	[ERROR_COMMIT_UNKNOWN] = { "commit_unknown", 503, "The service is unavailable; try again in a moment" },
	[ERROR_TIMEOUT] = { "timeout", 503, "This took too long; try again in a moment" },
	[ERROR_IO] = { "io", 500, "Something went wrong on our side" },
	[ERROR_CONFIGURATION] = { "configuration", 500, "Something went wrong on our side" },
	[ERROR_CRYPTO] = { "crypto", 500, "Something went wrong on our side" },
};

static const struct error_entry *entry_of(enum error error)
{
	size_t index = (size_t)error;
	return &entries[index < ERROR_COUNT ? index : ERROR_INTERNAL];
}

const char *error_text(enum error error)
{
	return entry_of(error)->text;
}

const char *error_name(enum error error)
{
	return entry_of(error)->name;
}

int error_http_status(enum error error)
{
	return entry_of(error)->http_status;
}
