/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Pieces that pages give us, made fit to be kept: plain text within its limits, and addresses that may be shown. */
#ifndef COMPTOIR_SERVER_PREVIEW_PREVIEW_TEXT_H
#define COMPTOIR_SERVER_PREVIEW_PREVIEW_TEXT_H

#include "base/arena.h"
#include "base/url.h"

/* One line: white space folded, control characters gone, broken bytes replaced, at most max_characters. With has_references,
 * "&amp;" and the like are decoded. No tag is looked for: it is plain text. */
struct str preview_text(struct arena *arena, struct str raw, size_t max_characters, bool has_references) MUST_CHECK;

/* What reference (already decoded) leads to from the page at base: http or https only. False when it leads nowhere. */
bool preview_resolve(struct arena *arena, const struct url *base, struct str reference, struct url *ret_url) MUST_CHECK;

/* Whether other is the host of a page or below it ("www." of the page does not count): player.video.example for
 * www.video.example. */
bool preview_is_same_site(struct str page_host, struct str other) MUST_CHECK;

#endif
