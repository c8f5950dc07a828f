/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What becomes of each element. One that is not listed loses its tags and keeps its content. */
#include "base/html_elements.h"

#include <stdlib.h>
#include <string.h>

/* Sorted by name. */
static const struct html_element elements[] = {
	{ "a", HTML_KEEP_LINK },
	{ "address", HTML_AS_LINE },
	{ "applet", HTML_DROP_CONTENT },
	{ "article", HTML_AS_LINE },
	{ "aside", HTML_AS_LINE },
	{ "audio", HTML_DROP_CONTENT },
	{ "b", HTML_KEEP_INLINE },
	{ "blockquote", HTML_KEEP_BLOCK },
	{ "br", HTML_KEEP_BREAK },
	{ "canvas", HTML_DROP_CONTENT },
	{ "caption", HTML_AS_LINE },
	{ "center", HTML_AS_LINE },
	{ "code", HTML_KEEP_INLINE },
	{ "datalist", HTML_DROP_CONTENT },
	{ "dd", HTML_AS_LINE },
	{ "del", HTML_KEEP_INLINE },
	{ "details", HTML_AS_LINE },
	{ "dialog", HTML_AS_LINE },
	{ "dir", HTML_AS_LINE },
	{ "div", HTML_AS_LINE },
	{ "dl", HTML_AS_LINE },
	{ "dt", HTML_AS_LINE },
	{ "em", HTML_KEEP_INLINE },
	{ "fieldset", HTML_AS_LINE },
	{ "figcaption", HTML_AS_LINE },
	{ "figure", HTML_AS_LINE },
	{ "footer", HTML_AS_LINE },
	{ "form", HTML_AS_LINE },
	{ "h1", HTML_AS_HEADING },
	{ "h2", HTML_AS_HEADING },
	{ "h3", HTML_AS_HEADING },
	{ "h4", HTML_AS_HEADING },
	{ "h5", HTML_AS_HEADING },
	{ "h6", HTML_AS_HEADING },
	{ "header", HTML_AS_LINE },
	{ "hgroup", HTML_AS_LINE },
	{ "hr", HTML_AS_LINE },
	{ "i", HTML_KEEP_INLINE },
	{ "iframe", HTML_DROP_RAW_TEXT },
	{ "legend", HTML_AS_LINE },
	{ "li", HTML_KEEP_LIST_ITEM },
	{ "main", HTML_AS_LINE },
	{ "math", HTML_DROP_CONTENT },
	{ "menu", HTML_AS_LINE },
	{ "nav", HTML_AS_LINE },
	{ "noembed", HTML_DROP_RAW_TEXT },
	{ "noframes", HTML_DROP_RAW_TEXT },
	{ "noscript", HTML_DROP_RAW_TEXT },
	{ "object", HTML_DROP_CONTENT },
	{ "ol", HTML_KEEP_BLOCK },
	{ "option", HTML_AS_LINE },
	{ "p", HTML_KEEP_BLOCK },
	{ "plaintext", HTML_DROP_REST },
	{ "pre", HTML_KEEP_BLOCK },
	{ "rp", HTML_KEEP_RUBY_PART },
	{ "rt", HTML_KEEP_RUBY_PART },
	{ "ruby", HTML_KEEP_INLINE },
	{ "s", HTML_KEEP_INLINE },
	{ "script", HTML_DROP_RAW_TEXT },
	{ "section", HTML_AS_LINE },
	{ "select", HTML_DROP_CONTENT },
	{ "span", HTML_KEEP_INLINE },
	{ "strong", HTML_KEEP_INLINE },
	{ "style", HTML_DROP_RAW_TEXT },
	{ "summary", HTML_AS_LINE },
	{ "svg", HTML_DROP_CONTENT },
	{ "table", HTML_AS_LINE },
	{ "tbody", HTML_AS_LINE },
	{ "template", HTML_DROP_CONTENT },
	{ "textarea", HTML_DROP_RAW_TEXT },
	{ "tfoot", HTML_AS_LINE },
	{ "thead", HTML_AS_LINE },
	{ "title", HTML_DROP_RAW_TEXT },
	{ "tr", HTML_AS_LINE },
	{ "u", HTML_KEEP_INLINE },
	{ "ul", HTML_KEEP_BLOCK },
	{ "video", HTML_DROP_CONTENT },
	{ "xmp", HTML_DROP_RAW_TEXT },
};

static const struct html_element unlisted = { "", HTML_UNWRAP };

static int compare_element(const void *key, const void *member)
{
	const struct html_element *element = member;
	return strcmp(key, element->name);
}

const struct html_element *html_element_find(struct str name)
{
	char key[HTML_ELEMENT_NAME_BYTES] = { 0 };
	if (name.len >= sizeof(key))
		return &unlisted;
	for (size_t i = 0; i < name.len; i++) {
		char c = name.data[i];
		key[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
	}
	const struct html_element *element =
		bsearch(key, elements, sizeof(elements) / sizeof(elements[0]), sizeof(elements[0]), compare_element);
	return element ? element : &unlisted;
}

bool html_element_is(const struct html_element *element, const char *name)
{
	return strcmp(element->name, name) == 0;
}
