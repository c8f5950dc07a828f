/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A string that carries its length and does not own its bytes. The bytes live in an arena, in static
 * storage or in a buffer named by the function that returned the string; they need not end in NUL. */
#ifndef COMPTOIR_BASE_STR_H
#define COMPTOIR_BASE_STR_H

#include "base/memory.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct str {
	const char *data; /* may be NULL when len is 0 */
	size_t len;       /* bytes */
};

/* A string literal as a str, usable in static initialisers. */
#define STR(literal) { (literal), sizeof(literal) - 1 }
#define STR_LITERAL(literal) ((struct str)STR(literal))

/* For printf-like formats: "%.*s", STR_ARG(value). */
#define STR_ARG(value) ((int)(value).len), ((value).data ? (value).data : "")

/* Refers to c_string without copying; NULL gives the empty string. */
struct str str_from(const char *c_string);

bool str_is_empty(struct str value);
bool str_eq(struct str a, struct str b);
bool str_eq_nocase(struct str a, struct str b); /* ASCII letters only */
bool str_starts_with(struct str value, struct str prefix);
bool str_ends_with(struct str value, struct str suffix);
bool str_contains_char(struct str value, char wanted);

/* Orders by bytes, shorter first on a common prefix; like memcmp. */
int str_compare(struct str a, struct str b);

/* Index of the first wanted at or after from, or value.len when there is none. */
size_t str_index_of(struct str value, char wanted, size_t from);

/* Index of the first occurrence of wanted, or value.len when there is none. */
size_t str_index_of_str(struct str value, struct str wanted);

/* The bytes [from, to) of value; both ends are clamped to its length. */
struct str str_slice(struct str value, size_t from, size_t to);

/* Without spaces and tabs at both ends. */
struct str str_trim(struct str value);

/* Takes the part before the next separator off *rest. Returns false when *rest is used up (data == NULL).
 * "a,,b" gives "a", "", "b"; the empty string gives one empty part. */
bool str_split_next(struct str *rest, char separator, struct str *ret_part);

/* Strict decimal: an optional '-', digits only, in range. Leaves *ret_value untouched on failure. */
bool str_to_int64(struct str value, int64_t *ret_value) MUST_CHECK;

/* Strict decimal without sign. */
bool str_to_uint64(struct str value, uint64_t *ret_value) MUST_CHECK;

/* Well-formed UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF. NUL is allowed. */
bool str_is_utf8(struct str value);

/* How many code points well-formed UTF-8 holds. */
size_t str_count_characters(struct str value);

/* Hash for tables, keyed once per process so that outside input cannot choose collisions. */
uint64_t str_hash(struct str value);

#endif
