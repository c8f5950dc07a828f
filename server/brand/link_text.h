/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Tagged links as text: where they lead, the addresses in what somebody writes, and who follows them. */
#ifndef COMPTOIR_SERVER_BRAND_LINK_TEXT_H
#define COMPTOIR_SERVER_BRAND_LINK_TEXT_H

#include "base/arena.h"
#include "storage/campaign.h"

/* The target with the tags of a campaign (NULL: as it is); what it has of them already stays. */
struct str link_location(struct arena *arena, struct str target, const struct campaign *campaign) MUST_CHECK;

/* The next http or https address in text at or after from; false when there is none. Punctuation at its end is not part of
 * it. */
bool link_find_next(struct str text, size_t from, size_t *ret_begin, size_t *ret_end) MUST_CHECK;

/* Whether a program follows it and not a person: servers of the fediverse that make previews, crawlers, tools; without name
 * likewise. */
bool link_is_followed_by_machine(struct str user_agent) MUST_CHECK;

#endif
