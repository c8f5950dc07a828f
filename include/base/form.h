/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Named parameters from a query string, an application/x-www-form-urlencoded body, a multipart body or a
 * JSON object, so that a handler reads one thing whatever the client sent. Names keep their brackets
 * ("media_ids[]", "fields_attributes[0][name]"); lists repeat a name. */
#ifndef COMPTOIR_BASE_FORM_H
#define COMPTOIR_BASE_FORM_H

#include "base/arena.h"
#include "base/error.h"

struct form_field {
	struct str name;
	struct str value;
	struct str file_name;    /* multipart files only; data NULL otherwise */
	struct str content_type; /* multipart only */
};

struct form {
	struct form_field *fields; /* in the order of arrival */
	size_t count;
};

#define FORM_MAX_FIELDS 1000

/* All three append to what the form holds. ERROR_BAD_REQUEST for bad encoding, NUL, invalid UTF-8 or more
 * than FORM_MAX_FIELDS. */
enum error form_parse_urlencoded(struct arena *arena, struct str text, struct form *form) MUST_CHECK;

/* content_type is the whole header value with its boundary (ERROR_UNSUPPORTED_MEDIA_TYPE when it is not
 * multipart/form-data). Limits: 100 parts, 8 KiB of headers a part, boundary 1 to 70 characters (RFC 2046).
 * Values and file bytes are not copied, they point into body. A file's name has no directories and may be
 * empty. ERROR_BAD_REQUEST also for preambles, epilogues, truncation, nested multiparts, base64 parts. */
enum error form_parse_multipart(struct arena *arena, struct str content_type, struct str body,
	struct form *form) MUST_CHECK;

/* A JSON object: scalars become text, arrays repeat "name[]" (of objects: "name[0]", "name[1]"), nested objects become
 * "name[key]"; null is as if it were not there. ERROR_BAD_REQUEST for other values, over 8 levels, and names over 1 KiB;
 * ERROR_CONTENT_TOO_LARGE as json_in_parse. */
enum error form_parse_json(struct arena *arena, struct str body, struct form *form) MUST_CHECK;

/* First field of that name, or NULL. */
const struct form_field *form_find(const struct form *form, const char *name);

/* Value of the first field of that name, or the empty string. */
struct str form_value(const struct form *form, const char *name);

/* All values of "name[]" or repeated "name", in order; returns how many. */
size_t form_values(struct arena *arena, const struct form *form, const char *name, struct str **ret_values);

#endif
