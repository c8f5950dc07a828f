/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A canonical URL is its own canonical form, and so is a canonical host. */
#include "base/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		memory_fatal("the property does not hold");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new((size_t)16 * 1024 * 1024);
	struct str text = { (const char *)data, size };
	struct url url;
	struct url again;
	if (url_parse(arena, text, &url)) {
		require(url.text.len <= URL_MAX_BYTES && url_parse(arena, url.text, &again));
		require(str_eq(url.text, again.text) && url_same_origin(&url, &again));
		require(url.port == again.port && str_eq(url.authority, again.authority));
	}
	struct str host;
	struct str host_again;
	if (url_canonical_host(arena, text, &host)) {
		require(url_canonical_host(arena, host, &host_again) && str_eq(host, host_again));
		struct str shown = url_display_host(arena, host);
		require(url_canonical_host(arena, shown, &host_again) && str_eq(host, host_again));
	}
	struct str decoded;
	struct str decoded_again;
	if (url_decode(arena, text, false, &decoded))
		require(url_decode(arena, url_encode(arena, decoded), true, &decoded_again) && str_eq(decoded, decoded_again));
	return 0;
}
