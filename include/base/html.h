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

/* max_bytes bounds the output, cut at the end of an element. Links get rel="nofollow noopener" and
 * target="_blank"; only http, https and a few harmless schemes survive. */
struct str html_clean(struct arena *arena, struct str html, size_t max_bytes) MUST_CHECK;

/* Plain text: tags gone, entities decoded, paragraphs and br as line ends. */
struct str html_text(struct arena *arena, struct str html) MUST_CHECK;

/* Escapes & < > " and ' for text and quoted attribute values. */
void html_escape(struct buf *out, struct str text);

#endif
