/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Tokens with their elements, without those elements whose content is not for reading (scripts, styles,
 * templates, drawings, formulas). */
#ifndef COMPTOIR_BASE_HTML_READER_H
#define COMPTOIR_BASE_HTML_READER_H

#include "base/html_elements.h"
#include "base/html_tokenizer.h"

struct html_reader {
	struct html_tokenizer tokenizer;
	const struct html_element *dropped; /* whose content is being dropped, or NULL */
	size_t dropped_depth;
};

/* The next text, or tag with its *ret_element (NULL for text; never one that is dropped). False at the end. */
bool html_reader_next(struct html_reader *reader, struct html_token *ret_token,
	const struct html_element **ret_element) MUST_CHECK;

#endif
