/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * WebFinger resources. */
#include "federation/webfinger.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new(1 << 20);
	struct webfinger_resource resource;
	if (webfinger_parse(arena, (struct str){ (const char *)data, size }, &resource) == ERROR_NONE)
		assert(resource.domain.len > 0 && (resource.kind == WEBFINGER_INSTANCE) == (resource.username.len == 0));
	return 0;
}
