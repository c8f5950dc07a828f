/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Character references ("&amp;", "&#39;") and the characters that text from outside may hold. */
#ifndef COMPTOIR_BASE_HTML_ENTITIES_H
#define COMPTOIR_BASE_HTML_ENTITIES_H

#include "base/buf.h"
#include "base/utf8.h"

/* Reads the reference at the start of text, which begins with '&'. Returns the bytes it takes, or 0 when
 * there is none. */
size_t html_entity_read(struct str text, bool in_attribute, uint32_t *ret_code_point);

/* Reads one character, a reference decoded; text is not empty. Returns the bytes taken; *ret_len is 0 for
 * what is dropped (control characters, noncharacters). Broken UTF-8 becomes U+FFFD, CR and CR LF become LF. */
size_t html_character_read(struct str text, bool in_attribute, char ret_character[UTF8_MAX_BYTES], size_t *ret_len);

/* Appends all characters of an attribute's value, decoded. */
void html_decode_attribute(struct buf *out, struct str value);

#endif
