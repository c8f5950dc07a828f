/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * HTML from outside: a linear tokenizer and an allow-list. What comes out is re-serialised from a tiny
 * safe subset (the one Mastodon keeps: p br span a del s pre blockquote code b strong u i em ul ol li
 * ruby rt rp; see html_clean.c for attributes), well nested, and a fixed point: cleaning it again gives
 * the same bytes. */
#ifndef COMPTOIR_BASE_HTML_H
#define COMPTOIR_BASE_HTML_H

#include "base/arena.h"
#include "base/buf.h"

/* max_bytes bounds the output: it is cut between two characters or elements, and what is open is closed.
 * Links get rel="nofollow noopener noreferrer" and target="_blank"; of their schemes http, https, dat, dweb,
 * ipfs, ipns, ssb, gopher, xmpp, magnet and gemini survive (Mastodon's list), a link of another one becomes
 * its text. Headings become strong paragraphs, other blocks begin a line, scripts, styles, templates, svg and
 * math go with their content. Time is linear, the arena gets the result only. */
struct str html_clean(struct arena *arena, struct str html, size_t max_bytes) MUST_CHECK;

/* Plain text: tags gone, entities decoded, white space folded; br and list items end a line, an empty line
 * stands between paragraphs. */
struct str html_text(struct arena *arena, struct str html) MUST_CHECK;

/* Escapes & < > " and ' for text and quoted attribute values. */
void html_escape(struct buf *out, struct str text);

#endif
