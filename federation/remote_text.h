/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The two ways in which text of other servers becomes ours: clean HTML, or one line of plain text. Pure functions;
 * results live in the arena. */
#ifndef COMPTOIR_FEDERATION_REMOTE_TEXT_H
#define COMPTOIR_FEDERATION_REMOTE_TEXT_H

#include "base/arena.h"

/* text_line (base/text_line.h) of what HTML says. */
struct str remote_text_line_of_html(struct arena *arena, struct str html, size_t max_bytes) MUST_CHECK;

/* HTML, not yet cleaned, from plain text or Markdown: blank lines part paragraphs, web addresses become links. */
struct str remote_text_paragraphs(struct arena *arena, struct str text) MUST_CHECK;

#endif
