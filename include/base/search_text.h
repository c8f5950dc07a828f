/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Text as it is searched: words of letters and digits with one space between them, in lower case, without accents. The
 * same is done with what people write and with what they look for. */
#ifndef COMPTOIR_BASE_SEARCH_TEXT_H
#define COMPTOIR_BASE_SEARCH_TEXT_H

#include "base/buf.h"

/* More is cut off: of the text given, and of one word. */
#define SEARCH_TEXT_MAX_BYTES 100000
#define SEARCH_WORD_MAX_CHARACTERS 64

/* Appends the words of text (UTF-8). Writing without spaces (Chinese, Japanese, Thai and the like) becomes words of two
 * characters that overlap, so that any piece of it is found as a phrase. is_french: "ee" at the end of a word becomes "e",
 * since without its accent the stem of a participle would not be seen. Returns how many words. */
size_t search_text_add(struct buf *out, struct str text, bool is_french);

#endif
