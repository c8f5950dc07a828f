/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * How the proxy's URLs are made and read; who shows something uses proxy.h. */
#ifndef COMPTOIR_SERVER_MEDIA_PROXY_URL_H
#define COMPTOIR_SERVER_MEDIA_PROXY_URL_H

#include "server/media/proxy.h"

/* Without padding. */
struct str media_base64url(struct arena *arena, struct str bytes) MUST_CHECK;

/* The captured segments: size, signature, URL. False when we did not make them. */
bool media_proxy_read(const struct app *app, struct arena *arena, const struct str parts[3], struct str *ret_url,
	enum media_size *ret_size) MUST_CHECK;

/* 22 characters that stand for the URL: remote_file.h. */
struct str media_proxy_name(struct arena *arena, struct str url) MUST_CHECK;

#endif
