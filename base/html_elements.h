/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The elements of HTML by what the cleaner makes of them. */
#ifndef COMPTOIR_BASE_HTML_ELEMENTS_H
#define COMPTOIR_BASE_HTML_ELEMENTS_H

#include "base/str.h"

#define HTML_ELEMENT_NAME_BYTES 12

enum html_treatment {
	HTML_UNWRAP,         /* tags go, content stays */
	HTML_KEEP_INLINE,
	HTML_KEEP_LINK,
	HTML_KEEP_RUBY_PART, /* inside ruby only */
	HTML_KEEP_BREAK,
	HTML_KEEP_BLOCK,
	HTML_KEEP_LIST_ITEM, /* inside a list only */
	HTML_AS_LINE,        /* tags go, content begins and ends a line */
	HTML_AS_HEADING,     /* becomes a strong paragraph */
	HTML_DROP_CONTENT,   /* with all elements inside */
	HTML_DROP_RAW_TEXT,  /* with all bytes up to its end tag */
	HTML_DROP_REST,      /* with all that follows */
};

struct html_element {
	char name[HTML_ELEMENT_NAME_BYTES];
	enum html_treatment treatment;
};

/* By name in any case; never NULL: one that is not known is unwrapped. The same element has the same address. */
const struct html_element *html_element_find(struct str name) MUST_CHECK;

bool html_element_is(const struct html_element *element, const char *name);

#endif
