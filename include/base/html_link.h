/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Where a post leads to. */
#ifndef COMPTOIR_BASE_HTML_LINK_H
#define COMPTOIR_BASE_HTML_LINK_H

#include "base/arena.h"

/* The first links of html (at most max) that are no mention, hashtag or quote: http and https, in canonical form, without
 * fragment. Linear. Returns how many. */
size_t html_link_list(struct arena *arena, struct str html, struct str *urls, size_t max) MUST_CHECK;

#endif
