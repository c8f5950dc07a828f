/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Plain text that people show each other, without what shows nothing or changes how its neighbours are shown. text: UTF-8;
 * results live in the arena. */
#ifndef COMPTOIR_BASE_TEXT_LINE_H
#define COMPTOIR_BASE_TEXT_LINE_H

#include "base/arena.h"

/* On one line: without control characters, marks that turn the direction of writing, zero-width spaces and piles of
 * combining marks (Unicode TR 36, 39); white space folded; at most max_bytes, cut between two characters. */
struct str text_line(struct arena *arena, struct str text, size_t max_bytes) MUST_CHECK;

/* Whether it is one character as people count them, and is shown as an emoji (Unicode TR 51). */
bool text_is_emoji(struct arena *arena, struct str text) MUST_CHECK;

/* Line ends and tabs stay; as long as it is. */
struct str text_lines(struct arena *arena, struct str text) MUST_CHECK;

#endif
