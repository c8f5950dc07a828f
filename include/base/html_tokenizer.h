/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Cuts HTML into text and tags as the HTML standard does (13.2.5), in one pass over the bytes and without
 * allocating. Comments, doctypes and processing instructions are left out. */
#ifndef COMPTOIR_BASE_HTML_TOKENIZER_H
#define COMPTOIR_BASE_HTML_TOKENIZER_H

#include "base/str.h"

enum html_token_kind {
	HTML_TEXT,
	HTML_START_TAG,
	HTML_END_TAG,
};

struct html_token {
	enum html_token_kind kind;
	struct str text;       /* of HTML_TEXT, references not decoded */
	struct str name;       /* of tags, as written */
	struct str attributes; /* of tags: what stands between name and '>' */
};

struct html_tokenizer {
	struct str input;
	size_t at; /* next byte to read */
};

/* False at the end. A tag that the input ends in is left out. */
bool html_token_next(struct html_tokenizer *tokenizer, struct html_token *ret_token) MUST_CHECK;

/* Moves behind the end tag of a raw text element whose start tag was just read; to the end without one. */
void html_skip_raw_text(struct html_tokenizer *tokenizer, struct str name);

/* To the end: nothing ends <plaintext>. */
void html_skip_all(struct html_tokenizer *tokenizer);

struct html_attribute {
	struct str name;  /* as written */
	struct str value; /* references not decoded */
};

/* Takes the next attribute off *rest (which begins as html_token.attributes); false at the end. */
bool html_attribute_next(struct str *rest, struct html_attribute *ret_attribute) MUST_CHECK;

#endif
