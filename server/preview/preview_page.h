/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What a page says of itself in its head: OpenGraph, Twitter's tags, schema.org in JSON-LD, plain HTML. Pages are anybody's:
 * linear in their bytes, whatever they hold, and everything is bounded before it is kept. */
#ifndef COMPTOIR_SERVER_PREVIEW_PREVIEW_PAGE_H
#define COMPTOIR_SERVER_PREVIEW_PREVIEW_PAGE_H

#include "base/url.h"
#include "storage/preview.h"

struct preview_page {
	struct preview preview; /* but for id, url, creator_id, blurhash, fetched_us */
	struct str creator;     /* "@name@domain" that the page names as its author; empty for none. Not believed yet */
	struct str oembed_url;  /* where more can be asked; empty for none */
};

#define PREVIEW_HANDLE_MAX 320

/* text: the page in UTF-8; url: where it lies, after redirects. False when it says nothing that could be shown. */
bool preview_page_read(struct arena *arena, const struct url *url, struct str text, struct preview_page *ret_page) MUST_CHECK;

/* Takes a page that may be shown in a frame: https, and of the site of url. False (and nothing changes) for any other. */
bool preview_set_embed(struct arena *arena, const struct url *url, struct str reference, struct preview *preview) MUST_CHECK;

#endif
