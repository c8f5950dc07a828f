/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Outside JSON, read by jansson behind a linear scan that bounds size, depth and counts before the
 * parser sees a byte. Duplicate keys are refused: two readers could see two documents. */
#ifndef COMPTOIR_BASE_JSON_IN_H
#define COMPTOIR_BASE_JSON_IN_H

#include "base/error.h"
#include "base/str.h"

#include <jansson.h>

struct json_limits {
	size_t max_bytes;
	unsigned max_depth;
	unsigned max_values;       /* values of every kind, containers included */
	size_t max_string_bytes;   /* of one string, keys included, as written */
};

extern const struct json_limits json_limits_default; /* 1 MiB, 32 deep, 50,000 values, 512 KiB */

/* limits NULL is json_limits_default. ERROR_CONTENT_TOO_LARGE above max_bytes; ERROR_BAD_REQUEST for all else that is not one JSON value
 * within the limits: bad UTF-8, NUL, lone surrogates, NaN, numbers out of range or over 512 bytes, duplicate
 * keys, bytes after the value. The caller owns *ret_value (json_decref). */
enum error json_in_parse(struct str text, const struct json_limits *limits, json_t **ret_value) MUST_CHECK;

/* Members of an object, tolerant of what is not there: an absent key or another type gives the empty
 * string, or false. The str lives as long as the object. */
struct str json_in_str(const json_t *object, const char *key);
bool json_in_int64(const json_t *object, const char *key, int64_t *ret_value) MUST_CHECK;

#endif
