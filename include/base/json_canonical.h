/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The JSON Canonicalization Scheme (RFC 8785): one text per document, to be hashed and signed. Members in the
 * order of their UTF-16 code units, numbers as ECMAScript writes them, no white space. */
#ifndef COMPTOIR_BASE_JSON_CANONICAL_H
#define COMPTOIR_BASE_JSON_CANONICAL_H

#include "base/buf.h"

#include <jansson.h>

#define JSON_CANONICAL_MAX_DEPTH 64
#define JSON_CANONICAL_MAX_REALS 1024 /* numbers with a fraction or an exponent cost up to 20 us each */

/* Appends the canonical text. False, with what was written so far in buf, for a value nested deeper than
 * JSON_CANONICAL_MAX_DEPTH or with more than JSON_CANONICAL_MAX_REALS of them. Integers beyond 2^53 are rounded to what a double holds, as the scheme asks. */
bool json_canonical_write(const json_t *value, struct buf *buf) MUST_CHECK;

/* ECMA-262 Number::toString of a finite number: the shortest digits that read back the same. */
#define JSON_CANONICAL_NUMBER_BYTES 32
size_t json_canonical_number(double number, char ret_text[JSON_CANONICAL_NUMBER_BYTES]);

#endif
