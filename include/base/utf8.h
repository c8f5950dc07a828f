/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Single characters of UTF-8 (RFC 3629), for the readers and writers of text in this folder. */
#ifndef COMPTOIR_BASE_UTF8_H
#define COMPTOIR_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

#define UTF8_REPLACEMENT 0xFFFDu
#define UTF8_MAX_BYTES 4

/* Length of the well-formed character at the start of text (len >= 1), or 0 when it is ill-formed. */
size_t utf8_read(const char *text, size_t len, uint32_t *ret_code_point);

/* Writes a code point that is no surrogate and at most U+10FFFF; returns its length. */
size_t utf8_write(uint32_t code_point, char ret_text[UTF8_MAX_BYTES]);

#endif
