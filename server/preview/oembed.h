/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * oEmbed: what a site tells of a picture or a video of its own. Of the HTML that it offers only the address of a frame is
 * kept (CVE-2023-36459). */
#ifndef COMPTOIR_SERVER_PREVIEW_OEMBED_H
#define COMPTOIR_SERVER_PREVIEW_OEMBED_H

#include "base/url.h"
#include "storage/preview.h"

/* Completes what the page at url said by an answer of its endpoint. False, and nothing changes, for what is no photo or video,
 * or may not be shown. */
bool oembed_read(struct arena *arena, const struct url *url, struct str json, struct preview *preview) MUST_CHECK;

#endif
