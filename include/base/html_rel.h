/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Which pages an HTML page names as standing in a relation to it (a[rel], link[rel]). */
#ifndef COMPTOIR_BASE_HTML_REL_H
#define COMPTOIR_BASE_HTML_REL_H

#include "base/arena.h"

/* Whether an <a> or <link> with rel among its relations leads to one of the URLs, whatever the spelling of either.
 * Relative links are none. Linear in the bytes of html; at most HTML_REL_MAX_LINKS with that rel are looked at. */
#define HTML_REL_MAX_LINKS 200
bool html_rel_leads_to(struct arena *arena, struct str html, const char *rel, const struct str *urls, size_t count);

#endif
