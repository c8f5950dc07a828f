/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The attributes that survive cleaning: a[href class translate], span[class translate], ol[start reversed],
 * li[value], blockquote[cite]. */
#ifndef COMPTOIR_BASE_HTML_ATTRIBUTES_H
#define COMPTOIR_BASE_HTML_ATTRIBUTES_H

#include "base/buf.h"
#include "base/html_elements.h"

/* Appends ' name="value"' for each that survives, in a fixed order. False when the element is a link without
 * a target that may be followed; nothing was appended then. */
bool html_attributes_write(struct buf *out, const struct html_element *element, struct str attributes) MUST_CHECK;

#endif
